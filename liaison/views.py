"""What the project package answers itself: whether it lives and works, its figures, and its icon."""

from django.db import connection
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from liaison import metrics, ready


@require_safe
def healthz(request):
    """Ready to work: this process answers and reaches the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request):
    """Whether the office's work is done; 503 where a check has failed. For whoever watches, not for a load balancer: a
    portal whose sweep stands still takes submissions all the same."""
    checks = ready.look()
    failed = any(check["state"] == ready.FAILED for check in checks.values())
    return JsonResponse(checks, status=503 if failed else 200, headers={"Cache-Control": "no-store"})


@require_safe
def figures(request):
    """Figures for Prometheus, which knows METRICS_TOKEN; for everybody else there is no such page."""
    if not metrics.may_read(request):
        raise Http404
    return HttpResponse(metrics.expose(), content_type="text/plain; version=0.0.4; charset=utf-8")


@require_safe
def favicon(request):
    """Where browsers look for an icon without reading a page: files and pages of the admin name none."""
    return redirect(static("img/favicon.svg"))
