"""The API of cases for residents and for everybody: submit, follow and rate by the query code, published results."""

import datetime as dt
import json
import uuid

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts.authentication import OnDesk, is_for
from accounts.codes import keyed_hash
from accounts.prepared import Prepared
from petitions import services, telling
from petitions.case_facts import WholeCaseSerializer
from petitions.desk_api import CaseList, Conflict, sent_object
from petitions.errors import ActionError
from petitions.forms.public import PetitionForm, RateForm
from petitions.models import Petition, Rating
from petitions.proof import make_challenge
from stations.models import Station
from stations.public_api import CodeField, PublicViewSet
from vault.answers import REPEATED, once

CODE = OpenApiParameter("X-Query-Code", location="header", description="The query code of the case.")
CODE_DEMANDED = OpenApiParameter("X-Query-Code", location="header", required=True, description=CODE.description)


class PublicEventSerializer(serializers.Serializer):
    """A step that its resident reads; staff are named by their office."""

    at = serializers.DateTimeField()
    action = serializers.CharField()
    actor_label = serializers.CharField()
    text = serializers.CharField()


class ProofWanted(Throttled):
    """Beyond a few an hour from one address a program sends a proof of work along; ``members`` are the problem's own."""

    default_detail = gettext_lazy("这个网络一小时内提交多次，请完成challenge里的校验，把结果放在proof里再提交。")

    def __init__(self):
        super().__init__()
        self.members = {"challenge": make_challenge()}


class PublicSerializer(serializers.ModelSerializer):
    """What the holder of a query code reads: no identity, no names of staff; who joined, not what the first one wrote."""

    title = serializers.SerializerMethodField()
    status_label = serializers.CharField(source="get_status_display")
    outcome_label = serializers.CharField(source="get_outcome_display")
    station = serializers.SlugRelatedField("code", read_only=True)
    events = serializers.SerializerMethodField()

    class Meta:
        model = Petition
        fields = [
            "number", "title", "status", "status_label", "outcome", "outcome_label", "station", "current_round",
            "submitted_at", "accepted_at", "closed_at", "events",
        ]  # fmt: skip

    def get_title(self, petition) -> str:
        return telling.headline(petition, own=self.context["own"])

    @extend_schema_field(PublicEventSerializer(many=True))
    def get_events(self, petition):
        events = telling.public_events(petition, own=self.context["own"])
        return PublicEventSerializer(events[::-1], many=True).data


class SubmissionSerializer(serializers.Serializer):
    """What a submission is made of; ``SentForm`` checks it. Without names where ``secrecy`` is anonymous."""

    station = serializers.CharField(help_text="Code of the station.")
    title = serializers.CharField(max_length=60)
    body = serializers.CharField(max_length=10_000)
    secrecy = serializers.ChoiceField(Petition.Secrecy.choices)
    name = serializers.CharField(max_length=40, required=False)
    phone = serializers.CharField(max_length=40, required=False)
    address = serializers.CharField(max_length=120, required=False)
    email = serializers.EmailField(required=False)
    region = serializers.CharField(required=False, help_text="Code of the village.")
    place = serializers.CharField(max_length=120, required=False)
    category = serializers.CharField(required=False, help_text="Path of the topic.")
    deputy = serializers.CharField(required=False, help_text="Code of the deputy.")
    consent_publish = serializers.BooleanField(required=False)
    proof = serializers.CharField(required=False, help_text="Payload of the challenge that a 429 gave.")


class ReceiptSerializer(serializers.Serializer):
    """The number, and the query code where it may still be told."""

    number = serializers.CharField()
    query_code = serializers.CharField(allow_null=True)


class JudgementSerializer(serializers.Serializer):
    """How a resident judges the round; ``text`` is asked for where the result is dissatisfying."""

    process = serializers.ChoiceField(Rating.Grade.choices)
    result = serializers.ChoiceField(Rating.Grade.choices)
    text = serializers.CharField(required=False)


EITHER = PolymorphicProxySerializer("OwnOrSeenCase", [WholeCaseSerializer, PublicSerializer], None)
SUBMITTED = OpenApiExample(
    "A street lamp",
    {"station": "xd-ndg", "title": "村口路灯不亮", "body": "村口三盏路灯坏了半个月。", "secrecy": "anonymous"},
    request_only=True,
)


class PetitionViewSet(CaseList):
    """Submit a case; fetch and rate one's own with its query code; as staff, list and fetch what one may see."""

    def get_permissions(self):
        return [OnDesk()] if self.action == "list" else [AllowAny()]

    @extend_schema(responses=EITHER, parameters=[CODE])
    def retrieve(self, request, number):
        """Fetch one case: as staff who may see it, or as the holder of its code (header ``X-Query-Code``)."""
        if request.headers.get("X-Query-Code"):
            return Response(_told(opened_by_code(request, number)))
        seen = Petition.objects.visible_to(request.user) if is_for(request, self.scope) else Petition.objects.none()
        petition = seen.select_related("station", "category").filter(number=number).first()
        if petition is None:
            raise Http404
        return Response(WholeCaseSerializer(petition).data)

    @extend_schema(
        request=SubmissionSerializer,
        responses={201: ReceiptSerializer, 200: ReceiptSerializer},
        parameters=[REPEATED],
        examples=[SUBMITTED],
    )
    def create(self, request):
        """Submit a case: the fields of the public form, with codes for station, region and deputy, a path for category.

        The query code is given in this answer only. Send an ``Idempotency-Key``: sent again, it gets the same answer for a
        day, and where another network address sends it the number of the case that was made, without the code.
        From the fourth an hour from one address on it answers 429 with a ``challenge`` (ALTCHA, version 1) until
        ``proof`` holds its payload.
        """
        sent = sent_object(request)
        stations = _STATIONS.rows(str(_plain(sent.get("station"))))
        if not stations:
            raise ValidationError({"station": [_("没有这个联络站，请核对编号。")]})
        form = SentForm(_typed(request), station=stations[0])
        if not form.is_valid():
            raise ValidationError(form.errors)
        return once(request, lambda: _submitted(request, form))

    @extend_schema(request=JudgementSerializer, responses=PublicSerializer, parameters=[CODE_DEMANDED, REPEATED])
    def rate(self, request, number):
        """Judge the round as the first proposer, once; the code in the header ``X-Query-Code``. Answers with the case."""
        found = opened_by_code(request, number)
        sent = sent_object(request)
        form = RateForm({name: _plain(value) for name, value in sent.items()})
        if not form.is_valid():
            raise ValidationError(form.errors)
        return once(request, lambda: _rated(found, form))


_STATIONS = Prepared(lambda code: Station.objects.active().select_related("region__parent").filter(code=code))


def _submitted(request, form):
    try:
        signs = services.admit(address=request.META["REMOTE_ADDR"], proof=_plain(request.data.get("proof")))
    except ActionError as refusal:
        raise Throttled(detail=str(refusal)) from refusal
    if signs:
        raise ProofWanted
    petition, code = services.submit(**form.facts() | {"draft_key": None})
    return {"number": petition.number, "query_code": code}, 201 if code else 200


def _rated(proposer, form):
    try:
        services.rate(petition=proposer.petition, proposer=proposer, **form.facts())
    except ActionError as refusal:
        raise Conflict(str(refusal)) from refusal
    proposer.petition.refresh_from_db()
    return _told(proposer), 200


def _told(proposer):
    return PublicSerializer(proposer.petition, context={"own": proposer.is_first}).data


class ResultSerializer(serializers.ModelSerializer):
    """A published summary, as its page tells it: never the words of the one who brought it."""

    title = serializers.CharField(source="public_title")
    status_label = serializers.CharField(source="get_status_display")
    outcome_label = serializers.CharField(source="get_outcome_display")
    station = serializers.SlugRelatedField("code", read_only=True)
    category = serializers.CharField(source="category.path", default="")
    closed_on = serializers.SerializerMethodField()

    class Meta:
        model = Petition
        fields = [
            "number", "title", "summary", "status", "status_label", "outcome", "outcome_label", "station", "region",
            "category", "closed_on", "published_at",
        ]  # fmt: skip

    def get_closed_on(self, petition) -> dt.date | None:
        return petition.closed_at and timezone.localdate(petition.closed_at)


class ResultQuery(serializers.Serializer):
    """Which results: of a region and everything below it, or of a station, by code."""

    region = CodeField()
    station = serializers.CharField(max_length=20, required=False)


class ResultViewSet(PublicViewSet):
    """Published results, newest first."""

    listed_by = ("-published_at", "-pk")
    serializer_class = ResultSerializer
    query_serializer = ResultQuery
    lookup_field = "number"
    queryset = Petition.objects.published().select_related("station", "category")

    def narrowed(self, rows, facts):
        if "region" in facts:
            rows = rows.filter(region__code__startswith=facts["region"])
        return rows.filter(station__code=facts["station"]) if "station" in facts else rows


def opened_by_code(request, number):
    """The proposer that the number and the header ``X-Query-Code`` open. Raises Http404, whichever of them is wrong."""
    code = request.headers.get("X-Query-Code", "")
    found = services.find(number=number[:40], code=code[:40], address=request.META["REMOTE_ADDR"])
    if found is None:
        raise Http404
    return found


class SentForm(PetitionForm):
    """The public form as programs fill it in: a code for the deputy, a path for the category."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deputy"].to_field_name = "code"
        self.fields["category"].to_field_name = "path"


def _typed(request):
    """The request's JSON as the form has it, with keys of its own for the two hidden fields; no photo was sent before."""
    data = {name: _plain(value) for name, value in request.data.items()}
    repeated = request.headers.get("Idempotency-Key", "")
    data["submission_key"] = _key_of(repeated, data) if repeated else uuid.uuid4()
    data["draft_key"] = uuid.uuid4()
    return data


def _key_of(repeated, data):
    """The same for the same submission, wherever it is sent from, and for no other person's; the vault's key keeps it from
    telling whose it is."""
    sent = json.dumps([repeated, {name: value for name, value in data.items() if name != "proof"}], sort_keys=True)
    return uuid.UUID(hex=keyed_hash(f"submission|{sent}")[:32])


def _plain(value):
    """A text or a yes or no as it was sent, without zero bytes, which no column takes; anything else is nothing."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    return value if isinstance(value, bool) else ""
