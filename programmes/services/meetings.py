"""Meetings with organ heads (约见): asked for, arranged or declined, postponed once, held, or missed."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.services import grants_of
from deputies.models import Deputy
from notices.services import withdraw
from notices.tasks import ring
from petitions import services as petitions
from petitions.models import Cluster, Petition
from petitions.permissions import may_enter_for
from programmes.errors import ProgrammeError
from programmes.models import Meeting, MeetingCase
from programmes.services.meeting_step import (
    MeetingStep,
    head_of,
    meeting_step,
    refusals_told,
    spoken_time,
    when_and_where,
)
from stations.models import CITY_DIGITS, COUNTY_DIGITS, Organ, Region, Station
from supervision.models import Duty
from workdays.calendar import add_months
from workdays.services import spoken

Status = Meeting.Status
LATEST = 1  # calendar months by which a meeting is postponed at most (local rule)


@transaction.atomic
def ask(
    *,
    actor: User | None,
    organ: Organ,
    title: str,
    body: str = "",
    cases: Iterable[Petition] = (),
    cluster: Cluster | None = None,
    deputies: Iterable[Deputy] = (),
    station: Station | None = None,
    of_round: int | None = None,
    at: dt.datetime | None = None,
) -> Meeting:
    """Ask to meet an organ's head; the committee above the station has to arrange it, or to say why not.

    By a case's deputy or station, by a station's people, or by a committee without a station. Without an actor the sweep
    asks, for one case whose round ``of_round`` was dissatisfied. The same request sent twice is one meeting. Raises
    ProgrammeError for who may not ask, and where no committee answers for all the cases.
    """
    if at is None:
        transaction.on_commit(ring, robust=True)
    at, cases = at or timezone.now(), sorted(cases, key=lambda case: case.pk)
    facts = {"organ": organ, "title": title, "body": body, "cluster": cluster}
    if actor is not None:
        User.objects.select_for_update().get(pk=actor.pk)
        if sent := _sent_before(actor, cases, station, facts):
            return sent
        _require_right(actor, cases, station)
    station = station or (cases[0].station if cases else None)
    meeting = Meeting.objects.create(
        region=_committee_over([case.station for case in cases] or [station], actor),
        station=station,
        deputy=_deputy_of(actor, timezone.localdate(at)),
        asked_by=actor,
        asked_at=at,
        **facts,
    )
    meeting.deputies.set(deputies)
    _lay_before(meeting, cases, of_round, at)
    asking = MeetingStep(meeting, "ask", at, actor, _asker_of(meeting))
    asking.stage(Duty.ARRANGE)
    meeting.save()
    asking.record(body)
    asking.tell(asking.committee(), _("提请约见%(head)s，请安排") % {"head": head_of(organ)}, body)
    return meeting


def _sent_before(actor, cases, station, facts) -> Meeting | None:
    """The waiting request that this one repeats: the same words about the same cases, or for the same station."""
    keys = {case.pk for case in cases}
    for sent in Meeting.objects.filter(asked_by=actor, status=Status.ASKED, **facts).order_by("pk"):
        about = set(sent.cases.values_list("pk", flat=True))
        if about == keys and (keys or sent.station == station):
            return sent
    return None


def _require_right(actor, cases, station):
    """Cases say themselves who may ask about them; without one, the station has to be the actor's."""
    if cases:
        return
    if station is None and any(grant.role == Role.COMMITTEE for grant in grants_of(actor)):
        return
    if station is None or not may_enter_for(actor).filter(pk=station.pk).exists():
        raise ProgrammeError(_("您没有权限进行“提请约见”。"))


def _committee_over(stations, actor) -> Region:
    """The place of the nearest committee that answers for all stations: their county, else their city."""
    if stations == [None]:
        return next(grant.region for grant in grants_of(actor) if grant.role == Role.COMMITTEE)
    for digits in (COUNTY_DIGITS, CITY_DIGITS):
        codes = {station.region_id[:digits] for station in stations}
        if len(codes) == 1:
            return Region.objects.get(code=codes.pop())
    raise ProgrammeError(_("这些意见不在同一个市，请分别提请约见。"))


def _deputy_of(actor, day) -> Deputy | None:
    return Deputy.objects.in_office(day).filter(user=actor).first() if actor else None


def _asker_of(meeting) -> str:
    if meeting.deputy:
        return _("人大代表%(name)s") % {"name": meeting.deputy.name}
    if meeting.asked_by is None:
        return _("系统")
    return meeting.station.name if meeting.station else meeting.asked_by.name


def _lay_before(meeting, cases, of_round, at):
    """Join the cases to the meeting, and write into each that it was asked for."""
    for case in cases:
        MeetingCase.objects.create(meeting=meeting, petition=case, round=of_round)
        with refusals_told():
            petitions.ask_meeting(
                petition=case, organ=meeting.organ, link=meeting.get_absolute_url(), actor=meeting.asked_by, at=at
            )


def arrange(*, meeting: Meeting, actor: User, meets_at: dt.datetime, place: str, at: dt.datetime | None = None) -> None:
    """The committee sets time and place; the organ, the deputies and the station are told, and the cases' residents read it.

    Raises ProgrammeError for a time that is over.
    """
    with meeting_step(meeting, "arrange", actor=actor, at=at) as doing:
        _require_coming(meets_at, doing)
        doing.meeting.meets_at = meets_at
        doing.meeting.place = place
        doing.move(Status.ARRANGED)
        doing.stage(Duty.MEET, on=timezone.localdate(meets_at), source=_("商定的约见日期"))
        doing.record(when_and_where(meets_at, place))
        _announce(doing, _("约见已安排"))
        facts = {"head": head_of(doing.meeting.organ), "when": spoken_time(meets_at)}
        doing.note_in_cases(_("已约请%(head)s于%(when)s会商此事。") % facts, public=True)


def decline(*, meeting: Meeting, actor: User, why: str, at: dt.datetime | None = None) -> None:
    """The committee does not arrange it, and says why; who asked and the station are told, and can ask anew."""
    with meeting_step(meeting, "decline", actor=actor, at=at) as doing:
        doing.meeting.declined_why = why
        doing.move(Status.DECLINED)
        doing.stage()
        doing.record(why)
        doing.tell(doing.askers(), _("约见未予安排"), why)
        doing.note_in_cases(_("约见未予安排：%(why)s") % {"why": why}, public=False)


def postpone(*, meeting: Meeting, actor: User, to: dt.datetime, why: str, at: dt.datetime | None = None) -> None:
    """Put a meeting off, by its organ or by the committee: once, and by at most one calendar month (local rule).

    ``to`` lies within the month after the arranged day; on a day that the next month lacks, its last day is the latest.
    Raises ProgrammeError otherwise.
    """
    with meeting_step(meeting, "postpone", actor=actor, at=at) as doing:
        before = doing.meeting.meets_at
        latest = latest_day(before)
        _require_coming(to, doing)
        if to <= before:
            raise ProgrammeError(_("推迟后的时间须在原定时间以后。"))
        if timezone.localdate(to) > latest:
            raise ProgrammeError(_("约见最多推迟一个月，不能晚于%(day)s。") % {"day": spoken(latest)})
        doing.meeting.postponed_from = before
        doing.meeting.postponed_why = why
        doing.meeting.meets_at = to
        doing.stage(Duty.MEET, on=timezone.localdate(to), source=_("推迟后的约见日期"))
        facts = {"old": spoken_time(before), "new": spoken_time(to), "why": why}
        doing.record(_("由%(old)s推迟到%(new)s：%(why)s") % facts)
        _announce(doing, _("约见推迟一次"), why)
        told = _("与%(head)s的会商推迟到%(when)s。")
        doing.note_in_cases(told % {"head": head_of(doing.meeting.organ), "when": facts["new"]}, public=True)


def latest_day(meets_at: dt.datetime) -> dt.date:
    """The last Beijing date to which a meeting of this time may be postponed."""
    return add_months(timezone.localdate(meets_at), LATEST)


def hold(
    *, meeting: Meeting, actor: User, came: str, came_name: str, came_title: str, at: dt.datetime | None = None
) -> None:
    """The committee records who came, the head (``Meeting.Came``) or a delegate, with name and title; minutes are owed."""
    with meeting_step(meeting, "hold", actor=actor, at=at) as doing:
        _require_its_day(doing)
        doing.meeting.came, doing.meeting.came_name, doing.meeting.came_title = came, came_name, came_title
        doing.meeting.held_at = doing.meeting.meets_at
        doing.move(Status.HELD)
        doing.stage(Duty.MINUTES)
        facts = {"as": doing.meeting.get_came_display(), "title": came_title, "name": came_name}
        doing.record(_("到会：%(title)s%(name)s（%(as)s）") % facts)
        doing.note_in_cases(_("%(organ)s已到会会商。") % {"organ": doing.meeting.organ.name}, public=False)


def miss(*, meeting: Meeting, actor: User, note: str = "", at: dt.datetime | None = None) -> None:
    """Nobody of the organ came: recorded, told to committee, leaders and askers, and to be arranged anew."""
    with meeting_step(meeting, "miss", actor=actor, at=at) as doing:
        _require_its_day(doing)
        told = _("%(organ)s无人到会。%(note)s") % {"organ": doing.meeting.organ.name, "note": note}
        doing.move(Status.ASKED)
        doing.stage(Duty.ARRANGE)
        doing.record(told)
        people = [*doing.committee(), *doing.leaders_above(), *doing.of_the_organ(), *doing.askers()]
        doing.tell(people, _("约见无人到会，须重新安排"), told)
        doing.note_in_cases(told, public=False)


def _announce(doing, title, why=""):
    """Tell organ, deputies, station and who asked when and where; what was said of another time is taken back."""
    topic = f"{doing.meeting.topic}:time"
    withdraw(topic)
    where = when_and_where(doing.meeting.meets_at, doing.meeting.place)
    people = [*doing.of_the_organ(), *doing.askers(), *doing.committee()]
    doing.tell(people, title, f"{where}。{why}", topic=topic)


def _require_coming(moment, doing):
    if moment <= doing.at:
        raise ProgrammeError(_("约见时间须在现在以后。"))


def _require_its_day(doing):
    if not doing.meeting.has_its_day(doing.day):
        raise ProgrammeError(_("还没有到约见的日子。"))
