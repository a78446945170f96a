"""The quarterly summary of stations for the level above, on the page; each number leads to its rows."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from insights.listing import lines
from insights.permissions import WATCHING, watched_stations
from insights.quarter import COLUMNS, GROUPS, RATE_FROM, rows_of, summary, total
from insights.quarter_ledger import page_filter, quarter_filter

A_PAGE = 50


@require_safe
@requires_role(*WATCHING)
def quarter(request):
    """A quarter's figures of the stations that one follows; each number leads to the rows that it counts.

    422 for filters that cannot be read.
    """
    form = page_filter(request.user, request.GET)
    asked = form.chosen
    rows = summary(form.found(), asked)
    shown, older = _leaf(rows, request.GET.get("after", ""))
    context = {
        "form": form,
        "quarter": asked,
        "groups": GROUPS,
        "columns": COLUMNS,
        "rows": shown,
        "total": total(rows),
        "count": len(rows),
        "rate_from": RATE_FROM,
        "is_running": asked.last >= timezone.localdate(),
    }
    context |= leaf_addresses(request, older)
    return render(request, "insights/quarter.html", context, status=form.http_status)


@require_safe
@requires_role(*WATCHING)
def quarter_rows(request, code, column):
    """Exactly the rows that a number of the summary counts."""
    when = quarter_filter(request.GET)
    station = get_object_or_404(watched_stations(request.user), code=code)
    chosen = next((each for each in COLUMNS if each.key == column), None)
    if chosen is None or not when.is_valid():
        raise Http404
    context = {
        "quarter": when.chosen,
        "station": station,
        "column": chosen,
        "lines": lines(rows_of(chosen, station, when.chosen)),
    }
    return render(request, "insights/quarter_rows.html", context)


def _leaf(rows, after):
    """A page of rows behind the station with a code, and the code of its last one when more follow."""
    codes = [row.station.code for row in rows]
    start = codes.index(after) + 1 if after in codes else 0
    shown = rows[start : start + A_PAGE]
    return shown, shown[-1].station.code if start + A_PAGE < len(rows) else ""
