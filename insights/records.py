"""The list of duty records: deputies by station and name, each with the counts of a year; never sorted by counts."""

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from deputies.models import Membership
from insights.deeds import Deeds, deeds_of

A_PAGE = 50
BATCH = 500
NOWHERE = "zz"  # behind every code of a place: deputies who are grouped nowhere come last


def by_station(deputies, stations, today):
    """Deputies, each once, by the station they are grouped in on a day (``station_name``), then by name.

    Who is grouped in several of ``stations`` stands at the first of them by code, so that nothing counts twice where
    columns are added up, and ``station_names`` has them all; who is grouped in none of them, where they are now, or last.
    """
    running = Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)
    grouped = FilteredRelation("memberships", condition=running & Q(memberships__starts_on__lte=today))
    own = Membership.objects.on(today).filter(deputy=OuterRef("pk")).order_by()
    there = own.filter(station__in=stations.values("pk"))
    earlier = {"station__code__lt": OuterRef("grouped__station__code")}
    is_first_there = Q(grouped__station__in=stations.values("pk")) & ~Exists(there.filter(**earlier))
    is_first_elsewhere = ~Exists(there) & ~Exists(own.filter(**earlier))
    names = StringAgg("station__name", "、", order_by="station__code")
    return (
        deputies.annotate(grouped=grouped)
        .filter(is_first_there | is_first_elsewhere)
        .annotate(
            place=Coalesce("grouped__station__region_id", Value(NOWHERE)),
            station_code=Coalesce("grouped__station__code", Value("")),
            station_name=F("grouped__station__name"),
            station_names=Subquery(own.values("deputy").values(said=names)),
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
