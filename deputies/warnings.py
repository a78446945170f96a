"""What speaks against a reception day as it stands: facts change after a roster is made, and nothing changes it silently."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from deputies.availability import Availability, seats_of
from deputies.models import Deputy, Reception, Turn
from workdays.calendar import Calendar
from workdays.rhythm import WhenRest
from workdays.services import load_calendar


@dataclass(frozen=True)
class Hindrance:
    """A deputy on a day's roster who cannot be there, and why (a Chinese clause without the name)."""

    reception: Reception
    deputy: Deputy
    why: str

    @property
    def words(self) -> str:
        return f"{self.deputy.name}：{self.why}"


def conflicts(receptions) -> dict[int, list[str]]:
    """Return by key what speaks against each of these days, as Chinese sentences; an empty list where nothing does.

    Three queries, however many days.
    """
    days = list(with_roster(Reception.objects.filter(pk__in=[reception.pk for reception in receptions])))
    attach_warnings(days, load_calendar())
    return {day.pk: day.warnings + _about_notice(day) for day in days}


def hindrances(receptions) -> list[Hindrance]:
    """Return who of these days' rosters cannot be there; two queries, however many days."""
    days = Reception.objects.standing().filter(pk__in=[reception.pk for reception in receptions], closed_at=None)
    return _hindrances(list(with_roster(days)))


def with_roster(days):
    """The days of a queryset with what ``attach_warnings`` reads of them; no query of its own.

    ``on_roster`` are the keys of their planned deputies, ``meets_at`` is the hour of another day at the same place that
    meets them.
    """
    same_place = Reception.objects.standing().exclude(pk=OuterRef("pk"))
    same_place = same_place.filter(
        station=OuterRef("station"),
        place=OuterRef("place"),
        date=OuterRef("date"),
        starts__lt=OuterRef("ends"),
        ends__gt=OuterRef("starts"),
    )
    planned = Turn.objects.filter(reception=OuterRef("pk"), planned=True)
    return days.select_related("station", "plan").annotate(
        on_roster=ArraySubquery(planned.values("deputy_id")),
        meets_at=Subquery(same_place.order_by("starts").values("starts")[:1]),
    )


def attach_warnings(days: list[Reception], calendar: Calendar) -> None:
    """Give each day of ``with_roster`` its ``warnings``, Chinese sentences on what has to be put right; one query.

    Deputies who cannot be there, seats that are empty, rest days that the plan did not mean, and another day of the
    station at the same place and hour. ``is_provisional`` tells of a date that a yearly notice may still move: nothing
    can be done about it. Days that are cancelled or closed have nothing any more.
    """
    standing = [day for day in days if not day.cancelled_at and not day.closed_at]
    hindered = {}
    for hindrance in _hindrances(standing):
        hindered.setdefault(hindrance.reception.pk, []).append(hindrance.words)
    for day in days:
        day.warnings, day.is_provisional = [], False
    for day in standing:
        day.is_provisional = not calendar.is_known(day.date) and not _is_kept(day)
        about_day = [*_about_seats(day), *_about_date(day, calendar), *_about_place(day)]
        day.warnings = hindered.get(day.pk, []) + about_day


def _hindrances(days: list[Reception]) -> list[Hindrance]:
    on_duty = {key for day in days for key in day.on_roster}
    if not on_duty:
        return []
    first, last = min(day.date for day in days), max(day.date for day in days)
    availability = Availability(Deputy.objects.filter(pk__in=on_duty), first=first, last=last)
    return [
        Hindrance(day, availability.deputies[key], why)
        for day in days
        for key in day.on_roster
        if (why := availability.why_not(key, day))
    ]


def _about_seats(day: Reception) -> list[str]:
    taken, wanted = len(day.on_roster), seats_of(day)
    if not taken:
        return [_("还没有排代表。")]
    if taken < wanted:
        return [_("只排了%(taken)s名代表，应有%(wanted)s名。") % {"taken": taken, "wanted": wanted}]
    return []


def _about_date(day: Reception, calendar: Calendar) -> list[str]:
    if _is_kept(day):
        return []
    rests = calendar.is_holiday(day.date) if day.plan and day.plan.weekends_count else not calendar.is_workday(day.date)
    return [_("当天是休息日（%(why)s）。") % {"why": calendar.why_rest(day.date)}] if rests else []


def _about_notice(day: Reception) -> list[str]:
    if not day.is_provisional:
        return []
    return [_("%(year)s年的放假安排还没有公布，日期暂定。") % {"year": day.date.year}]


def _is_kept(day: Reception) -> bool:
    """Whether the plan holds the day whether offices rest or not."""
    return day.plan is not None and day.plan.when_rest == WhenRest.KEEP


def _about_place(day: Reception) -> list[str]:
    if day.meets_at is None:
        return []
    return [_("%(place)s当天%(hour)s另有接待日，时间重叠。") % {"place": day.place, "hour": f"{day.meets_at:%-H:%M}"}]
