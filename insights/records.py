"""The list of duty records: deputies by station and name, each with the counts of a year; never sorted by counts."""

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from deputies.models import Membership
from insights.deeds import Deeds, deeds_of

A_PAGE = 50
BATCH = 500
NOWHERE = "zz"  # behind every code of a place: deputies who are grouped nowhere come last


def by_station(deputies, stations, today):
    """Deputies with ``station_name`` of the station they are grouped in on a day, in its order, then by name.

    Who is grouped in two of ``stations`` stands under both; who is grouped in none of them, where they are now, or last.
    """
    running = Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)
    grouped = FilteredRelation("memberships", condition=running & Q(memberships__starts_on__lte=today))
    there = Membership.objects.on(today).filter(deputy=OuterRef("pk"), station__in=stations.values("pk"))
    return (
        deputies.annotate(grouped=grouped)
        .filter(Q(grouped__station__in=stations.values("pk")) | ~Exists(there))
        .annotate(
            place=Coalesce("grouped__station__region_id", Value(NOWHERE)),
            station_code=Coalesce("grouped__station__code", Value("")),
            station_name=F("grouped__station__name"),
        )
        .order_by("place", "station_code", "name", "pk")
    )


def leaf(deputies, after: str):
    """A page of ``by_station``, and the key of its last line when more follow; ``after`` is such a key."""
    found = list(_behind(deputies, after)[: A_PAGE + 1])
    return found[:A_PAGE], _key(found[A_PAGE - 1]) if len(found) > A_PAGE else ""


def counted(deputies: list, year: int) -> list[tuple]:
    """Deputies with their ``Deeds`` of a year, in the same order; one query for five hundred."""
    found = []
    for start in range(0, len(deputies), BATCH):
        batch = deputies[start : start + BATCH]
        deeds = deeds_of(batch, year)
        found += [(deputy, deeds.get(deputy.pk, Deeds())) for deputy in batch]
    return found


def _key(deputy):
    return f"{deputy.place}/{deputy.station_code}/{deputy.pk}/{deputy.name}"


def _behind(deputies, key):
    place, code, pk, name = (*key.split("/", 3), "", "", "")[:4]
    if not (pk.isascii() and pk.isdigit()):
        return deputies
    same_name = Q(name__gt=name) | Q(name=name, pk__gt=pk)
    same_place = Q(station_code__gt=code) | Q(same_name, station_code=code)
    return deputies.filter(Q(place__gt=place) | Q(same_place, place=place))
