"""A reception day at the desk: opened, who is on duty, what came of it, closed with a summary."""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deputies.errors import ReceptionError
from deputies.models import Appointment, Deputy, Note, Reception, ReceptionEvent
from deputies.permissions import may_manage, receivable_receptions
from supervision import services as supervision
from workdays.services import spoken

LONGEST_REMARKS = 2000


@dataclass(frozen=True)
class Summary:
    """What came of a reception day, counted from turns, notes and bookings; nothing of it is typed in."""

    planned: int
    present: list[Deputy]
    absent: list[Deputy]
    unplanned: list[Deputy]
    booked: int
    came: int
    visitors: int
    matters: int
    answered: int
    heard: int
    handled: int
    transferred: int
    organs: list[tuple[str, int]]
    waiting: list[Note]


@transaction.atomic
def open_session(*, reception, actor, at=None):
    """Begin a reception day at the desk; a deputy who opens it is on duty from then on.

    Whoever is on duty opens it on its day (Beijing date); afterwards, to enter what was written on paper (补录), the
    station's side does. Raises ReceptionError.
    """
    at = at or timezone.now()
    at_desk(reception, actor)
    today = timezone.localdate(at)
    if reception.opened_at:
        raise ReceptionError(_("接待已于%(when)s开始。") % {"when": _said(reception.opened_at)})
    if reception.date > today:
        raise ReceptionError(_("接待日是%(day)s，到当天才能开始接待。") % {"day": spoken(reception.date)})
    if reception.date < today and not may_manage(actor, reception.station):
        raise ReceptionError(_("接待日已过，请联络站补录。"))
    reception.opened_at = at
    reception.save(update_fields=["opened_at", "changed_at"])
    # A day that is held without having been published has nothing to publish any more.
    if reception.publish_clock:
        supervision.stop(reception.publish_clock, at=at)
    record(reception, actor, _("补录接待") if reception.date < today else _("开始接待"), at)
    own = reception.turns.filter(deputy__user=actor, present_at=None).select_related("deputy").first()
    if own is not None and reception.date == today:
        check_in(reception=reception, deputy=own.deputy, actor=actor, at=at)


@transaction.atomic
def check_in(*, reception, deputy, actor, at=None):
    """Record that a deputy is there (到岗); one of the station who was not planned gets a turn that says so.

    Twice is once. On a day entered afterwards they count as there from its beginning. Raises ReceptionError.
    """
    at = at or timezone.now()
    _at_open_desk(reception, actor)
    turn = reception.turns.filter(deputy=deputy).first()
    if turn is None:
        if not Deputy.objects.grouped_in(reception.station, reception.date).filter(pk=deputy.pk).exists():
            raise ReceptionError(_("%(name)s不是本站的在任代表。") % {"name": deputy.name})
        turn = reception.turns.create(deputy=deputy, planned=False)
    if turn.present_at:
        return
    turn.present_at = at if timezone.localdate(at) == reception.date else reception.starts_at
    turn.save(update_fields=["present_at"])
    record(reception, actor, _("%(name)s到岗") % {"name": deputy.name}, at)


@transaction.atomic
def check_out(*, reception, deputy, actor, at=None):
    """Take a presence back that was recorded by mistake; an unplanned deputy's turn goes with it.

    Raises ReceptionError for a deputy who has notes of that day.
    """
    at = at or timezone.now()
    _at_open_desk(reception, actor)
    turn = reception.turns.filter(deputy=deputy).exclude(present_at=None).first()
    if turn is None:
        return
    if reception.notes.filter(deputy=deputy).exists():
        raise ReceptionError(_("%(name)s已有接待记录，不能改为未到。") % {"name": deputy.name})
    if turn.planned:
        turn.present_at = None
        turn.save(update_fields=["present_at"])
    else:
        turn.delete()
    record(reception, actor, _("更正：%(name)s未到岗") % {"name": deputy.name}, at)


@transaction.atomic
def close_session(*, reception, remarks, actor, at=None):
    """End a reception day with its summary and stop the clock of that duty; its notes are fixed from then on.

    The station's side does it. Raises ReceptionError while a note that needs handling is no petition yet, naming it.
    """
    at = at or timezone.now()
    _at_open_desk(reception, actor)
    if not may_manage(actor, reception.station):
        raise ReceptionError(_("小结由联络站形成。"))
    if len(remarks) > LONGEST_REMARKS:
        raise ReceptionError(_("小结说明最多%(most)d字。") % {"most": LONGEST_REMARKS})
    waiting = _waiting(reception.notes)
    if waiting:
        raise ReceptionError(
            _("%(names)s需要办理，还没有转为群众意见。请先转为群众意见，或修改处理方式。")
            % {"names": names_of(waiting)}
        )
    reception.closed_at, reception.closed_by, reception.remarks = at, actor, remarks
    reception.save(update_fields=["closed_at", "closed_by", "remarks", "changed_at"])
    if reception.summary_clock:
        supervision.stop(reception.summary_clock, at=at)
    record(reception, actor, _("结束接待，形成小结"), at)


def summary(reception):
    """Return the ``Summary`` of a reception day; four queries."""
    turns = list(reception.turns.select_related("deputy"))
    notes = list(reception.notes.select_related("organ", "petition"))
    outcomes = Counter(note.outcome for note in notes)
    bookings = reception.appointments.standing().aggregate(
        booked=Count("pk"), came=Count("pk", filter=Q(state=Appointment.State.CAME))
    )
    return Summary(
        planned=sum(turn.planned for turn in turns),
        present=[turn.deputy for turn in turns if turn.present_at],
        absent=[turn.deputy for turn in turns if turn.planned and not turn.present_at],
        unplanned=[turn.deputy for turn in turns if turn.present_at and not turn.planned],
        **bookings,
        visitors=sum(note.visitors for note in notes),
        matters=len(notes),
        answered=outcomes[Note.Outcome.ANSWERED],
        heard=outcomes[Note.Outcome.HEARD],
        handled=outcomes[Note.Outcome.HANDLE],
        transferred=sum(hasattr(note, "petition") for note in notes),
        organs=list(Counter(note.organ.name for note in notes if note.organ).items()),
        waiting=[note for note in notes if note.outcome == Note.Outcome.HANDLE and not hasattr(note, "petition")],
    )


def names_of(notes):
    """Notes in a sentence, such as 第2号“路灯不亮”、第5号“井盖松动”."""
    return _("、").join(_("第%(n)d号“%(topic)s”") % {"n": note.number, "topic": note.topic} for note in notes)


def at_desk(reception, actor):
    """Lock a reception day for one who may write at its desk while it is neither cancelled nor closed.

    Raises ReceptionError with what happened meanwhile.
    """
    reception.refresh_from_db(from_queryset=Reception.objects.select_for_update(of=("self",)))
    if not receivable_receptions(actor).filter(pk=reception.pk).exists():
        raise ReceptionError(_("您不在这次接待的轮值表上。"))
    if reception.cancelled_at:
        raise ReceptionError(_("这次接待已于%(when)s取消。") % {"when": _said(reception.cancelled_at)})
    if reception.closed_at:
        raise ReceptionError(
            _("这次接待已于%(when)s小结，不再改动；还有来访人的意见，请从“代录”录入。")
            % {"when": _said(reception.closed_at)}
        )


def record(reception, actor, what, at):
    """Write what happened into the day's record."""
    ReceptionEvent.objects.create(reception=reception, at=at, actor=actor, what=what)


def _at_open_desk(reception, actor):
    at_desk(reception, actor)
    if reception.opened_at is None:
        raise ReceptionError(_("请先开始接待。"))


def _waiting(notes):
    # The petition stands on a floor above and leads down to its note; that there is one is all that is asked here.
    return list(notes.filter(outcome=Note.Outcome.HANDLE, petition=None))


def _said(moment):
    return date_format(timezone.localtime(moment), "Y年n月j日 H:i")
