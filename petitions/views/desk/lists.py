"""The list of cases, and the same list as a file."""

from datetime import datetime

from django.db.models import Q
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import requires_role
from petitions.exports import ledger_lines
from petitions.forms.filters import FilterForm
from petitions.permissions import may_enter
from petitions.pressing import attach_clocks
from petitions.todo import Span
from workdays.services import load_calendar

LEAF = 50


@require_safe
@requires_role()
def case_list(request):
    """The cases that one may see, narrowed by the address, newest first, fifty a leaf."""
    calendar, today = load_calendar(), timezone.localdate()
    form = FilterForm(request.GET, user=request.user, span=Span.of(calendar, today))
    cases = form.cases()
    rows = list(_after(cases, request.GET.get("after", "")).select_related("station")[: LEAF + 1])
    attach_clocks(rows[:LEAF], request.user, calendar, today)
    context = {
        "form": form,
        "rows": rows[:LEAF],
        "total": cases.count(),
        "filters": _address(request),
        "may_enter": may_enter(request.user),
    }
    context |= _leaves(request, rows)
    return render(request, "petitions/desk/list.html", context)


@require_safe
@requires_role()
def export(request):
    """The same cases as a ledger file, streamed."""
    calendar, today = load_calendar(), timezone.localdate()
    form = FilterForm(request.GET, user=request.user, span=Span.of(calendar, today))
    lines = ledger_lines(form.cases(), user=request.user, calendar=calendar, today=today)
    name = f"petitions-{today:%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _after(cases, key):
    """The cases behind the one that a leaf ended with; a key that is none begins at the front."""
    moment, _separator, pk = key.rpartition("_")
    try:
        at = datetime.fromisoformat(moment).astimezone()
        return cases.filter(Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=int(pk)))
    except (ValueError, OverflowError):
        return cases


def _leaves(request, rows):
    page = reverse("petitions:list")
    kept = _address(request)
    older = ""
    if len(rows) > LEAF:
        last = rows[LEAF - 1]
        behind = request.GET.copy()
        behind["after"] = f"{last.submitted_at.isoformat()}_{last.pk}"
        older = f"{page}?{behind.urlencode()}"
    newer = f"{page}?{kept}" if "after" in request.GET else ""
    return {"older": older, "newer": newer}


def _address(request):
    kept = request.GET.copy()
    kept.pop("after", None)
    return kept.urlencode()
