"""The list of duty records: deputies by station and name, each with the counts of a year; never sorted by counts."""

from django.db.models import CharField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from deputies.models import Membership
from insights.deeds import Deeds, deeds_of

A_PAGE = 50
NOWHERE = "~"  # behind every code of a place: deputies who are grouped nowhere come last


def by_station(deputies, today):
    """Deputies with ``station_name`` of the station they are grouped in on a day, in its order, then by name."""
    grouped = Membership.objects.on(today).filter(deputy=OuterRef("pk")).order_by("station__region_id", "station__code")
    found = grouped.annotate(place=Concat("station__region_id", Value("/"), "station__code", output_field=CharField()))
    return deputies.annotate(
        place=Coalesce(Subquery(found.values("place")[:1]), Value(NOWHERE)),
        station_name=Subquery(grouped.values("station__name")[:1]),
    ).order_by("place", "name", "pk")


def leaf(deputies, after: str):
    """A page of ``by_station``, and the code of its last deputy when more follow; ``after`` is such a code."""
    last = deputies.filter(code=after).first() if after else None
    if last is not None:
        same = Q(place=last.place, name__gt=last.name) | Q(place=last.place, name=last.name, pk__gt=last.pk)
        deputies = deputies.filter(Q(place__gt=last.place) | same)
    found = list(deputies[: A_PAGE + 1])
    return found[:A_PAGE], found[A_PAGE - 1].code if len(found) > A_PAGE else ""


def counted(deputies: list, year: int) -> list[tuple]:
    """Deputies with their ``Deeds`` of a year, in the same order."""
    deeds = deeds_of(deputies, year)
    return [(deputy, deeds.get(deputy.pk, Deeds())) for deputy in deputies]
