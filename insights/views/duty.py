"""The duty record (一人一档): a deputy's own, and those that staff keep."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from accounts.services import has_role
from insights import duty_record, records
from insights.duty_ledger import KEEPERS, asked_year, by_station, filter_of, heads, stations_of, years
from insights.duty_record import Kind
from insights.permissions import recorded_deputies


@require_safe
@requires_role(Role.DEPUTY, *KEEPERS)
def duty_record_page(request, code):
    """A deputy's year: how many of each kind, and every entry by month with its source."""
    deputy, year = get_object_or_404(recorded_deputies(request.user), code=code), asked_year(request.GET)
    found = duty_record.entries(deputy, year, request.user)
    kind = request.GET.get("kind", "")
    shown = [entry for entry in found if entry.kind == kind] if kind in Kind.values else found
    context = {
        "deputy": deputy,
        "year": year,
        "years": years(),
        "kind": Kind(kind) if kind in Kind.values else None,
        "totals": duty_record.totals(found),
        "total": len(found),
        "entries": shown,
        "stations": stations_of(deputy),
        "is_own": deputy.user_id == request.user.pk,
        "keeps": has_role(request.user, *KEEPERS),
        "filters": urlencode({"deputy": deputy.code, "year": year}),
    }
    return render(request, "insights/duty_record.html", context)


@require_safe
@requires_role(Role.DEPUTY, *KEEPERS)
def duty_records(request):
    """The deputies whose record one keeps, by station and name, with the year's counts; a deputy goes to their own."""
    if not has_role(request.user, *KEEPERS):
        own = recorded_deputies(request.user).filter(user=request.user).first()
        return redirect("insights:duty_record", own.code) if own else render(request, "insights/duty_record_none.html")
    year, form = asked_year(request.GET), filter_of(request.user, request.GET)
    rows, older = records.leaf(by_station(request.user, form), request.GET.get("after", ""))
    context = {"form": form, "year": year, "years": years(), "rows": records.counted(rows, year), "heads": heads()}
    return render(request, "insights/duty_records.html", context | leaf_addresses(request, older))
