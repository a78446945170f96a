"""What a dashboard speaks of: a region with all that lies in it, a station, an organ's part, or all that one sees."""

from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.services import grants_of, has_role
from deputies.models import Membership
from insights.permissions import WATCHING
from petitions.models import Assignment
from petitions.permissions import know_deputies_and_stations
from stations.models import CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS, Region, Station

REGION, STATION, ORGAN = "region", "station", "organ"
ORGAN_SIDE = (Role.CLERK, Role.LEADER)
DIGITS_BELOW = {2: CITY_DIGITS, CITY_DIGITS: COUNTY_DIGITS, COUNTY_DIGITS: TOWNSHIP_DIGITS}
OF_A_STATION = "@"  # before the code of a station, which is told from a region's by it


@dataclass(frozen=True)
class Place:
    """``kind`` and ``code`` are the filter of the list of cases that narrows it to the place; both empty for everything."""

    kind: str = ""
    code: str = ""
    name: str = ""
    pk: object = None

    @property
    def filters(self) -> dict[str, str]:
        """What the address of the list, and of the place's own dashboard, says of it."""
        return {self.kind: self.code} if self.kind else {}

    @property
    def key(self) -> str:
        """What rows that are counted by unit call it."""
        return f"{OF_A_STATION}{self.code}" if self.kind == STATION else self.code

    @property
    def cases(self) -> Q:
        """The condition of its cases, on cases; of an organ those in which it has a part."""
        if self.kind == REGION:
            return Q(station__region__code__startswith=self.code)
        if self.kind == ORGAN:
            return Q(Exists(Assignment.objects.current().filter(round__petition=OuterRef("pk"), organ=self.pk)))
        return Q(station=self.pk) if self.kind == STATION else Q()

    @property
    def stations(self) -> Q:
        """The condition of its stations, on stations; none has an organ."""
        return Q(region__code__startswith=self.code) if self.kind == REGION else Q(pk=self.pk)

    @property
    def owner(self) -> dict:
        """Whose clocks alone decide what is late: an organ's own, and everybody's elsewhere."""
        return {"owner_organ": self.pk} if self.kind == ORGAN else {}

    @property
    def digits(self) -> int | None:
        """How many digits the codes of the regions below it have; None where stations are what lies below."""
        return DIGITS_BELOW.get(len(self.code)) if self.kind == REGION else None

    def unit(self, station: str = "station"):
        """An expression over cases (``station`` is the way to theirs): the key of the unit below in which a case lies."""
        alone = Concat(Value(OF_A_STATION), F(f"{station}__code"), output_field=CharField())
        if self.digits is None:
            return alone
        # A station of the county itself lies in no township: it stands among them.
        is_own = When(**{f"{station}__region": self.code}, then=alone)
        return Case(is_own, default=Substr(f"{station}__region_id", 1, self.digits), output_field=CharField())


EVERYTHING = Place()


def of_region(region: Region) -> Place:
    return Place(REGION, region.pk, region.name, region.pk)


def of_station(station: Station) -> Place:
    return Place(STATION, station.code, station.name, station.pk)


def roots(user) -> list[Place]:
    """The places that a user's roles open by themselves; what lies in a region is opened with it.

    A deputy's stations stay with the user for the questions that follow.
    """
    found = []
    for grant in grants_of(user):
        if grant.role in WATCHING:
            found.append(of_region(grant.region))
        elif grant.role == Role.OFFICER:
            found.append(of_station(grant.station))
        elif grant.role in ORGAN_SIDE:
            found.append(Place(ORGAN, grant.organ.code, grant.organ.name, grant.organ_id))
    if has_role(user, Role.DEPUTY):
        grouped = list(Membership.objects.on(timezone.localdate()).filter(deputy__user=user).select_related("station"))
        found += [of_station(membership.station) for membership in grouped]
        if grouped:
            # By key their cases are found among all that is open, without looking at each.
            know_deputies_and_stations(user, {one.deputy_id for one in grouped}, {one.station_id for one in grouped})
    return list(dict.fromkeys(found))


def way_to(user, own: list[Place], asked) -> list[Place] | None:
    """The places from the user's own down to the one that an address asks for, which is the last; None where it is not theirs.

    An address that asks for none means the user's own place, where there is one, and everything that they see otherwise.
    """
    # A deputy sees what is addressed to them at whatever station.
    start = [] if len(own) == 1 and not has_role(user, Role.DEPUTY) else [EVERYTHING]
    for kind in (REGION, STATION, ORGAN):
        if asked.get(kind):
            found = _way(kind, asked[kind], own)
            return start + found if found else None
    return start or own


def _way(kind, code, own):
    for place in own:
        if (place.kind, place.code) == (kind, code):
            return [place]
    tops = [place for place in own if place.kind == REGION]
    if kind == REGION:
        found = Region.objects.filter(pk=code).select_related("parent__parent__parent").first()
        return _down(tops, found, [])
    if kind == STATION:
        found = Station.objects.filter(code=code).with_places().first()
        return found and _down(tops, found.region, [of_station(found)])
    return None


def _down(tops, region, below):
    """The way from the highest of the user's regions that holds a region, down to it and on; None where none does."""
    holding = [top for top in tops if region is not None and region.pk.startswith(top.code)]
    if not holding:
        return None
    top = min(holding, key=lambda place: len(place.code))
    while region.pk != top.code:
        below = [of_region(region), *below]
        region = region.parent
    return [top, *below]


def units(place: Place, own: list[Place]) -> list[Place]:
    """What lies directly below a place and has a station, by code; a station and an organ have nothing below.

    Below everything that one sees stand the stations of one's ``own`` places.
    """
    if place is EVERYTHING:
        return [root for root in own if root.kind == STATION]
    if place.kind != REGION:
        return []
    stations = Station.objects.filter(place.stations)
    if place.digits is None:
        return [of_station(station) for station in stations]
    parts = stations.order_by().annotate(part=Substr("region_id", 1, place.digits)).values("part")
    regions = [of_region(region) for region in Region.objects.filter(pk__in=parts).order_by("pk")]
    below = [region for region in regions if region.code != place.code]
    if len(below) < len(regions):
        below += [of_station(station) for station in stations.filter(region=place.code)]
    return below


def name_of(place: Place) -> str:
    """How the way to a place calls it."""
    return place.name or _("我能看到的全部")
