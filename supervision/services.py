"""The life of a clock: started with a duty, paused, resumed, extended, pressed by hand, stopped."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from notices.services import Letter, queue, withdraw
from papers.services import issue_all
from workdays.calendar import BEIJING
from workdays.services import load_calendar, spoken

from .errors import SupervisionError
from .in_force import Rules, load_rules
from .models import Addressee, Clock, Extension, Heartbeat, Pause, Reminder, Rung, Term, Unit
from .orders import draft_order, issued_sentence
from .people import People, names_of
from .reckoning import load_ladders, next_rung, recorded_steps, set_due
from .sweep import recalculate, sweep

MOST_YEARS = 20  # default: a date set by hand that lies further ahead is a slip of the pen

__all__ = [
    "acknowledge",
    "age",
    "attach_readings",
    "extend",
    "pause",
    "press",
    "recalculate",
    "resume",
    "start",
    "start_all",
    "stop",
    "sweep",
    "sweep_age",
    "term_for",
]


def term_for(duty: str, variant: str = "") -> Term:
    """Return how long a duty may take by the rules in force. Raises SupervisionError when the office has not set it."""
    return load_rules().term(duty, variant)


def start(*, at: datetime | None = None, rules: Rules | None = None, **duty) -> Clock:
    """Start the clock of one duty, as ``start_all`` does with many."""
    return start_all([duty], at=at, rules=rules)[0]


def start_all(duties: list[dict], *, at: datetime | None = None, rules: Rules | None = None) -> list[Clock]:
    """Start the clocks of many duties; day 1 is the first working day after ``at`` (Beijing date).

    Each duty is a dict of ``duty``, ``station`` or ``region``, ``title``, ``link``, one of ``owner_organ``,
    ``owner_station``, ``owner_region`` and ``owner_user``, ``variant``, ``severity``, and ``category``: the name of a
    first-level category, which may have a ladder of its own. The length is that of the term in force for duty and
    variant, unless ``length`` and ``unit`` are given, or the date itself as ``on``, with its ``source`` where it is no
    promise. It stays as it is when the term is changed later, unless the office wants running clocks changed, too.
    A clock without an owner is the resident's: it has a due date and no ladder. ``rules`` are those in force, where the
    caller has just read them.
    Raises SupervisionError when no term is set, and for a date more than twenty years ahead. Queries do not grow with
    the number of duties of one kind.
    """
    at = at or timezone.now()
    rules = rules or load_rules()
    clocks = [_clock(started_at=at, rules=rules, **duty) for duty in duties]
    for clock in clocks:
        set_due(clock, rules.calendar, pauses=[], extensions=[])
        clock.next_rung_at = next_rung(clock, rules.ladders, rules.calendar, recorded=set())
    return Clock.objects.bulk_create(clocks)


def _clock(
    *,
    rules: Rules,
    duty: str,
    title: str,
    variant: str = "",
    length: int | None = None,
    unit: str | None = None,
    on: date | None = None,
    source: str = "",
    **facts,
) -> Clock:
    """A clock with its length and where that comes from, not reckoned and not saved yet."""
    clock = Clock(duty=duty, title=title[:120], **facts)
    if on is not None:
        if on.year > timezone.localdate(clock.started_at).year + MOST_YEARS:
            raise SupervisionError(_("%(day)s太远了，请核对日期。") % {"day": spoken(on)})
        clock.length, clock.unit, clock.due_on, clock.source = 0, Unit.DATE, on, source or _("承诺日期")
    elif length is not None:
        clock.length, clock.unit, clock.source = length, unit or Unit.WORKDAY, _("个案确定")
    else:
        term = rules.term(duty, variant)
        clock.term, clock.length, clock.unit, clock.source = term, term.length, term.unit, term.source
    return clock


@transaction.atomic
def stop(clock: Clock, *, at: datetime | None = None) -> None:
    """End a clock: its duty is done or has fallen away. What is queued for it is taken back. Stopping twice is nothing."""
    _lock(clock)
    if clock.is_stopped:
        return
    clock.stopped_at = at or timezone.now()
    clock.next_rung_at = None
    clock.save(update_fields=["stopped_at", "next_rung_at"])
    withdraw(clock.topic)


@transaction.atomic
def pause(clock: Clock, *, why: str, at: datetime | None = None) -> None:
    """Let a clock wait from today on, e.g. while the resident is asked; it climbs no rung until it is resumed.

    Raises SupervisionError when the clock is paused or stopped.
    """
    _lock(clock)
    _require_running(clock)
    if clock.is_paused:
        raise SupervisionError(_("该期限已经暂停。"))
    clock.paused_on = timezone.localdate(at)
    clock.next_rung_at = None
    clock.save(update_fields=["paused_on", "next_rung_at"])
    Pause.objects.create(clock=clock, from_on=clock.paused_on, why=why)
    _reckon_again(clock)
    withdraw(clock.topic)


@transaction.atomic
def resume(clock: Clock, *, at: datetime | None = None) -> None:
    """Let a paused clock count again from tomorrow on; the due date moves by the days that it was paused.

    Raises SupervisionError when the clock is stopped or was not paused.
    """
    _lock(clock)
    _require_running(clock)
    if not clock.is_paused:
        raise SupervisionError(_("该期限没有暂停。"))
    clock.pauses.filter(to_on=None).update(to_on=max(timezone.localdate(at), clock.paused_on))
    clock.paused_on = None
    _reckon_again(clock)


@transaction.atomic
def extend(clock: Clock, *, length: int, why: str, by: User | None, at: datetime | None = None) -> Extension:
    """Add working days (or months, to a clock of months) to a clock.

    An extension is a new term: the rungs before its due date come again. Whoever grants it sees to it that it was asked
    for in time. Raises SupervisionError when the clock is stopped, or when it runs to a promised date.
    """
    _lock(clock)
    _require_running(clock)
    if clock.unit == Unit.DATE:
        raise SupervisionError(_("约定日期不能延期。"))
    extension = Extension.objects.create(
        clock=clock, length=length, why=why[:300], granted_by=by, granted_at=at or timezone.now()
    )
    clock.extended_at = extension.granted_at
    _reckon_again(clock)
    withdraw(clock.topic)
    return extension


@transaction.atomic
def age(clock: Clock, *, workdays: int) -> None:
    """Let a clock have begun some working days earlier, as a demonstration does to show the ladder being climbed.

    A promised date comes nearer by as many working days. Raises SupervisionError when the clock is stopped.
    """
    _lock(clock)
    _require_running(clock)
    calendar = load_calendar()
    began = timezone.localtime(clock.started_at, BEIJING)
    clock.started_at = datetime.combine(calendar.add_workdays(began.date(), -workdays), began.timetz())
    if clock.unit == Unit.DATE:
        clock.due_on = calendar.add_workdays(clock.due_on, -workdays)
    _reckon_again(clock)


@transaction.atomic
def press(clock: Clock, *, by: User, note: str, at: datetime | None = None) -> Reminder:
    """Issue a 督办单 by hand, whatever rung the clock stands on; its leader is told and has to acknowledge it.

    Raises SupervisionError when the clock is paused or stopped, or has no owner in the house.
    """
    at = at or timezone.now()
    _lock(clock)
    _require_running(clock)
    if clock.is_paused or clock.is_residents:
        raise SupervisionError(_("期限暂停期间或由群众办理的事项不能督办。"))
    occurrence = clock.reminders.filter(rung=None).count() + 1
    key = f"{clock.topic}:hand:{occurrence}"
    paper = issue_all([draft_order(clock, key=key, at=at, note=note, by=by)], at=at)[key]
    people = People(on=timezone.localdate(at)).reached_by([Addressee.LEADER, Addressee.HANDLER], clock)
    title = f"{paper.get_kind_display()}：{clock.title}"
    body = issued_sentence([paper.number])
    queue([Letter(people, title, clock.topic, key, body, clock.link, duty=clock.topic)], at=at)
    return Reminder.objects.create(
        clock=clock,
        occurrence=occurrence,
        name=paper.get_kind_display(),
        colour=Rung.Colour.RED,
        at=at,
        told=names_of(people),
        paper=paper,
        must_acknowledge=True,
    )


@transaction.atomic
def acknowledge(reminder: Reminder, *, by: User | None, text: str, at: datetime | None = None) -> None:
    """Write the leader's acknowledgement (回执) of a reminder; it stands in the case from then on.

    ``by`` is None where an organ without an account acknowledges by link: then the clock's owner did.
    Raises SupervisionError when none is asked for, when it stands already, or when it says nothing.
    """
    reminder.refresh_from_db(from_queryset=Reminder.objects.select_for_update(of=["self"]))
    if not reminder.must_acknowledge:
        raise SupervisionError(_("这条督办记录不需要回执。"))
    if reminder.acknowledged_at:
        raise SupervisionError(
            _("%(name)s已于%(date)s回执。")
            % {"name": reminder.acknowledged_name, "date": spoken(timezone.localdate(reminder.acknowledged_at))}
        )
    if not text.strip():
        raise SupervisionError(_("请填写回执内容。"))
    reminder.acknowledged_at = at or timezone.now()
    reminder.acknowledged_by = by
    reminder.acknowledgement = text.strip()[:500]
    reminder.save(update_fields=["acknowledged_at", "acknowledged_by", "acknowledgement"])


def attach_readings(clocks: Iterable[Clock], today: date | None = None) -> None:
    """Give each clock its ``now`` (a Reading of ``today``, Beijing date) for pages; one query for all."""
    today = today or timezone.localdate()
    calendar = load_calendar()
    for clock in clocks:
        clock.now = clock.reading(calendar, today)


def sweep_age(*, at: datetime | None = None) -> int | None:
    """Return how many seconds ago the last sweep finished; None when none ever did. A figure of health."""
    beat = Heartbeat.objects.filter(name="supervision").first()
    return beat and int(((at or timezone.now()) - beat.at).total_seconds())


def _lock(clock: Clock) -> None:
    """Read the clock again under its row's lock: two actions, or an action and the sweep, follow one another."""
    clock.refresh_from_db(from_queryset=Clock.objects.select_for_update(of=["self"]))


def _require_running(clock: Clock) -> None:
    if clock.is_stopped:
        raise SupervisionError(_("该期限已于%(date)s结束。") % {"date": spoken(timezone.localdate(clock.stopped_at))})


def _reckon_again(clock: Clock) -> None:
    """Store the due date and the next rung after a pause or an extension."""
    calendar = load_calendar()
    set_due(clock, calendar, pauses=clock.pauses.all(), extensions=clock.extensions.all())
    clock.next_rung_at = next_rung(clock, load_ladders(), calendar, recorded=recorded_steps([clock])[clock.pk])
    clock.save()
