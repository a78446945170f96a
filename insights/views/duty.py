"""The duty record (一人一档): a deputy's own, and those that staff keep."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from accounts.services import has_role
from insights import duty_record, records
from insights.duty_ledger import KEEPERS, by_station, filter_of, heads, stations_of, year_filter
from insights.duty_record import Kind
from insights.permissions import recorded_deputies


@require_safe
@requires_role(Role.DEPUTY, *KEEPERS)
def duty_record_page(request, code):
    """A deputy's year: how many of each kind, and every entry by month with its source. 422 for a year that there is not."""
    deputy, when = get_object_or_404(recorded_deputies(request.user), code=code), year_filter(request.GET)
    year = when.chosen
    found = duty_record.entries(deputy, year, request.user) if when.is_valid() else []
    kind = request.GET.get("kind", "")
    shown = [entry for entry in found if entry.kind == kind] if kind in Kind.values else found
    context = {
        "deputy": deputy,
        "when": when,
        "year": year,
        "kind": Kind(kind) if kind in Kind.values else None,
        "totals": duty_record.totals(found),
        "total": len(found),
        "entries": shown,
        "stations": stations_of(deputy),
        "is_own": deputy.user_id == request.user.pk,
        "keeps": has_role(request.user, *KEEPERS),
        "filters": urlencode({"deputy": deputy.code, "year": year}),
    }
    return render(request, "insights/duty_record.html", context, status=when.http_status)


@require_safe
@requires_role(Role.DEPUTY, *KEEPERS)
def duty_records(request):
    """The deputies whose record one keeps, by station and name, with the year's counts; a deputy goes to their own.

    422 for filters that there are not.
    """
    if not has_role(request.user, *KEEPERS):
        own = recorded_deputies(request.user).filter(user=request.user).first()
        return redirect("insights:duty_record", own.code) if own else render(request, "insights/duty_record_none.html")
    when, form = year_filter(request.GET), filter_of(request.user, request.GET)
    found = by_station(request.user, form) if when.is_valid() else by_station(request.user, form).none()
    rows, older = records.leaf(found, request.GET.get("after", ""))
    context = {
        "fields": [*when, *form],
        "year": when.chosen,
        "rows": records.counted(rows, when.chosen),
        "heads": heads(),
    }
    context |= leaf_addresses(request, older)
    return render(request, "insights/duty_records.html", context, status=max(when.http_status, form.http_status))
