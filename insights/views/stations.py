"""The stations that one follows, and whether they are alive."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from insights.activity import QUIET_DAYS, leaf
from insights.forms import StationFilter
from insights.permissions import WATCHING, watched_stations
from insights.quarter import Quarter


@require_safe
@requires_role(Role.OFFICER, *WATCHING)
def stations(request):
    """Stations by place: next reception day, this quarter's, findings to be put right, last activity; fifty a leaf.

    422 for filters that cannot be read.
    """
    today = timezone.localdate()
    form = StationFilter(request.GET, stations=watched_stations(request.user))
    found = form.found(quarter=Quarter.of(today), today=today)
    rows, older = leaf(found, request.GET.get("after", ""))
    context = {
        "form": form,
        "rows": rows,
        "quiet_days": QUIET_DAYS,
        "quarter": Quarter.of(today),
        "narrowed": any(form.cleaned_data.values()),
        "may_add": request.user.has_perm("stations.add_station"),
    }
    context |= leaf_addresses(request, older)
    return render(request, "insights/stations.html", context, status=form.http_status)
