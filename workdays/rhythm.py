"""Rhythms by which days recur, on the calendar and by the moon, moved off rest days. No database here."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from borax.calendars.lunardate import LunarDate
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from .calendar import DAY, WEEKDAYS, Calendar

LAST = -1
DIGITS = "十一二三四五六七八九"


class Rhythm(models.TextChoices):
    """What ``days`` of a plan mean."""

    WEEKDAY = "weekday", _("每周几")
    NTH_WEEKDAY = "nth_weekday", _("每月第几个周几")
    MONTH_DAY = "month_day", _("每月几号")
    LUNAR_DAY = "lunar_day", _("农历每月几日")
    MARKET = "market", _("逢集（农历逢几）")


class Months(models.TextChoices):
    """In which months a rhythm of months comes round."""

    ALL = "all", _("每个月")
    ODD = "odd", _("单月")
    EVEN = "even", _("双月")


class WhenRest(models.TextChoices):
    """What becomes of a day on which offices rest."""

    NEXT = "next", _("顺延到下一个工作日")
    PREVIOUS = "previous", _("提前到上一个工作日")
    SKIP = "skip", _("当次取消")
    KEEP = "keep", _("照常接待")


@dataclass(frozen=True)
class Planned:
    """A day of a plan. ``meant_on`` is the day by the rhythm, and ``day`` itself unless it was moved.

    ``why`` names what rests on ``meant_on``, e.g. 国庆节 or 周六, and is empty for a working day. ``provisional``: the
    yearly notice that decides where the day falls is not out yet (暂定).
    """

    day: date
    meant_on: date
    why: str = ""
    provisional: bool = False

    @property
    def is_moved(self) -> bool:
        return self.day != self.meant_on


@dataclass(frozen=True)
class LeftOut:
    """A day by the rhythm on which nothing takes place, why it rests, and the day it fell together with, if any."""

    meant_on: date
    why: str
    joins: date | None = None


def reckon_days(
    *,
    rhythm: str,
    days: Collection[int],
    nths: Collection[int] = (),
    months: str = Months.ALL,
    calendar: Calendar,
    first: date,
    last: date,
    when_rest: str = WhenRest.NEXT,
    weekends_count: bool = False,
) -> tuple[list[Planned], list[LeftOut]]:
    """Return the days of a rhythm from ``first`` to ``last``, both included, in order and each once, and those left out.

    ``days`` are, by rhythm: ISO weekdays 1–7; days of the month 1–31; lunar days 1–30; last digits 0–9 of the lunar day.
    ``nths`` are 1–5, or -1 for the last of the month. ``months`` goes by the month of the calendar, for lunar rhythms,
    too. With ``weekends_count`` an ordinary weekend is a day like others and only holidays rest.

    A day that is moved stays within the plan, so that no quarter reaches into the next: where the next working day lies
    behind ``last`` it is the previous one, and the other way round before ``first`` (default); where there is neither,
    it is left out. Days that come together on one working day are one; what was meant for it comes before what was moved.
    Lunar rhythms reach from 1900 to 2100.
    """
    found: dict[date, Planned] = {}
    left_out: list[LeftOut] = []
    for meant_on in _meant_days(rhythm, days, nths, months, first, last):
        rests = _rests(calendar, meant_on, weekends_count)
        day = _put(meant_on, when_rest, calendar, weekends_count, first, last) if rests else meant_on
        if day is None or (rests and day in found):
            left_out.append(LeftOut(meant_on, calendar.why_rest(meant_on), day))
            continue
        if day in found:
            left_out.append(LeftOut(found[day].meant_on, found[day].why, day))
        known = when_rest == WhenRest.KEEP or (calendar.is_known(meant_on) and calendar.is_known(day))
        found[day] = Planned(day, meant_on, calendar.why_rest(meant_on) if rests else "", not known)
    return [found[day] for day in sorted(found)], sorted(left_out, key=lambda day: day.meant_on)


def _meant_days(rhythm, days, nths, months, first: date, last: date) -> Iterator[date]:
    """Yield the days of the rhythm, whether offices work on them or not."""
    wanted = set(days)
    for step in range((last - first).days + 1):
        day = first + DAY * step
        if months != Months.ALL and (day.month % 2 == 1) != (months == Months.ODD):
            continue
        match rhythm:
            case Rhythm.WEEKDAY:
                meant = day.isoweekday() in wanted
            case Rhythm.NTH_WEEKDAY:
                meant = day.isoweekday() in wanted and not _places_in_month(day).isdisjoint(nths)
            case Rhythm.MONTH_DAY:
                meant = day.day in wanted
            case Rhythm.LUNAR_DAY:
                meant = LunarDate.from_solar(day).day in wanted
            case Rhythm.MARKET:
                meant = LunarDate.from_solar(day).day % 10 in wanted
        if meant:
            yield day


def _places_in_month(day: date) -> set[int]:
    """Which of its weekday in the month a day is, from 1, and -1 as well where it is the last one."""
    nth = (day.day - 1) // 7 + 1
    return {nth, LAST} if (day + 7 * DAY).month != day.month else {nth}


def _rests(calendar: Calendar, day: date, weekends_count: bool) -> bool:
    return calendar.is_holiday(day) if weekends_count else not calendar.is_workday(day)


def _put(meant_on, when_rest, calendar, weekends_count, first, last) -> date | None:
    """Where a day goes on which offices rest; None when it is left out."""
    if when_rest == WhenRest.KEEP:
        return meant_on
    if when_rest == WhenRest.SKIP:
        return None
    forwards = DAY if when_rest == WhenRest.NEXT else -DAY
    for step in (forwards, -forwards):
        day = meant_on
        while first <= day <= last and _rests(calendar, day, weekends_count):
            day += step
        if first <= day <= last:
            return day
    return None


def spoken_rhythm(plan) -> str:
    """What a rhythm is called, e.g. 农历逢二、五、八, 每月第一、三个周六, 单月15日.

    ``plan`` is anything with ``rhythm``, ``days``, ``nths`` and ``months``.
    """
    days = sorted(plan.days)
    facts = {"months": str(Months(plan.months).label), "days": "、".join(map(str, days))}
    every = plan.months == Months.ALL
    match plan.rhythm:
        case Rhythm.WEEKDAY:
            facts["days"] = _spoken_weekdays(days)
            return _now("每%(days)s") % facts if every else _now("%(months)s每%(days)s") % facts
        case Rhythm.NTH_WEEKDAY:
            facts |= {"days": _spoken_weekdays(days), "nths": _spoken_nths(plan.nths)}
            return _now("每月%(nths)s%(days)s") % facts if every else _now("%(months)s%(nths)s%(days)s") % facts
        case Rhythm.MONTH_DAY:
            return _now("每月%(days)s日") % facts if every else _now("%(months)s%(days)s日") % facts
        case Rhythm.LUNAR_DAY:
            facts["days"] = "、".join(LunarDate(2024, 10, day).cn_day for day in days)
            return _now("农历每月%(days)s") % facts if every else _now("公历%(months)s的农历%(days)s") % facts
        case Rhythm.MARKET:
            facts["days"] = "、".join(DIGITS[day] for day in sorted(days, key=lambda digit: digit or 10))
            return _now("农历逢%(days)s") % facts if every else _now("公历%(months)s的农历逢%(days)s") % facts


def moon_feast(day: date) -> str:
    """The feast of the moon whose holiday a day most likely falls into: 春节, 端午节 or 中秋节; empty for none.

    For years whose notice is not out: 除夕 and the first seven days of the first month, as the notices of 2025 and
    2026 had it, and the feasts' own days (全国年节及纪念日放假办法, article 2). The calendar counts none of them before the notice.
    """
    moon, eve = LunarDate.from_solar(day), LunarDate.from_solar(day + DAY)
    if moon.leap:
        return ""
    if (moon.month == 1 and moon.day <= 7) or (eve.month, eve.day) == (1, 1):
        return _now("春节")
    return {(5, 5): _now("端午节"), (8, 15): _now("中秋节")}.get((moon.month, moon.day), "")


def spoken_lunar(day: date) -> str:
    """A day by the moon, e.g. 八月廿二, or 闰六月初一."""
    return LunarDate.from_solar(day).strftime("%L%M月%D")


def _spoken_weekdays(days: list[int]) -> str:
    return "、".join(str(WEEKDAYS[day - 1]) for day in days).replace("、周", "、")


def _spoken_nths(nths) -> str:
    counted = "、".join(DIGITS[nth] for nth in sorted(nths) if nth != LAST)
    parts = [_now("第%(nths)s个") % {"nths": counted}] if counted else []
    return _now("和").join([*parts, _now("最后一个")] if LAST in nths else parts)
