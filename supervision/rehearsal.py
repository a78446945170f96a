"""A change of the working calendar, rehearsed: which running clocks and waiting messages it would move."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from notices.hours import follow_hours
from workdays.services import load_calendar

from .models import Clock, Unit
from .moving import reckon_anew
from .rules import Preview
from .sweep import OWNERS_AND_OFFICES


@transaction.atomic
def change_calendar(change: Callable[[], object], *, seen: str = "", at: datetime | None = None) -> Preview:
    """Make a change of the calendar once its preview was ``seen``; else take it back and return what it would move.

    The preview reckons every running clock by the changed calendar itself. The clocks are written, logged and their
    handlers told by the next sweep, as after any change of the calendar; queued messages follow at once.
    Raises what ``change`` raises.
    """
    at = at or timezone.now()
    old = load_calendar()
    change()
    new = load_calendar()
    clocks = Clock.objects.running().filter(unit=Unit.WORKDAY).order_by("due_on", "pk")
    clocks = clocks.select_related(*OWNERS_AND_OFFICES).prefetch_related("pauses", "extensions")
    moves = [move for move in reckon_anew(clocks, new) if move.is_felt]
    put_off = follow_hours(old, new, at=at)
    return Preview(facts=f"{old.version} {new.days} {new.opens} {new.closes}", moves=moves, put_off=put_off).sealed_as(
        seen
    )
