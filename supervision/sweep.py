"""The minute's sweep: who has to be reminded now, and which due dates follow a changed calendar.

It asks what is past its moment and not recorded yet, never what happened since the last run, so that a minute off and a
week off are caught up in the same way.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from time import monotonic

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices import wording
from notices.services import Letter, queue
from papers.models import Paper
from papers.services import Draft, issue_all
from workdays.models import CalendarChange
from workdays.services import load_calendar

from .in_force import Rules, load_rules
from .ladder import Step
from .models import Clock, Heartbeat
from .moving import carry_out, reckon_anew
from .orders import draft_order, due_sentence, issued_sentence
from .people import People, Places, names_of
from .reckoning import climb, recorded_steps

OWNERS_AND_OFFICES = (
    "owner_organ",
    "owner_station__region",
    "owner_region",
    "owner_user",
    "station__region__parent",
    "region__parent",
)
BATCH = 500


def sweep(*, at: datetime | None = None, batch: int = BATCH) -> int:
    """Bring every clock up to date and return how many were handled. Safe to run in many processes at once.

    1. Running clocks of an older calendar are reckoned anew, so that nothing escalates by a calendar that has changed.
    2. Clocks whose next rung has come are taken in batches under lock (FOR UPDATE SKIP LOCKED); each batch is one
       transaction that records reminders, makes the papers they owe, queues the notices and sets the next rung.
    3. The heartbeat is written.
    """
    at = at or timezone.now()
    began = monotonic()
    handled = recalculate(at=at, batch=batch)
    people, places = People(on=timezone.localdate(at)), Places()
    while taken := _climb(at, batch, people, places):
        handled += taken
    took_ms = int((monotonic() - began) * 1000)
    Heartbeat.objects.update_or_create(name="supervision", defaults={"at": at, "took_ms": took_ms, "handled": handled})
    return handled


@dataclass(frozen=True)
class Catch:
    """What one clock owes at a sweep. Only its highest step tells people; the steps below are recorded as passed over."""

    clock: Clock
    steps: list[Step]

    @property
    def highest(self) -> Step:
        return self.steps[-1]

    def key(self, step: Step) -> str:
        return f"{self.clock.topic}:{self.clock.times_extended}:{step.rung.pk}:{step.occurrence}"

    def drafts(self, at: datetime) -> list[Draft]:
        """The papers owed, those of steps passed over, too."""
        return [draft_order(self.clock, key=self.key(step), at=at) for step in self.steps if step.rung.makes_paper]

    def readers(self, people: People) -> list[User]:
        """The people of the highest rung, and those to whom a passed-over rung owed a paper: they find it in the notice."""
        speaking = [self.highest, *(step for step in self.steps[:-1] if step.rung.makes_paper)]
        return people.reached_by([addressee for step in speaking for addressee in step.rung.addressees], self.clock)

    def reminders(self, readers: list[User], papers: dict[str, Paper]) -> list[tuple]:
        """A row of ``_write_reminders`` for each step."""
        clock, term = self.clock.pk, self.clock.times_extended
        rows = []
        for step in self.steps:
            rung, paper, told = step.rung, papers.get(self.key(step)), names_of(readers) if step is self.highest else ""
            looks = rung.name, rung.colour, rung.must_acknowledge
            rows.append(
                (clock, rung.pk, step.occurrence, term, *looks, step is not self.highest, told, paper and paper.pk)
            )
        return rows

    def letter(self, due: str, readers: list[User], papers: dict[str, Paper], wordings: dict) -> Letter:
        numbers = [papers[self.key(step)].number for step in self.steps if self.key(step) in papers]
        facts = {
            wording.RUNG: self.highest.rung.name,
            wording.MATTER: self.clock.title,
            wording.DUE: due,
            wording.PAPERS: issued_sentence(numbers) if numbers else "",
        }
        title, body = wording.say("reminder", facts, wordings)
        return Letter(
            to=readers,
            title=title,
            body=body,
            link=self.clock.link,
            topic=self.clock.topic,
            key=self.key(self.highest),
            duty=self.clock.topic,
        )


@transaction.atomic
def _climb(at: datetime, batch: int, people: People, places: Places) -> int:
    """Let one batch of clocks climb; about ten queries, whatever its size. Return how many clocks were taken."""
    rules = load_rules()
    calendar, ladders = rules.calendar, rules.ladders
    due = Clock.objects.due_for_a_rung(at).filter(calendar_version=calendar.version)
    clocks = list(due.select_for_update(skip_locked=True)[:batch])
    if not clocks:
        return 0
    places.attach(clocks)
    people.expect(clocks)
    recorded = recorded_steps(clocks)
    catches = []
    for clock in clocks:
        steps, clock.next_rung_at = climb(clock, ladders, calendar, at=at, recorded=recorded[clock.pk])
        if steps:
            catches.append(Catch(clock, steps))
    _record(catches, at, people, rules)
    _set_next_rungs(clocks)
    return len(clocks)


def _set_next_rungs(clocks: list[Clock]) -> None:
    """Store when each clock's next rung comes; Django's own bulk_update takes longer for it than all the rest."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE supervision_clock AS clock SET next_rung_at = climbed.next_rung_at
            FROM unnest(%s::bigint[], %s::timestamptz[]) AS climbed (id, next_rung_at) WHERE clock.id = climbed.id
            """,
            [[clock.pk for clock in clocks], [clock.next_rung_at for clock in clocks]],
        )


def _record(catches: list[Catch], at: datetime, people: People, rules: Rules) -> None:
    """Make the papers, write the reminders and queue the notices of a batch."""
    papers = issue_all([draft for catch in catches for draft in catch.drafts(at)], at=at)
    # Of a batch, most are due on a few days with a few duties.
    due = cache(partial(due_sentence, at=at))
    reminders, letters = [], []
    for catch in catches:
        readers, clock = catch.readers(people), catch.clock
        reminders += catch.reminders(readers, papers)
        letters.append(catch.letter(due(clock.duty, clock.due_on), readers, papers, rules.wordings))
    _write_reminders(reminders, at)
    queue(letters, at=at, calendar=rules.calendar)


def _write_reminders(rows: list[tuple], at: datetime) -> None:
    """Insert reminders; Django would make an object of each and prepare every field of it, ten times as long as this.

    A row: keys of clock and rung, occurrence, number of extensions, name, colour, whether it must be acknowledged,
    whether it was passed over, who was told, key of the paper or None.
    """
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO supervision_reminder (
                clock_id, rung_id, occurrence, after_extensions, name, colour, must_acknowledge, passed_over, told,
                paper_id, at, acknowledgement
            )
            SELECT reached.*, %s, '' FROM unnest(
                %s::bigint[], %s::bigint[], %s::smallint[], %s::smallint[], %s::text[], %s::text[], %s::boolean[],
                %s::boolean[], %s::text[], %s::bigint[]
            ) AS reached
            """,
            [at, *map(list, zip(*rows, strict=True))],
        )


def recalculate(*, at: datetime | None = None, batch: int = BATCH) -> int:
    """Reckon the running clocks of an older calendar anew and return how many there were.

    A due date that moves is logged with the reason, and its handler is told. Rungs recorded already are not sent again.
    """
    at = at or timezone.now()
    people = People(on=timezone.localdate(at))
    handled = 0
    while taken := _follow_calendar(at, batch, people):
        handled += taken
    return handled


@transaction.atomic
def _follow_calendar(at: datetime, batch: int, people: People) -> int:
    """Reckon one batch of clocks by the calendar in force; return how many were taken."""
    calendar = load_calendar()
    # Not "any other version", which no index answers: in a quiet minute there is none.
    other = Q(calendar_version__lt=calendar.version) | Q(calendar_version__gt=calendar.version)
    behind = Clock.objects.running().filter(other).order_by("pk")
    behind = behind.select_related(*OWNERS_AND_OFFICES).prefetch_related("pauses", "extensions")
    clocks = list(behind.select_for_update(of=["self"], skip_locked=True)[:batch])
    if not clocks:
        return 0
    cause = CalendarChange.objects.filter(version=calendar.version).values_list("what", flat=True).first()
    why = _("工作日历调整：%(cause)s") % {"cause": cause} if cause else _("工作日历调整")
    key = f"calendar:{calendar.version}"
    carry_out(reckon_anew(clocks, calendar), calendar, why=why, key=key, at=at, people=people)
    return len(clocks)
