"""The minute's sweep: who has to be reminded now, and which due dates follow a changed calendar.

It asks what is past its moment and not recorded yet, never what happened since the last run, so that a minute off and a
week off are caught up in the same way.
"""

from dataclasses import dataclass
from datetime import datetime
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
from .models import Clock, Heartbeat, Reminder
from .moving import carry_out, reckon_anew
from .orders import draft_order, due_sentence, issued_sentence
from .people import People, Places, names_of
from .reckoning import facts_of, next_rung, recorded_steps

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

    def reminders(self, at: datetime, readers: list[User], papers: dict[str, Paper]) -> list[Reminder]:
        return [
            Reminder(
                clock=self.clock,
                rung=step.rung,
                occurrence=step.occurrence,
                after_extensions=self.clock.times_extended,
                name=step.rung.name,
                colour=step.rung.colour,
                at=at,
                passed_over=step is not self.highest,
                told=names_of(readers) if step is self.highest else "",
                paper=papers.get(self.key(step)),
                must_acknowledge=step.rung.must_acknowledge,
            )
            for step in self.steps
        ]

    def letter(self, at: datetime, readers: list[User], papers: dict[str, Paper], wordings: dict) -> Letter:
        numbers = [papers[self.key(step)].number for step in self.steps if self.key(step) in papers]
        facts = {
            wording.RUNG: self.highest.rung.name,
            wording.MATTER: self.clock.title,
            wording.DUE: due_sentence(self.clock, at),
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
    recorded = recorded_steps(clocks)
    catches = []
    for clock in clocks:
        steps = ladders.of(clock).owed(at=at, recorded=recorded[clock.pk], **facts_of(clock, calendar))
        if steps:
            catches.append(Catch(clock, steps))
            recorded[clock.pk].update(step.mark for step in steps)
        clock.next_rung_at = next_rung(clock, ladders, calendar, recorded=recorded[clock.pk])
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
    reminders, letters = [], []
    for catch in catches:
        readers = catch.readers(people)
        reminders += catch.reminders(at, readers, papers)
        letters.append(catch.letter(at, readers, papers, rules.wordings))
    Reminder.objects.bulk_create(reminders)
    queue(letters, at=at, calendar=rules.calendar)


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
