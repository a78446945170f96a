"""The list of reception days as one user finds it on the desk, in few queries whatever its length."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from deputies.models import Reception, Turn
from deputies.permissions import may_manage
from deputies.warnings import attach_warnings, with_roster
from supervision.models import Clock
from workdays.calendar import Calendar
from workdays.rhythm import spoken_lunar
from workdays.services import load_calendar

LEAF = 40
State = Reception.State
STATES = {
    State.PLANNED: Q(cancelled_at=None, closed_at=None, opened_at=None, published_at=None),
    State.PUBLISHED: Q(cancelled_at=None, closed_at=None, opened_at=None, published_at__isnull=False),
    State.OPEN: Q(cancelled_at=None, closed_at=None, opened_at__isnull=False),
    State.CLOSED: Q(cancelled_at=None, closed_at__isnull=False),
    State.CANCELLED: Q(cancelled_at__isnull=False),
}


@dataclass
class Entry:
    """A reception day in the list.

    ``names`` are pairs of a deputy's name and whether it is the reader's own; ``warnings`` are for those who can put
    right what they say; ``clock`` is the one that presses the station for this day now, with its reading attached.
    """

    reception: Reception
    names: list[tuple[str, bool]]
    warnings: list[str]
    clock: Clock | None
    is_managed: bool
    is_publishable: bool

    @property
    def lunar(self):
        return spoken_lunar(self.reception.date)

    @property
    def is_mine(self):
        return any(mine for _name, mine in self.names)


@dataclass
class Leaf:
    """A leaf of the list: its entries by month, and the key under which the next leaf begins (empty on the last)."""

    months: list[tuple[dt.date, list[Entry]]]
    further: str

    @property
    def entries(self):
        return [entry for _month, entries in self.months for entry in entries]

    @property
    def troubled(self):
        """How many of these days have a warning."""
        return sum(bool(entry.warnings) for entry in self.entries)

    @property
    def publishable(self):
        return sum(entry.is_publishable for entry in self.entries)


def days_of(user, *, station="", state="", since=None, plan=None):
    """The reception days that a user finds, narrowed: a station's code, a ``State``, a first day, a plan's key."""
    days = Reception.objects.visible_to(user)
    if station:
        days = days.filter(station__code=station)
    if state:
        days = days.filter(STATES[state])
    if since:
        days = days.filter(date__gte=since)
    return days.filter(plan=plan) if plan else days


def read_leaf(days, user, *, today, after="", is_past=False):
    """Read the leaf of ``days`` behind the key ``after``: upcoming ones from today on, past ones backwards."""
    days = days.filter(date__lt=today) if is_past else days.filter(date__gte=today)
    order = ["-date", "-starts", "-pk"] if is_past else ["date", "starts", "pk"]
    days = with_roster(_behind(days, after, is_past).order_by(*order)).annotate(turn_rows=_turn_rows())
    found = list(days.select_related("publish_clock", "summary_clock")[: LEAF + 1])
    shown, calendar = found[:LEAF], load_calendar()
    attach_warnings(shown, calendar)
    entries = [_entry(day, user, calendar, today) for day in shown]
    months = [
        (first, list(each)) for first, each in groupby(entries, lambda entry: entry.reception.date.replace(day=1))
    ]
    return Leaf(months, _key_of(shown[-1]) if len(found) > LEAF else "")


def _turn_rows():
    turns = Turn.objects.filter(reception=OuterRef("pk")).order_by("pk")
    return ArraySubquery(turns.values(row=JSONObject(name="deputy__name", user="deputy__user_id")))


def _key_of(day):
    return f"{day.date.isoformat()}_{day.starts.isoformat()}_{day.pk}"


def _behind(days, key, is_past):
    """The days behind the one that a leaf ended with; a key that is none begins at the front."""
    try:
        date, starts, pk = key.split("_")
        date, starts, pk = dt.date.fromisoformat(date), dt.time.fromisoformat(starts), int(pk)
    except ValueError:
        return days
    step = "lt" if is_past else "gt"
    same_hour = Q(**{"date": date, "starts": starts, f"pk__{step}": pk})
    same_day = Q(**{"date": date, f"starts__{step}": starts})
    return days.filter(Q(**{f"date__{step}": date}) | same_day | same_hour)


def _entry(day, user, calendar: Calendar, today):
    is_managed = may_manage(user, day.station)
    clock = day.running_clock
    if clock:
        clock.now = clock.reading(calendar, today)
    return Entry(
        reception=day,
        names=[(turn["name"], turn["user"] == user.pk) for turn in day.turn_rows],
        warnings=day.warnings if is_managed and day.date >= today else [],
        clock=clock,
        is_managed=is_managed,
        is_publishable=is_managed and day.state == State.PLANNED and day.date >= today,
    )
