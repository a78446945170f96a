"""Finding a station by words or by going down from place to place."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Left

from stations.models import Region, Station

A_PAGE = 20
COUNTY, TOWNSHIP = 6, 9  # digits of a region's code


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
    for digits in (COUNTY, TOWNSHIP):
        if digits <= above:
            continue
        counted = stations.annotate(place=Left("region_id", digits)).values("place").annotate(n=Count("pk")).order_by()
        counts = {row["place"]: row["n"] for row in counted}
        if len(counts) > 1 or digits == TOWNSHIP:
            places = list(Region.objects.filter(code__in=counts))
            for place in places:
                place.station_count = counts[place.code]
            return places
    return []
