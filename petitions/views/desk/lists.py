"""The list of cases."""

from django.db.models import F
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import addresses_beside, turn_to
from accounts.permissions import requires_role
from petitions.forms.filters import FilterForm
from petitions.permissions import may_enter
from petitions.pressing import attach_clocks
from petitions.rows import rows_of
from petitions.todo import Span
from workdays.services import load_calendar

LEAF = 100
READ = ("number", "title", "status", "severity", "current_round", "submitted_at")


@require_safe
@requires_role()
def case_list(request):
    """The cases that one may see, narrowed by the address, newest first, a hundred a leaf.

    422 for filters that cannot be read.
    """
    calendar, today = load_calendar(), timezone.localdate()
    form = FilterForm(request.GET, user=request.user, span=Span.of(calendar, today))
    cases = form.cases()
    read = cases.only(*READ).annotate(station_name=F("station__name"))
    leaf = turn_to(read, request.GET, by="-submitted_at", size=LEAF)
    attach_clocks(leaf.rows, request.user, calendar, today)
    context = {
        "form": form,
        "rows": rows_of(leaf.rows),
        "total": len(leaf.rows) if leaf.is_whole else cases.count() if "count" in request.GET else None,
        "may_enter": may_enter(request.user),
    }
    context |= addresses_beside(request, leaf)
    return render(request, "petitions/desk/list.html", context, status=form.http_status)
