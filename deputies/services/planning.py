"""Planning (接待计划): the days of a rhythm, looked at before anything is saved, and saved as reception days."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.errors import ReceptionError
from deputies.models import Plan, Reception, ReceptionEvent
from stations.models import Station
from supervision import services as supervision
from supervision.models import Duty, Term
from workdays.calendar import Calendar
from workdays.rhythm import LeftOut, Planned, moon_feast, reckon_days, spoken_rhythm
from workdays.services import load_calendar, spoken

LONGEST = 366  # days; default


@dataclass(frozen=True)
class PreviewedDay(Planned):
    """A planned day, and what stands against it as a Chinese sentence; empty when nothing does."""

    clash: str = ""
    is_kept: bool = False


def lock_stations(stations) -> None:
    """Let whoever plans, staffs or publishes at these stations (keys) go one after another, in the caller's transaction.

    The rows stay open to references, so that a resident's booking or petition does not wait.
    """
    list(Station.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=stations).order_by("pk"))


def preview(plan: Plan, calendar: Calendar | None = None) -> list[PreviewedDay]:
    """Return the days of an unsaved plan with how each came about, and where one meets a day that exists already.

    A day that begins at the same hour is kept as it is and not doubled (``is_kept``). Two queries, one where the caller
    has the calendar in force.
    """
    taken = _standing_days(plan)
    days, _left_out = _reckon(plan, calendar)
    return [_looked_at(planned, plan, taken.get(planned.day, [])) for planned in days]


def left_out(plan: Plan, calendar: Calendar | None = None) -> list[LeftOut]:
    """Return the days of an unsaved plan's rhythm on which nothing takes place: dropped, or fallen together with others."""
    return _reckon(plan, calendar)[1]


def _reckon(plan: Plan, calendar: Calendar | None) -> tuple[list[Planned], list[LeftOut]]:
    if (plan.ends_on - plan.starts_on).days >= LONGEST:
        raise ReceptionError(_("一份计划最长一年，请缩短。"))
    return reckon_days(
        rhythm=plan.rhythm,
        days=plan.days,
        nths=plan.nths,
        months=plan.months,
        calendar=calendar or load_calendar(),
        first=plan.starts_on,
        last=plan.ends_on,
        when_rest=plan.when_rest,
        weekends_count=plan.weekends_count,
    )


def _standing_days(plan: Plan) -> dict[dt.date, list[Reception]]:
    """The station's days within the plan that are not cancelled, by date; one query."""
    days = Reception.objects.standing().filter(station=plan.station, date__range=(plan.starts_on, plan.ends_on))
    by_date = {}
    for reception in days:
        by_date.setdefault(reception.date, []).append(reception)
    return by_date


def _looked_at(planned: Planned, plan: Plan, taken: list[Reception]) -> PreviewedDay:
    is_kept = any(reception.starts == plan.starts for reception in taken)
    clash = ""
    if is_kept:
        clash = _("这一天%(hour)s已有接待日，保存时保留原来的，不重复生成。") % {"hour": f"{plan.starts:%-H:%M}"}
    elif meeting := [one for one in taken if one.starts < plan.ends and plan.starts < one.ends]:
        hours = f"{meeting[0].starts:%-H:%M}–{meeting[0].ends:%-H:%M}"
        clash = _("与本站当天%(hours)s的接待日时间重叠。") % {"hours": hours}
    elif planned.provisional and (feast := moon_feast(planned.day)):
        clash = _("多半在%(feast)s假期里，放假安排公布后请核对。") % {"feast": feast}
    return PreviewedDay(planned.day, planned.meant_on, planned.why, planned.provisional, clash, is_kept)


@transaction.atomic
def save_plan(*, plan: Plan, organs, actor, at: dt.datetime | None = None) -> list[Reception]:
    """Save a plan with its reception days, unpublished, and start the clock of publishing each; return the new days.

    Days before today (Beijing date) are left out. A day that exists already at that station and hour is kept, not
    doubled, and is not among those returned. Raises ReceptionError when no new day comes of it.
    """
    at = at or timezone.now()
    lock_stations([plan.station_id])
    today = timezone.localdate(at)
    if plan.ends_on > furthest(today):
        raise ReceptionError(too_far(today))
    coming = [day for day in preview(plan) if day.day >= today]
    new = [day for day in coming if not day.is_kept]
    if not coming:
        raise ReceptionError(_("按这个节奏，这段时间里没有今天以后的接待日。"))
    if not new:
        raise ReceptionError(_("这段时间的接待日都已经有了，没有新的可以生成。"))
    plan.save()
    plan.organs.set(organs)
    receptions = Reception.objects.bulk_create(_reception(plan, day) for day in new)
    _join(receptions, organs)
    words = _("按计划生成（%(rhythm)s）。") % {"rhythm": spoken_rhythm(plan)}
    ReceptionEvent.objects.bulk_create(
        ReceptionEvent(reception=reception, at=at, actor=actor, what=words + _moved_words(reception))
        for reception in receptions
    )
    start_publish_clocks(receptions, at=at)
    return receptions


def furthest(today: dt.date) -> dt.date:
    """The last date that a reception day may have: the end of the year after next (default); later is a slip of the pen."""
    return dt.date(today.year + 2, 12, 31)


def too_far(today: dt.date) -> str:
    """Why a later date is refused."""
    return _("接待日最远安排到%(day)s，请核对年份。") % {"day": spoken(furthest(today))}


def _reception(plan: Plan, day: Planned) -> Reception:
    return Reception(
        station=plan.station,
        plan=plan,
        date=day.day,
        starts=plan.starts,
        ends=plan.ends,
        place=plan.place,
        scope=plan.scope,
        slot_minutes=plan.slot_minutes,
        meant_on=day.meant_on,
        moved_why=day.why if day.is_moved else "",
    )


def _join(receptions: list[Reception], organs) -> None:
    joint = Reception.organs.through
    joint.objects.bulk_create(
        joint(reception_id=reception.pk, organ_id=organ.pk) for organ in organs for reception in receptions
    )


def _moved_words(reception: Reception) -> str:
    if not reception.was_moved:
        return ""
    facts = {"meant": spoken(reception.meant_on), "why": reception.moved_why, "date": spoken(reception.date)}
    return _("原定%(meant)s（%(why)s），改为%(date)s。") % facts


def start_publish_clocks(receptions: list[Reception], *, at: dt.datetime) -> None:
    """Start the clock of publishing each day: so many working days ahead as the term of the duty says.

    Where that date has passed when the day is planned, the clock is overdue from its first minute. A local rule.
    """
    term, calendar = supervision.term_for(Duty.PUBLISH), load_calendar()
    duties = [
        {
            "duty": Duty.PUBLISH,
            "station": reception.station,
            "owner_station": reception.station,
            "title": _("%(station)s%(day)s接待日 公布")
            % {"station": reception.station, "day": short_day(reception.date)},
            "link": reception.get_absolute_url(),
            "on": publish_by(reception.date, term, calendar),
            "source": term.source,
        }
        for reception in receptions
    ]
    for reception, clock in zip(receptions, supervision.start_all(duties, at=at), strict=True):
        reception.publish_clock = clock
    Reception.objects.bulk_update(receptions, ["publish_clock"])


def publish_by(date: dt.date, term: Term, calendar: Calendar) -> dt.date:
    """The last day on which a reception day of a date is published in time."""
    return calendar.add_workdays(date, -term.length)


def restart_publish_clock(day: Reception, *, at: dt.datetime) -> None:
    """Start the clock of publishing one day anew, by the date, the term and the calendar as they are now."""
    if day.publish_clock:
        supervision.stop(day.publish_clock, at=at)
    start_publish_clocks([day], at=at)


def short_day(day: dt.date) -> str:
    """A date within the year as it stands in a title, e.g. 12月3日."""
    return _("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}
