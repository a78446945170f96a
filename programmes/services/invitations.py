"""Who is invited to an activity: deputies and organs, what they answer, and whether they came."""

import datetime as dt
from collections import Counter

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from deputies.models import Deputy
from programmes.errors import ProgrammeError
from programmes.models import Activity, Attendance, Invitation
from programmes.permissions import may_answer, may_run_activity
from programmes.services.change import Change, change, locked_activity, office_of, when_and_where
from stations.models import Organ
from supervision import services as supervision
from supervision.models import Clock, Duty
from workdays.services import load_calendar

Answer = Invitation.Answer


def invite(
    *, activity: Activity, deputies: list[Deputy], organs: list[Organ], actor: User, at: dt.datetime | None = None
) -> None:
    """Invite deputies and organs, once each; of an announced activity they are told at once.

    Raises ProgrammeError once it has begun, and where there is nobody new to invite.
    """
    with change(activity, actor=actor, at=at) as making:
        standing = making.activity
        if making.at >= standing.starts_at:
            raise ProgrammeError(_("活动已经开始，不能再邀请。"))
        known = set(standing.invitations.values_list("deputy", "organ"))
        new = [Invitation(activity=standing, deputy=each) for each in deputies if (each.pk, None) not in known]
        new += [Invitation(activity=standing, organ=each) for each in organs if (None, each.pk) not in known]
        if not new:
            raise ProgrammeError(_("请至少选择一位还没有邀请的代表或单位。"))
        new = Invitation.objects.bulk_create(new)
        making.record("invite", "、".join(str(each) for each in new))
        if standing.announced_at:
            _send(making, new)


def uninvite(*, invitation: Invitation, actor: User, at: dt.datetime | None = None) -> None:
    """Strike an invitation that nobody was told of yet; raises ProgrammeError once they were."""
    with change(invitation.activity, actor=actor, at=at) as making:
        if making.activity.announced_at:
            raise ProgrammeError(_("邀请已经发出，不能取消；不能参加的，登记为“不能参加”。"))
        struck, _each = making.activity.invitations.filter(pk=invitation.pk).delete()
        if struck:
            making.record("uninvite", str(invitation))


def announce(*, activity: Activity, actor: User, at: dt.datetime | None = None) -> None:
    """Send the invitations; a public activity is on the public pages from now on.

    Each organ gets a clock to its answer. Raises ProgrammeError for one that is announced already or would have begun,
    and where it is neither public nor has anybody been invited.
    """
    with change(activity, actor=actor, at=at) as making:
        standing = making.activity
        if standing.announced_at:
            raise ProgrammeError(_("邀请已经发出。"))
        if making.at >= standing.starts_at:
            raise ProgrammeError(_("开始时间已经过去，请先修改时间。"))
        invitations = list(standing.invitations.select_related("deputy__user", "organ"))
        if not invitations and not standing.public:
            raise ProgrammeError(_("还没有邀请任何人，活动也不公开，请先邀请。"))
        standing.announced_at = making.at
        making.record("announce", "、".join(str(each) for each in invitations))
        _send(making, invitations)


def _send(making: Change, invitations: list[Invitation]) -> None:
    """Tell who was invited, and let the organs' time for an answer begin."""
    standing = making.activity
    words = _("%(organiser)s邀请您参加：%(where)s。请回复能否参加。")
    body = words % {"organiser": standing.organiser, "where": when_and_where(standing)}
    making.tell_invited(invitations, _("活动邀请：%(title)s") % {"title": standing.title}, body)
    organs = [each for each in invitations if each.organ_id]
    if organs:
        duties = _reply_duties(standing, organs, making.at)
        for invitation, clock in zip(organs, supervision.start_all(duties, at=making.at), strict=True):
            invitation.clock = clock
        Invitation.objects.bulk_update(organs, ["clock"])


def _reply_duties(activity: Activity, invitations: list[Invitation], at: dt.datetime) -> list[dict]:
    """A clock for each organ's answer: the term in force, or the day of the activity where that comes first."""
    day = timezone.localdate(activity.starts_at)
    term = supervision.term_for(Duty.REPLY_INVITATION)
    usual = load_calendar().add_workdays(timezone.localdate(at), term.length)
    sooner = {"on": day, "source": _("活动当日")} if day < usual else {}
    side = {"station": activity.station} if activity.station_id else {"region": activity.region}
    facts = side | sooner | {"duty": Duty.REPLY_INVITATION, "link": activity.get_absolute_url()}
    title = _("回复邀请：%(title)s") % {"title": activity.title}
    return [facts | {"owner_organ": each.organ, "title": title} for each in invitations]


def answer(
    *,
    invitation: Invitation,
    answer: str,
    name: str = "",
    note: str = "",
    actor: User | None = None,
    by_link: str = "",
    at: dt.datetime | None = None,
) -> Invitation:
    """Note what was answered: by the deputy, by the organ (``name`` is whom it sends), or by the office for them.

    ``by_link`` is the name of the organ that answers by a one-time link of this invitation's clock. It may be changed
    until the activity begins. Raises ProgrammeError for others, before the invitation went out and after the beginning, for
    a refusal without a reason, and for a deputy who would send somebody else: a mandate cannot be lent.
    """
    with locked_activity(invitation.activity, at=at) as (standing, moment):
        rows = Invitation.objects.select_for_update(of=("self",)).select_related("deputy__user", "organ", "clock")
        invited = rows.get(pk=invitation.pk, activity=standing)
        if not by_link and not may_answer(actor, invited, standing):
            raise ProgrammeError(_("只有被邀请的代表、单位和组织单位可以回复。"))
        _require_sound(standing, invited, moment, answer=answer, name=name, note=note)
        invited.answer, invited.answered_at, invited.note = answer, moment, note
        invited.came_name = name if answer == Answer.DELEGATES else ""
        invited.save()
        if invited.clock is not None:
            supervision.stop(invited.clock, at=moment)
        _record_answer(standing, invited, moment, actor, by_link)
    return invited


def _require_sound(activity, invited, at, *, answer, name, note):
    if activity.announced_at is None:
        raise ProgrammeError(_("邀请还没有发出。"))
    if at >= activity.starts_at:
        raise ProgrammeError(_("活动已经开始，到会情况由组织单位登记。"))
    if answer == Answer.DELEGATES and invited.deputy_id:
        raise ProgrammeError(_("代表应本人参加，不能委派他人。"))
    if answer == Answer.DELEGATES and not name.strip():
        raise ProgrammeError(_("请写明委派谁参加。"))
    if answer == Answer.DECLINES and not note.strip():
        raise ProgrammeError(_("请写明不能参加的原因。"))
    if answer not in (Answer.COMES, Answer.DELEGATES, Answer.DECLINES):
        raise ProgrammeError(_("请选择能否参加。"))


def _record_answer(activity, invited, at, actor, by_link):
    """The event says who answered for whom; the office is told of a refusal and of a delegate that it did not enter."""
    for_them = bool(actor) and may_run_activity(actor, activity)
    label = activity.organiser if for_them else by_link or str(invited)
    making = Change(activity, at, actor, label)
    said = invited.get_answer_display() + (f"（{invited.came_name}）" if invited.came_name else "")
    said = f"{invited}：{said}" + (f"。{invited.note}" if invited.note else "")
    making.record("answer", said)
    if not for_them and invited.answer != Answer.COMES:
        making.tell(office_of(activity, at), _("回复邀请：%(title)s") % {"title": activity.title}, said)


def record_attendance(
    *,
    activity: Activity,
    marks: dict[int, tuple[str, str]],
    guests_came: set[int],
    actor: User,
    at: dt.datetime | None = None,
) -> None:
    """Note who came: ``marks`` is an ``Attendance`` and a name by key of the invitation, ``guests_came`` keys of guests.

    May be corrected until the minutes are there. Whoever never answered has no clock to answer any more. Raises
    ProgrammeError before the activity begins, and for a deputy who would have sent somebody else.
    """
    with change(activity, actor=actor, at=at) as making:
        standing = making.activity
        if standing.announced_at is None or making.at < standing.starts_at:
            raise ProgrammeError(_("活动还没有开始，不能登记到会。"))
        invitations = [each for each in standing.invitations.select_related("deputy", "organ") if each.pk in marks]
        for each in invitations:
            each.attendance, each.came_name = marks[each.pk]
            if each.deputy_id and each.attendance == Attendance.DELEGATE:
                raise ProgrammeError(_("代表应本人参加，不能委派他人。"))
        Invitation.objects.bulk_update(invitations, ["attendance", "came_name"])
        guests = list(standing.guests.filter(cancelled_at=None))
        for guest in guests:
            guest.came = guest.pk in guests_came
        standing.guests.bulk_update(guests, ["came"])
        for clock in Clock.objects.running().filter(invitation__activity=standing):
            supervision.stop(clock, at=making.at)
        making.record("attendance", _attendance_words(invitations, guests))


def _attendance_words(invitations, guests):
    counted = Counter(each.get_attendance_display() for each in invitations)
    words = [f"{label}{n}" for label, n in counted.items()]
    if guests:
        words.append(_("群众到会%(n)d人") % {"n": sum(bool(guest.came) for guest in guests)})
    return "，".join(words)
