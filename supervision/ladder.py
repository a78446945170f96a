"""Which rungs of the ladder a clock owes, and when. Pure: no database here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime, time
from heapq import merge
from itertools import count, takewhile

from workdays.calendar import BEIJING, DAY, Calendar

from .models import Clock, Rung


@dataclass(frozen=True)
class Step:
    """A rung at its moment; ``occurrence`` counts the repeats of a rung that repeats, from 0."""

    moment: datetime
    rung: Rung
    occurrence: int = 0

    @property
    def mark(self) -> tuple[int, int]:
        """What tells this step from every other of the same term."""
        return self.rung.line, self.occurrence


@dataclass(frozen=True)
class Climb:
    """The rungs in force of one ladder, in the order of their positions."""

    rungs: list[Rung]

    def owed(self, *, at: datetime, **clock) -> list[Step]:
        """Return the steps whose moment has come and that are not recorded yet, lowest first."""
        return list(takewhile(lambda step: step.moment <= at, self.steps(**clock)))

    def reached(self, *, at: datetime, **clock) -> tuple[list[Step], datetime | None]:
        """Return what is ``owed``, and the ``next_moment`` once that is recorded, in one walk."""
        owed, marks = [], set()
        for step in self.steps(**clock):
            if step.moment <= at:
                owed.append(step)
                marks.add(step.mark)
            elif step.mark not in marks:
                return owed, step.moment
        return owed, None

    def next_moment(self, **clock) -> datetime | None:
        """Return when the first step that is not recorded comes (it may be past), or None at the ladder's end."""
        return next((step.moment for step in self.steps(**clock)), None)

    def steps(
        self,
        *,
        calendar: Calendar,
        due_on: date,
        since: datetime,
        severity: int,
        recorded: Set[tuple[int, int]] = frozenset(),
    ) -> Iterator[Step]:
        """Yield the steps of a term that are not ``recorded``, in order of time, without end where a rung repeats.

        ``calendar`` says which days count for the clock. ``since`` is the start of the term: a clock so short that a rung
        would lie before its own start, or a term extended past it, never owes that rung. A case of some ``severity``
        starts on the highest rung meant for it: the rungs below are left out, and that rung comes when the first of them
        would have come (default). ``recorded`` holds the marks of steps.
        """
        start = self._start_rung(severity)
        lines = [_line(rung) for rung in self.rungs if not start or rung.position > start.position]
        if start:
            early = sorted(rung.offset for rung in self.rungs if rung.position <= start.position)
            after = (offset for offset in early if moment_of(calendar, due_on, offset) > since)
            lines.append(_line(start, first=next(after, start.offset)))
        # Later offsets are later moments, of which most are never asked for.
        for offset, _position, occurrence, rung in merge(*lines):
            if (rung.line, occurrence) in recorded:
                continue
            moment = moment_of(calendar, due_on, offset)
            if moment > since:
                yield Step(moment, rung, occurrence)

    def _start_rung(self, severity: int) -> Rung | None:
        meant = [rung for rung in self.rungs if 1 <= rung.start_severity <= severity]
        return meant[-1] if meant else None


def _line(rung: Rung, first: int | None = None) -> Iterator[tuple[int, int, int, Rung]]:
    """Yield when one rung comes: offset from the due date in working days, position, occurrence, and the rung itself.

    ``first`` stands in for the offset of the first time.
    """
    yield rung.offset if first is None else first, rung.position, 0, rung
    if rung.repeat_every:
        for occurrence in count(1):
            yield rung.offset + occurrence * rung.repeat_every, rung.position, occurrence, rung


class Ladders:
    """The rungs in force of all ladders; the most particular ladder is that of a clock."""

    def __init__(self, rungs: Iterable[Rung]):
        """``rungs`` come with their ladders, in the order of their positions."""
        found = defaultdict(list)
        for rung in rungs:
            found[rung.ladder.category, rung.ladder.level].append(rung)
        self._climbs = {key: Climb(found[key]) for key in found}
        self._levels = {level for _category, level in found if level}

    def of(self, clock: Clock) -> Climb:
        """The ladder of a clock: by category and level, else by category, else by level, else the default."""
        # Where no ladder asks for a level, the clock's place need not be read.
        level = clock.place.level if self._levels else ""
        for key in ((clock.category, level), (clock.category, ""), ("", level), ("", "")):
            if key in self._climbs:
                return self._climbs[key]
        return Climb([])


def moment_of(calendar: Calendar, due_on: date, offset: int) -> datetime:
    """The end (24:00, Beijing time) of the day that lies ``offset`` working days from the due date."""
    return datetime.combine(calendar.add_workdays(due_on, offset) + DAY, time.min, BEIJING)
