"""Due dates that move because a rule has changed: what moves, the log of it, and the word to the handlers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from notices.services import Letter, queue
from workdays.calendar import Calendar
from workdays.services import spoken

from .models import Addressee, Clock, ClockChange
from .people import People
from .reckoning import load_ladders, next_rung, recorded_steps, set_due

RECKONED = ["due_on", "original_due_on", "provisional", "explanation", "calendar_version", "next_rung_at"]


@dataclass(frozen=True)
class Move:
    """A clock that was reckoned anew, not saved yet, and what stood on it before."""

    clock: Clock
    old: date
    was_provisional: bool

    @property
    def is_moved(self) -> bool:
        return self.clock.due_on != self.old

    @property
    def is_felt(self) -> bool:
        """Whether anybody sees a difference: another date, or one that is provisional now or no longer."""
        return self.is_moved or self.clock.provisional != self.was_provisional


def reckon_anew(clocks: Iterable[Clock], calendar: Calendar) -> list[Move]:
    """Reckon due dates by the calendar and the lengths on the clocks; ``pauses`` and ``extensions`` are prefetched."""
    moves = []
    for clock in clocks:
        move = Move(clock, clock.due_on, clock.provisional)
        set_due(clock, calendar, pauses=clock.pauses.all(), extensions=clock.extensions.all())
        moves.append(move)
    return moves


def carry_out(moves: list[Move], calendar: Calendar, *, why: str, key: str, at: datetime, people: People) -> None:
    """Save the clocks of ``moves`` with their next rungs, log each date that moved, and tell its handler why.

    ``key`` names the cause, for nobody is told of it twice. What is recorded already is not sent again.
    """
    clocks = [move.clock for move in moves]
    ladders, recorded = load_ladders(), recorded_steps(clocks)
    for clock in clocks:
        clock.next_rung_at = next_rung(clock, ladders, calendar, recorded=recorded[clock.pk])
    Clock.objects.bulk_update(clocks, [*RECKONED, "length", "source"])
    moved = [move for move in moves if move.is_moved]
    ClockChange.objects.bulk_create(
        ClockChange(clock=move.clock, at=at, old_due_on=move.old, new_due_on=move.clock.due_on, why=why[:300])
        for move in moved
    )
    queue([_letter(move, why, key, people) for move in moved if not move.clock.is_residents], at=at)


def _letter(move: Move, why: str, key: str, people: People) -> Letter:
    """Tell the handler that a due date has moved."""
    clock = move.clock
    facts = {"why": why, "old": spoken(move.old), "new": spoken(clock.due_on)}
    return Letter(
        to=people.reached_by([Addressee.HANDLER], clock),
        title=_("到期日调整：%(title)s") % {"title": clock.title},
        body=_("%(why)s。到期日由%(old)s改为%(new)s。") % facts,
        link=clock.link,
        topic=clock.topic,
        key=f"{clock.topic}:{key}",
        duty=clock.topic,
    )
