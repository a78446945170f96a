"""The API of cases, over the same rule of visibility, the same filters, the same form and the same actions as the pages."""

import datetime as dt
import uuid

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import APIException, Throttled, ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response

from petitions import services, telling
from petitions.errors import ActionError
from petitions.forms.filters import FilterForm
from petitions.forms.public import PetitionForm, RateForm
from petitions.models import Petition
from petitions.proof import make_challenge
from petitions.todo import Span
from stations.api import CodeField, asked
from stations.keyset import Keyset
from stations.models import Station
from workdays.services import load_calendar

NAMESPACE = uuid.UUID("a2b5c1de-9d1f-5c3a-8a51-1f2f0e6f0b7d")


class Newest(Keyset):
    """Newest first, by key and not by number of leaf."""

    ordering = ("-submitted_at", "-pk")


class NewestPublished(Keyset):
    ordering = ("-published_at", "-pk")


class Conflict(APIException):
    """An action that the case does not allow now; its detail is the action's own sentence."""

    status_code = 409


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

    def get_title(self, petition):
        return telling.headline(petition, own=self.context["own"])

    def get_events(self, petition):
        return [
            {"at": event.at, "action": event.action, "actor_label": event.actor_label, "text": event.text}
            for event in reversed(telling.public_events(petition, own=self.context["own"]))
        ]


class CaseSerializer(serializers.ModelSerializer):
    """What staff read in a list: no identity."""

    status_label = serializers.CharField(source="get_status_display")
    outcome_label = serializers.CharField(source="get_outcome_display")
    station = serializers.SlugRelatedField("code", read_only=True)
    region = serializers.PrimaryKeyRelatedField(read_only=True)
    category = serializers.CharField(source="category.path", default="")

    class Meta:
        model = Petition
        fields = [
            "number", "title", "status", "status_label", "outcome", "outcome_label", "nature", "severity",
            "current_round", "station", "region", "place", "category", "channel", "secrecy", "publication",
            "submitted_at", "accepted_at", "closed_at",
        ]  # fmt: skip


class WholeCaseSerializer(CaseSerializer):
    """A case opened by staff: its words, too."""

    class Meta(CaseSerializer.Meta):
        fields = [*CaseSerializer.Meta.fields, "body"]


class PetitionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """List and fetch what one may see, fetch one's own with its query code, submit."""

    lookup_field = "number"
    pagination_class = Newest
    serializer_class = CaseSerializer

    def get_permissions(self):
        return [IsAuthenticated()] if self.action == "list" else [AllowAny()]

    def get_queryset(self):
        calendar, today = load_calendar(), timezone.localdate()
        form = FilterForm(self.request.GET, user=self.request.user, span=Span.of(calendar, today))
        cases = form.cases()
        if form.errors:
            raise ValidationError(form.errors)
        return cases.select_related("station", "category")

    def retrieve(self, request, number):
        """Fetch one case: as staff who may see it, or as the holder of its code (header ``X-Query-Code``)."""
        if request.headers.get("X-Query-Code"):
            found = opened_by_code(request, number)
            return Response(PublicSerializer(found.petition, context={"own": found.is_first}).data)
        cases = Petition.objects.visible_to(request.user).select_related("station", "category")
        petition = cases.filter(number=number).first()
        if petition is None:
            raise Http404
        return Response(WholeCaseSerializer(petition).data)

    def create(self, request):
        """Submit a case: the fields of the public form, with codes for station, region and deputy, a path for category.

        Sent again with the same ``Idempotency-Key`` and the same words, it answers 200 and the number of the case that
        was made; the query code is given once only. From the fourth an hour from one address on it answers 429 with a
        ``challenge`` (ALTCHA, version 1) until ``proof`` holds its payload; each try counts among the twenty an hour.
        """
        if not isinstance(request.data, dict):
            raise ValidationError(_("请以JSON对象提交。"))
        stations = Station.objects.active().select_related("region__parent")
        station = stations.filter(code=_plain(request.data.get("station"))).first()
        if station is None:
            raise ValidationError({"station": [_("没有这个联络站，请核对编号。")]})
        form = SentForm(_typed(request, station), station=station)
        if not form.is_valid():
            raise ValidationError(form.errors)
        try:
            signs = services.admit(address=request.META["REMOTE_ADDR"], proof=_plain(request.data.get("proof")))
        except ActionError as refusal:
            raise Throttled(detail=str(refusal)) from refusal
        if signs:
            raise ProofWanted
        petition, code = services.submit(**form.facts() | {"draft_key": None})
        return Response({"number": petition.number, "query_code": code}, status=201 if code else 200)

    def rate(self, request, number):
        """Judge the round as the first proposer, once; the code in the header ``X-Query-Code``. Answers with the case."""
        found = opened_by_code(request, number)
        if not isinstance(request.data, dict):
            raise ValidationError(_("请以JSON对象提交。"))
        form = RateForm({name: _plain(value) for name, value in request.data.items()})
        if not form.is_valid():
            raise ValidationError(form.errors)
        try:
            services.rate(petition=found.petition, proposer=found, **form.facts())
        except ActionError as refusal:
            raise Conflict(str(refusal)) from refusal
        found = opened_by_code(request, number)
        return Response(PublicSerializer(found.petition, context={"own": found.is_first}).data)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response


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


class ResultViewSet(viewsets.ReadOnlyModelViewSet):
    """Published results, newest first."""

    authentication_classes = []
    permission_classes = [AllowAny]
    pagination_class = NewestPublished
    serializer_class = ResultSerializer
    query_serializer = ResultQuery
    lookup_field = "number"
    queryset = Petition.objects.published().select_related("station", "category")

    def filter_queryset(self, results):
        facts = asked(self) if self.action == "list" else {}
        if "region" in facts:
            results = results.filter(region__code__startswith=facts["region"])
        return results.filter(station__code=facts["station"]) if "station" in facts else results


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


def _typed(request, station):
    """The request's JSON as the form has it, with keys of its own for the two hidden fields; no photo was sent before."""
    data = {name: _plain(value) for name, value in request.data.items()}
    repeated = request.headers.get("Idempotency-Key", "")
    content = "\n".join([repeated, station.code, str(data.get("title")), str(data.get("body"))])
    data["submission_key"] = uuid.uuid5(NAMESPACE, content) if repeated else uuid.uuid4()
    data["draft_key"] = uuid.uuid4()
    return data


def _plain(value):
    """A text or a yes or no as it was sent, without zero bytes, which no column takes; anything else is nothing."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    return value if isinstance(value, bool) else ""
