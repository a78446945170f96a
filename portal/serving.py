"""What a station did this year and where it can be subscribed to, for the public pages; every figure is counted."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from deputies.models import Note, Reception


@dataclass(frozen=True)
class Year:
    """The reception days of a station that were held and closed in a year, newest first, and their sums."""

    days: list
    visitors: int
    matters: int
    answered: int
    transferred: int


def with_last_held(stations):
    """Annotate stations with ``last_held``, the date of the last day that was held and closed, or None."""
    held = Reception.objects.held().filter(station=OuterRef("pk")).order_by().values("station")
    return stations.annotate(last_held=Subquery(held.annotate(last=Max("date")).values("last")))


def year_of(station, year):
    """Count a station's held days of a calendar year: visitors and matters from the notes; one query."""
    held = station.receptions.held().filter(date__year=year).order_by("-date", "-starts")
    days = list(
        held.annotate(
            visitors=Coalesce(Sum("notes__visitors"), 0),
            matters=Count("notes"),
            answered=Count("notes", filter=Q(notes__outcome=Note.Outcome.ANSWERED)),
            transferred=Count("notes__petition"),
        )
    )
    sums = {
        name: sum(getattr(day, name) for day in days) for name in ("visitors", "matters", "answered", "transferred")
    }
    return Year(days=days, **sums)


def feed_addresses(path):
    """The full address of a calendar feed, and the one that makes a phone offer to subscribe to it."""
    address = f"{settings.SITE_URL}{path}"
    return {"feed": address, "webcal": f"webcal:{address.partition(':')[2]}"}
