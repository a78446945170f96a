"""Finding a station by words or by going down from place to place; its facts, checklists and self-inspections."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from stations.errors import StationError
from stations.models import (
    COUNTY_DIGITS,
    TOWNSHIP_DIGITS,
    Checklist,
    ChecklistItem,
    Finding,
    Inspection,
    Region,
    Station,
)

A_PAGE = 20


@dataclass(frozen=True)
class Found:
    """One page of stations, the places to go on to (each with its ``station_count``), and what was asked for."""

    stations: list
    places: list
    region: Region | None
    older: str


def find_stations(words="", *, region_code="", after=""):
    """Return a page of active stations that fit the words, or lie in a region; both empty means all.

    ``after`` is the code of the last station of the page before. Places are counties, below them townships; with words
    there are none.
    """
    stations = Station.objects.active()
    region = Region.objects.filter(code=region_code).select_related("parent__parent__parent").first()
    if words:
        stations = stations.search(words)
    elif region is not None:
        stations = stations.within(region)
    places = [] if words else _places(stations, region)
    page = list(_behind(stations, after).with_places().order_by("region_id", "code")[: A_PAGE + 1])
    older = page[A_PAGE - 1].code if len(page) > A_PAGE else ""
    return Found(stations=page[:A_PAGE], places=places, region=region, older=older)


def _behind(stations, code):
    last = Station.objects.filter(code=code).first() if code else None
    if last is None:
        return stations
    return stations.filter(Q(region__gt=last.region_id) | Q(region=last.region_id, code__gt=last.code))


def _places(stations, region):
    """The places one level down that have stations; a level with a single place is passed over."""
    above = len(region.code) if region else 0
    for digits in (COUNTY_DIGITS, TOWNSHIP_DIGITS):
        if digits <= above:
            continue
        counted = stations.annotate(place=Left("region_id", digits)).values("place").annotate(n=Count("pk")).order_by()
        counts = {row["place"]: row["n"] for row in counted}
        if len(counts) > 1 or digits == TOWNSHIP_DIGITS:
            places = list(Region.objects.filter(code__in=counts))
            for place in places:
                place.station_count = counts[place.code]
            return places
    return []


def free_code(region: Region) -> str:
    """Propose a code for a new station of a place: the place's own, and the first number that is free."""
    taken = set(Station.objects.filter(code__startswith=region.code).values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 2) if (code := f"{region.code}-{n:02}") not in taken)


def open_station(*, region: Region, **facts) -> Station:
    """Create a station in a place, with the facts of ``StationForm``; its code is for good, as posters carry it.

    Raises StationError where somebody has just given a station this code.
    """
    try:
        with transaction.atomic():
            return Station.objects.create(region=region, **facts)
    except IntegrityError:
        raise StationError(_("编号%(code)s刚刚已用于另一个联络站。") % {"code": facts["code"]}) from None


@transaction.atomic
def change_facts(*, station: Station, **facts) -> Station:
    """Change a station's name, tier, place, hours, telephone, introduction or posted rules."""
    station = Station.objects.select_for_update(of=("self",)).get(pk=station.pk)
    for name, value in facts.items():
        setattr(station, name, value)
    station.save(update_fields=list(facts))
    return station


@transaction.atomic
def save_checklist(*, checklist: Checklist, items: Iterable[dict]) -> Checklist:
    """Save a checklist with its items (``text``, ``help``, ``source``) in their order; inspections keep their words."""
    checklist.save()
    checklist.items.all().delete()
    ChecklistItem.objects.bulk_create(
        ChecklistItem(checklist=checklist, position=position, **item) for position, item in enumerate(items, start=1)
    )
    return checklist


@transaction.atomic
def record_inspection(
    *, station: Station, checklist: Checklist, on: dt.date, answers: list[dict], remarks: str, by_name: str
) -> Inspection:
    """Put a self-inspection on record with the answer to every item (``asked``, ``met``, ``text``, ``fix_by``).

    ``on`` is a Beijing date. Raises StationError where the station was inspected by this list on that day already.
    """
    Station.objects.select_for_update(of=("self",)).get(pk=station.pk)
    earlier = Inspection.objects.filter(station=station, checklist=checklist, inspected_on=on).first()
    if earlier:
        raise StationError(_("%(name)s已登记过这一天按这份清单的自查。") % {"name": earlier.by_name})
    inspection = Inspection.objects.create(
        station=station, checklist=checklist, inspected_on=on, remarks=remarks, by_name=by_name
    )
    Finding.objects.bulk_create(
        Finding(inspection=inspection, position=position, **answer) for position, answer in enumerate(answers, start=1)
    )
    return inspection


def counted(inspections):
    """Inspections with how many items they asked, how many were not met, and how many of these are still open."""
    unmet = Q(findings__met=False)
    return inspections.annotate(
        asked=Count("findings"),
        unmet=Count("findings", filter=unmet),
        still_open=Count("findings", filter=unmet & Q(findings__fixed_on=None)),
    )


@transaction.atomic
def put_right(*, finding: Finding, on: dt.date, note: str, by_name: str) -> Finding:
    """Record that what was not met has been put right (已整改), on a Beijing date.

    Raises StationError where it was met, was recorded before, or the date lies before the inspection.
    """
    finding = Finding.objects.select_for_update(of=("self",)).select_related("inspection").get(pk=finding.pk)
    if finding.met:
        raise StationError(_("这一项自查时已经达到，不需要整改。"))
    if finding.fixed_on:
        said = {"name": finding.fixed_by_name, "day": _chinese(finding.fixed_on)}
        raise StationError(_("%(name)s已登记这一项于%(day)s整改完成。") % said)
    if on < finding.inspection.inspected_on:
        raise StationError(_("整改日期不能早于自查日期%(day)s。") % {"day": _chinese(finding.inspection.inspected_on)})
    finding.fixed_on, finding.fixed_note, finding.fixed_by_name = on, note, by_name
    finding.save(update_fields=["fixed_on", "fixed_note", "fixed_by_name"])
    return finding


def _chinese(day):
    return f"{day.year}年{day.month}月{day.day}日"
