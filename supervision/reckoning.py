"""What is written on a clock: its due date with the explanation, and its next rung."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models.functions import Coalesce
from django.utils import timezone

from workdays.calendar import Calendar, reckon

from .clock import without_pauses
from .ladder import Ladders, Step
from .models import Clock, Extension, Pause, Reminder, Rung, Unit


def load_ladders() -> Ladders:
    """Return the ladders in force; one query."""
    in_force = Rung.objects.filter(active=True, ladder__active=True)
    return Ladders(in_force.select_related("ladder").order_by("position"))


def set_due(clock: Clock, calendar: Calendar, *, pauses: Iterable[Pause], extensions: Iterable[Extension]) -> None:
    """Reckon a clock's due dates and write them, with their explanation, on the unsaved clock."""
    reckoning = reckon(
        calendar,
        start=timezone.localdate(clock.started_at),
        length=clock.length,
        unit=clock.unit,
        pauses=[(pause.from_on, pause.to_on, pause.why) for pause in pauses],
        extensions=[(extension.length, extension.why) for extension in extensions],
        fixed=clock.due_on if clock.unit == Unit.DATE else None,
    )
    clock.due_on = reckoning.due_on
    clock.original_due_on = reckoning.original_due_on
    clock.provisional = reckoning.provisional
    clock.explanation = reckoning.explanation
    clock.calendar_version = calendar.version


def next_rung(clock: Clock, ladders: Ladders, calendar: Calendar, *, recorded: set[tuple[int, int]]) -> datetime | None:
    """When the clock's next rung comes; None for the resident's clocks and for paused and stopped ones."""
    if not _climbs(clock):
        return None
    return ladders.of(clock).next_moment(recorded=recorded, **facts_of(clock, calendar))


def climb(
    clock: Clock, ladders: Ladders, calendar: Calendar, *, at: datetime, recorded: set[tuple[int, int]]
) -> tuple[list[Step], datetime | None]:
    """The steps that a clock owes at a moment, and its next rung once they are recorded."""
    owed, upcoming = ladders.of(clock).reached(at=at, recorded=recorded, **facts_of(clock, calendar))
    return owed, upcoming if _climbs(clock) else None


def _climbs(clock: Clock) -> bool:
    return not (clock.is_residents or clock.is_paused or clock.is_stopped)


def facts_of(clock: Clock, calendar: Calendar) -> dict:
    """What the ladder needs to know of a clock. Paused days count neither before nor after the due date."""
    return {
        "calendar": without_pauses(clock, calendar),
        "due_on": clock.due_on,
        "since": clock.extended_at or clock.started_at,
        "severity": clock.severity,
    }


def recorded_steps(clocks: list[Clock]) -> dict[int, set[tuple[int, int]]]:
    """Return, by clock, the steps of its present term that are recorded already; one query for all.

    A step of another ladder counts for the rungs of its line: what was sent before a clock changed ladders stays sent.
    """
    terms = {clock.pk: clock.times_extended for clock in clocks}
    steps = defaultdict(set)
    reminders = Reminder.objects.filter(clock__in=list(terms), rung__isnull=False)
    for clock_id, term, line, occurrence in reminders.values_list(
        "clock_id", "after_extensions", Coalesce("rung__copied_from_id", "rung_id"), "occurrence"
    ):
        if term == terms[clock_id]:
            steps[clock_id].add((line, occurrence))
    return steps
