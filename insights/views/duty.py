"""The duty record (一人一档): a deputy's own, and those that staff keep."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.filters import tab_of
from accounts.models import Role
from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from accounts.services import has_role
from insights import duty_record, records
from insights.duty_ledger import KEEPERS, by_station, heads, list_filter, stations_of, year_filter
from insights.duty_record import Kind
from insights.permissions import recorded_deputies


@require_safe
@requires_role(Role.DEPUTY, *KEEPERS)
def duty_record_page(request, code):
    """A deputy's year: how many of each kind, and every entry by month with its source. 422 for a year that is not offered."""
    deputy, form = get_object_or_404(recorded_deputies(request.user), code=code), year_filter(request.GET)
    year, kind = form.chosen, tab_of(request.GET, "kind", Kind)
    found = duty_record.entries(deputy, year, request.user) if form.is_valid() else []
    context = {
        "deputy": deputy,
        "form": form,
        "year": year,
        "kind": Kind(kind) if kind else None,
        "totals": duty_record.totals(found),
        "total": len(found),
        "entries": [entry for entry in found if kind in ("", entry.kind)],
        "stations": stations_of(deputy),
        "is_own": deputy.user_id == request.user.pk,
        "keeps": has_role(request.user, *KEEPERS),
        "filters": urlencode({"deputy": deputy.code, "year": year}),
    }
    return render(request, "insights/duty_record.html", context, status=form.http_status)


@require_safe
@requires_role(Role.DEPUTY, *KEEPERS)
def duty_records(request):
    """The deputies whose record one keeps, by station and name, with the year's counts; a deputy goes to their own.

    422 for filters that cannot be read.
    """
    if not has_role(request.user, *KEEPERS):
        return _own_record(request)
    form = list_filter(request.user, request.GET)
    rows, older = records.leaf(by_station(request.user, form), request.GET.get("after", ""))
    context = {
        "form": form,
        "year": form.chosen,
        "rows": records.counted(rows, form.chosen),
        "heads": heads(),
    }
    context |= leaf_addresses(request, older)
    return render(request, "insights/duty_records.html", context, status=form.http_status)


def _own_record(request):
    """Leads a deputy to their own record, in the year that the address asks for."""
    own = recorded_deputies(request.user).filter(user=request.user).first()
    if own is None:
        return render(request, "insights/duty_record_none.html")
    year = request.GET.get("year")
    return redirect(reverse("insights:duty_record", args=[own.code], query={"year": year} if year else None))
