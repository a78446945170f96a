"""Ledgers for programs of staff: ordered by POST, made by a worker, fetched as a file; every taking is on record."""

from django.http import FileResponse, Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response

from accounts.authentication import OnDesk
from accounts.models import Scope
from insights.errors import LedgerError
from insights.ledgers import BY_KEY, LEDGERS, may_take
from insights.models import LedgerJob
from insights.services import jobs
from papers.errors import FilterError
from papers.sheet_files import KINDS
from vault.answers import REPEATED, once

BY_WORKERS = [("xlsx", "Excel"), ("csv", "CSV")]


class LedgerSerializer(serializers.Serializer):
    """A ledger that the caller may take, and the kinds of files it comes as."""

    key = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    kinds = serializers.SerializerMethodField()

    def get_kinds(self, ledger) -> list[str]:
        return _kinds_of(ledger)


class OrderSerializer(serializers.Serializer):
    """What is ordered: a kind of file, and the filters of the list's own address."""

    kind = serializers.ChoiceField(BY_WORKERS)
    filters = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)


class JobSerializer(serializers.ModelSerializer):
    """How far a ledger is: ``state`` is waiting, finished or failed; ``file`` its address once it is there."""

    state = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField()

    class Meta:
        model = LedgerJob
        fields = [
            "id", "ledger", "kind", "title", "filters", "state", "failed_why", "total", "done", "made_at", "finished_at",
            "file",
        ]  # fmt: skip

    def get_state(self, job) -> str:
        return "waiting" if job.waits else "failed" if job.failed_why else "finished"

    def get_file(self, job) -> str:
        return reverse("insights:api_ledger_file", args=[job.pk]) if job.finished_at else ""


class LedgerViewSet(viewsets.GenericViewSet):
    """Ledgers, the jobs that make them, and their files."""

    permission_classes = [OnDesk]
    pagination_class = None
    serializer_class = LedgerSerializer
    queryset = LedgerJob.objects.none()
    scope = Scope.LEDGERS

    @extend_schema(responses=LedgerSerializer(many=True))
    def list(self, request):
        """The ledgers that the caller may take."""
        offered = [ledger for ledger in LEDGERS if may_take(request.user, ledger) and _kinds_of(ledger)]
        return Response(LedgerSerializer(offered, many=True).data)

    @extend_schema(request=OrderSerializer, responses={202: JobSerializer}, parameters=[REPEATED])
    def order(self, request, key):
        """Order a ledger; 202 with the job, which a worker takes up within a minute."""
        sent = OrderSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        ledger, kind = _known(request.user, key), sent.validated_data["kind"]
        if kind not in _kinds_of(ledger):
            raise ValidationError({"kind": [_("这份台账没有这种格式。")]})
        return once(request, lambda: self._ordered(ledger, kind, sent.validated_data.get("filters", {})))

    def _ordered(self, ledger, kind, filters):
        asked = QueryDict(mutable=True)
        asked.update(filters)
        try:
            sheet = ledger.ask(self.request.user, asked)
        except FilterError as refusal:
            raise ValidationError({"filters": [str(refusal)]}) from None
        job = jobs.order(ledger, kind, sheet, user=self.request.user, asked=asked)
        return JobSerializer(job).data, 202

    @extend_schema(responses=JobSerializer)
    def job(self, request, pk):
        """How far a ledger is that the caller ordered."""
        return Response(JobSerializer(get_object_or_404(LedgerJob, pk=pk, made_by=request.user)).data)

    @extend_schema(responses={(200, media): OpenApiTypes.BINARY for media in KINDS.values()})
    def file(self, request, pk):
        """The finished file, to the one who ordered it and still may see what is in it."""
        found = get_object_or_404(LedgerJob, pk=pk, made_by=request.user, finished_at__isnull=False)
        try:
            file, name = jobs.open_file(job=found, user=request.user)
        except LedgerError as refusal:
            raise PermissionDenied(str(refusal)) from None
        return FileResponse(file, as_attachment=True, filename=name, content_type=KINDS[found.kind])

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response


def _kinds_of(ledger):
    return [kind for kind, _label in BY_WORKERS if kind in ledger.kinds]


def _known(user, key):
    ledger = BY_KEY.get(key)
    if ledger is None:
        raise Http404
    if not may_take(user, ledger):
        raise PermissionDenied(_("您的角色不能导出这份台账。"))
    return ledger
