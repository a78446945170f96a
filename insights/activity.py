"""Whether a station is alive: its next reception day, this quarter's, what is still to be put right, its last activity."""

import datetime as dt

from django.db.models import Count, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from deputies.models import Reception
from stations.models import Finding, Inspection

QUIET_DAYS = 90  # default; calendar days without any activity
A_PAGE = 50


def last_activity():
    """The newest date of a reception day that was closed with a summary or of a self-inspection; None without any."""
    held = _of_station(Reception.objects.held(), "station", last=Max("date"))
    inspected = _of_station(Inspection.objects, "station", last=Max("inspected_on"))
    # PostgreSQL leaves out what is unknown, so that one of the two is enough.
    return Greatest(Subquery(held.values("last")), Subquery(inspected.values("last")))


def with_activity(stations, *, quarter, today: dt.date):
    """Give stations ``last_active_on``, ``next_on``, ``held``, ``planned`` (this quarter) and ``open_findings``."""
    standing = Reception.objects.standing()
    coming = _of_station(standing.published().filter(date__gte=today), "station", figure=Min("date"))
    planned = standing.filter(date__range=(quarter.first, quarter.last))
    return stations.annotate(
        last_active_on=last_activity(),
        next_on=Subquery(coming.values("figure")),
        planned=_count(planned, "station"),
        held=_count(planned.held(), "station"),
        open_findings=_count(Finding.objects.open(), "inspection__station"),
    )


def quiet(stations, today: dt.date):
    """Those of ``with_activity`` without any activity for 90 days (default), or without any at all."""
    since = today - dt.timedelta(days=QUIET_DAYS)
    return stations.filter(Q(last_active_on=None) | Q(last_active_on__lt=since))


def leaf(stations, after: str):
    """A page of stations in their order, and the code of its last one when more follow; ``after`` is such a code."""
    last = stations.model.objects.filter(code=after).first() if after else None
    if last is not None:
        stations = stations.filter(Q(region__gt=last.region_id) | Q(region=last.region_id, code__gt=last.code))
    found = list(stations.select_related("region").order_by("region_id", "code")[: A_PAGE + 1])
    return found[:A_PAGE], found[A_PAGE - 1].code if len(found) > A_PAGE else ""


def _of_station(rows, station, **figure):
    return rows.filter(**{station: OuterRef("pk")}).order_by().values(station).annotate(**figure)


def _count(rows, station):
    return Coalesce(Subquery(_of_station(rows, station, figure=Count("pk")).values("figure")), 0)
