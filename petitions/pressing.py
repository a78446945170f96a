"""Who holds a case now, and until when: its running clock that is due first."""

import json
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from accounts.services import grants_of
from petitions.models import ClockLink
from supervision.models import Clock
from workdays.calendar import Calendar

RESIDENT, NOBODY = "resident", "nobody"
RESIDENTS = {"owner_organ": None, "owner_station": None, "owner_region": None, "owner_user": None}


def first_due():
    """An expression over cases: the due date of the running clock that is due first, or nothing."""
    running = ClockLink.objects.filter(petition=OuterRef("pk"), clock__stopped_at=None, clock__paused_on=None)
    return Subquery(running.order_by("clock__due_on").values("clock__due_on")[:1])


def owner_of(holder: str) -> dict:
    """What the clocks of a holder are known by; empty for the resident and for nobody.

    A holder is written as ``organ-<code>``, ``station-<code>``, ``resident`` or ``nobody``.
    """
    kind, _dash, code = holder.partition("-")
    return {f"owner_{kind}__code": code} if code else {}


def held(holder: str) -> Q:
    """The condition of the cases that a holder has in hand: a clock of theirs runs and is not paused.

    A case that several organs have is held by each of them; one on which nothing runs is held by ``nobody``.
    """
    running = Clock.objects.running().filter(petition_link__petition=OuterRef("pk"), paused_on=None)
    if holder == NOBODY:
        return ~Q(Exists(running))
    return Q(Exists(running.filter(**(owner_of(holder) or RESIDENTS))))


def attach_clocks(petitions, user, calendar: Calendar, today: date) -> None:
    """Give each case ``clock`` (its running clock due first, with its reading, or None) and ``waiting`` (how many more run).

    A clock has ``owner_name``, which is empty for the resident. An organ's own clocks go before those of others; paused
    ones come last. One query for all.
    """
    organs = {grant.organ_id for grant in grants_of(user) if grant.organ_id}
    running = {}
    for clock in _running_of(petitions):
        running.setdefault(clock.case, []).append(clock)
    for petition in petitions:
        clocks = running.get(petition.pk, [])
        clocks.sort(key=lambda clock: (clock.owner_organ_id not in organs, clock.is_paused, clock.due_on, clock.pk))
        petition.clock = clocks[0] if clocks else None
        petition.waiting = len({clock.owner_key for clock in clocks}) - 1
        if petition.clock is not None:
            petition.clock.now = petition.clock.reading(calendar, today)


def _running_of(petitions):
    """The clocks that run in these cases, with no more of each than a list shows; ``case`` is the case's key.

    Of how a due date came about a reading needs the pauses; every day that was passed over is long to read.
    """
    names = (f"owner_{kind}__name" for kind in ("organ", "station", "region", "user"))
    running = Clock.objects.running().filter(petition_link__petition__in=[petition.pk for petition in petitions])
    clocks = running.annotate(
        case=F("petition_link__petition"), owner_name=Coalesce(*names, Value("")), pauses_had=KT("explanation__pauses")
    ).defer(
        "title",
        "link",
        "severity",
        "category",
        "source",
        "original_due_on",
        "extended_at",
        "next_rung_at",
        "explanation",
    )
    for clock in clocks:
        clock.explanation = {"pauses": json.loads(clock.pauses_had or "[]")}
    return clocks
