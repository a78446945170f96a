"""Reading the calendar in force, and every change of it, which bumps the version that clocks are reckoned by."""

import datetime as dt
from uuid import UUID, uuid4

import chinese_calendar
from django.db import transaction
from django.utils.translation import gettext as _

from .calendar import DAY, Calendar
from .models import CalendarChange, CalendarState, Day, Year

_loaded: dict[UUID, Calendar] = {}


class CalendarError(Exception):
    """A change of the calendar that cannot be made; the text is a Chinese sentence for the clerk."""


def load_calendar() -> Calendar:
    """Return the calendar in force: one query, and two more when it has changed since this process last looked."""
    state = CalendarState.objects.first() or CalendarState()
    calendar = _loaded.get(state.stamp)
    if calendar is None:
        calendar = Calendar(
            version=state.version,
            days={day.date: (day.is_workday, day.name) for day in Day.objects.all()},
            years=frozenset(Year.objects.values_list("year", flat=True)),
            opens=state.office_opens,
            closes=state.office_closes,
        )
        _loaded.clear()
        _loaded[state.stamp] = calendar
    return calendar


def loaded_through() -> int | None:
    """Return the last year whose notice is loaded, or None when no year is."""
    return Year.objects.order_by("-year").values_list("year", flat=True).first()


@transaction.atomic
def load_year(*, year: int, by_name: str) -> bool:
    """Load a year's holidays and make-up days as the State Council announced them, from the package chinesecalendar.

    A year that is loaded already stays as it is, and so does a day that was set by hand. Return whether anything was
    loaded. Raises CalendarError where the package does not know the year.
    """
    state = _lock_state()
    if Year.objects.filter(year=year).exists():
        return False
    source = _("国务院办公厅关于%(year)s年部分节假日安排的通知") % {"year": year}
    days = [
        Day(date=date, is_workday=is_workday, name=name, source=source)
        for date, is_workday, name in announced_days(year)
    ]
    Day.objects.bulk_create(days, ignore_conflicts=True)
    Year.objects.create(year=year, source=source)
    _bump(state, by_name, _("载入%(year)s年：%(source)s") % {"year": year, "source": source})
    return True


def announced_days(year: int) -> list[tuple[dt.date, bool, str]]:
    """Return ``(date, is_workday, name)`` of every day that the notice of ``year`` names.

    Raises CalendarError where chinesecalendar does not know the year.
    """
    first = dt.date(year, 1, 1)
    found = []
    try:
        for step in range((dt.date(year + 1, 1, 1) - first).days):
            date = first + DAY * step
            is_rest, holiday = chinese_calendar.get_holiday_detail(date)
            if holiday:
                name = chinese_calendar.Holiday(holiday).chinese
                found.append((date, not is_rest, name if is_rest else _("%(name)s调休") % {"name": name}))
    except NotImplementedError:
        raise CalendarError(
            _("系统自带的资料里没有%(year)s年的放假安排，请在国务院办公厅通知发布后按通知录入。") % {"year": year}
        ) from None
    return found


def is_announced(year: int) -> bool:
    """Whether chinesecalendar knows the notice of ``year``."""
    try:
        return bool(announced_days(year))
    except CalendarError:
        return False


@transaction.atomic
def record_year(*, year: int, source: str, days: list[tuple[dt.date, bool, str]], by_name: str) -> None:
    """Enter a year by hand from its notice (按国务院通知录入): ``days`` holds (date, is_workday, name).

    The list is the whole notice and takes the place of everything that stood for the year. Raises CalendarError when a
    day lies in another year or stands twice.
    """
    if any(date.year != year for date, _is_workday, _name in days):
        raise CalendarError(_("有日期不在%(year)s年，未保存任何内容。") % {"year": year})
    if len({date for date, _is_workday, _name in days}) < len(days):
        raise CalendarError(_("有日期重复，未保存任何内容。"))
    state = _lock_state()
    Day.objects.filter(date__year=year).delete()
    Day.objects.bulk_create(
        Day(date=date, is_workday=is_workday, name=name, source=source) for date, is_workday, name in days
    )
    Year.objects.update_or_create(year=year, defaults={"source": source})
    _bump(
        state,
        by_name,
        _("录入%(year)s年全年安排，共 %(count)s 天：%(source)s") % {"year": year, "count": len(days), "source": source},
    )


@transaction.atomic
def set_day(*, date: dt.date, is_workday: bool, name: str, source: str, by_name: str) -> Day:
    """Make one day a rest day or a working day, with the reason (``name``) and the paper it rests on (``source``)."""
    state = _lock_state()
    day, _created = Day.objects.update_or_create(
        date=date, defaults={"is_workday": is_workday, "name": name, "source": source}
    )
    kind = _("上班") if is_workday else _("休息")
    _bump(state, by_name, _("%(date)s 设为%(kind)s：%(name)s") % {"date": spoken(date), "kind": kind, "name": name})
    return day


@transaction.atomic
def remove_day(*, date: dt.date, by_name: str) -> None:
    """Let a day be again what its weekday says. Raises CalendarError when it is not a special day."""
    state = _lock_state()
    deleted, _rows = Day.objects.filter(date=date).delete()
    if not deleted:
        raise CalendarError(_("%(date)s 不是特殊日期，无需删除。") % {"date": spoken(date)})
    _bump(state, by_name, _("%(date)s 恢复为按星期计算") % {"date": spoken(date)})


@transaction.atomic
def set_office_hours(*, opens: dt.time, closes: dt.time, by_name: str) -> None:
    """Set when offices open and close (Beijing time; default 8:30–17:30). Raises CalendarError when they never open."""
    if opens >= closes:
        raise CalendarError(_("下班时间必须晚于上班时间。"))
    state = _lock_state()
    state.office_opens, state.office_closes = opens, closes
    hours = f"{opens:%H:%M}–{closes:%H:%M}"
    _bump(state, by_name, _("办公时间改为%(hours)s") % {"hours": hours})


def spoken(date: dt.date) -> str:
    """The date as people write it, e.g. 2026年11月24日."""
    return f"{date.year}年{date.month}月{date.day}日"


def _lock_state() -> CalendarState:
    """Lock the calendar for a change, so that versions follow one another."""
    CalendarState.objects.get_or_create(pk=1)
    return CalendarState.objects.select_for_update().get(pk=1)


def _bump(state: CalendarState, by_name: str, what: str) -> None:
    """Store the next version with a new stamp, and who changed what."""
    state.version += 1
    state.stamp = uuid4()
    state.save()
    CalendarChange.objects.create(version=state.version, by_name=by_name, what=what[:300])
