"""The dashboard: open, due soon, overdue, and where."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import requires_role
from insights import figures
from petitions.todo import Span
from workdays.services import load_calendar


@require_safe
@requires_role()
def dashboard(request):
    """Counts of the cases that one may see; every figure leads to exactly its cases."""
    calendar, today = load_calendar(), timezone.localdate()
    span = Span.of(calendar, today)
    context = {
        "today": today,
        "totals": figures.totals(request.user, span),
        "statuses": figures.by_status(request.user),
        "stations": figures.by_station(request.user, span),
        "organs": figures.by_organ(request.user, span),
    }
    return render(request, "insights/dashboard.html", context)
