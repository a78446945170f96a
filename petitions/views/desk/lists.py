"""The list of cases."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.paging import leaf_addresses, read_leaf
from accounts.permissions import requires_role
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
    after = request.GET.get("after", "")
    rows, further = read_leaf(cases.select_related("station"), after, by="-submitted_at", size=LEAF)
    attach_clocks(rows, request.user, calendar, today)
    context = {
        "form": form,
        "rows": rows,
        "total": cases.count(),
        "may_enter": may_enter(request.user),
    }
    return render(request, "petitions/desk/list.html", context | leaf_addresses(request, further))
