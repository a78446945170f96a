"""The API of cases for staff: the same rule of visibility, filters, forms and actions as the pages of the desk."""

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from accounts.authentication import OnDesk
from accounts.models import Scope
from petitions import services
from petitions.case_facts import CaseFileSerializer, CaseSerializer, DoneSerializer
from petitions.casefile import open_case
from petitions.errors import ActionError
from petitions.forms.desk import FORMS
from petitions.forms.filters import FilterForm
from petitions.lifecycle import TABLE
from petitions.models import Petition
from petitions.offers import form_for, target_of
from petitions.todo import Span
from stations.keyset import Keyset
from supervision.errors import SupervisionError
from vault.answers import REPEATED, once
from workdays.services import load_calendar


class Conflict(APIException):
    """An action that the case does not allow now; its detail is the action's own sentence."""

    status_code = 409


def _filters():
    """The filters of the desk's list as the API's description names them."""
    for name, field in FilterForm.base_fields.items():
        choices = [key for key, _label in getattr(field, "choices", ()) if key]
        yield OpenApiParameter(name, enum=choices or None, description=str(field.label))


ANSWERS = {"type": "object", "properties": {"target": {"type": "integer"}}, "additionalProperties": True}


@extend_schema_view(list=extend_schema(parameters=list(_filters())))
class CaseList(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The cases that one may see, narrowed by the filters of the desk's list, newest first. No cache keeps an answer."""

    permission_classes = [OnDesk]
    pagination_class = Keyset
    serializer_class = CaseSerializer
    lookup_field = "number"
    listed_by = ("-submitted_at", "-pk")
    scope = Scope.READ

    def get_queryset(self):
        calendar, today = load_calendar(), timezone.localdate()
        form = FilterForm(self.request.GET, user=self.request.user, span=Span.of(calendar, today))
        cases = form.cases()
        if form.errors:
            raise ValidationError(form.errors)
        return cases.select_related("station", "category")

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response


class DeskCaseViewSet(CaseList):
    """Cases on the desk: list them, open one with everything that one may do with it now, and do it."""

    @extend_schema(responses=CaseFileSerializer)
    def retrieve(self, request, number):
        """Everything about a case but who brought it, and the actions that are open to the caller, with their fields."""
        return Response(CaseFileSerializer(_opened(request, number)).data)

    @extend_schema(request={"application/json": ANSWERS}, responses=DoneSerializer, parameters=[REPEATED])
    def act(self, request, number, action):
        """Take one action of ``actions``: its fields as a JSON object, with ``target`` where the action has one.

        Refused with 400 and a sentence for each field, or with 409 and a sentence where the case does not allow it now.
        """
        return once(request, lambda: self._taken(request, number, action))

    def _taken(self, request, number, action):
        case, sent = _opened(request, number), sent_object(request)
        if action not in FORMS:
            raise Http404
        target = _target(case, action, sent)
        form = form_for(action, case, target, typed(sent))
        if not form.is_valid():
            raise ValidationError(form.errors)
        named = {TABLE[action].per: target} if target is not None else {}
        try:
            getattr(services, action)(petition=case.petition, actor=request.user, **named, **form.facts())
        except (ActionError, SupervisionError) as refusal:
            raise Conflict(str(refusal)) from refusal
        now = Petition.objects.get(pk=case.petition.pk)
        seen = Petition.objects.visible_to(request.user).filter(pk=now.pk).exists()
        return DoneSerializer(now, context={"action": action, "seen": seen}).data, 200


def _opened(request, number):
    try:
        return open_case(number, request.user)
    except Petition.DoesNotExist:
        raise Http404 from None


def _target(case, action, sent):
    try:
        return target_of(case, action, str(sent.get("target", "")))[0]
    except LookupError:
        raise ValidationError({"target": [_("请写明要办理的是哪一项，见actions中的target。")]}) from None


def sent_object(request) -> dict:
    """The JSON object of a request. Raises ValidationError where it is something else."""
    if not isinstance(request.data, dict):
        raise ValidationError(_("请以JSON对象提交。"))
    return request.data


def typed(sent: dict) -> QueryDict:
    """A JSON object as a form has it: a list is several choices, true and false are a tick or none."""
    filled = QueryDict(mutable=True)
    for name, value in sent.items():
        values = value if isinstance(value, list) else [value]
        filled.setlist(name, [_as_typed(one) for one in values])
    return filled


def _as_typed(value):
    """Without zero bytes, which no column takes; what is no plain value is nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\x00", "") if isinstance(value, str | int) else ""
