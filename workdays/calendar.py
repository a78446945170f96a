"""Arithmetic of working days and months, and how each due date came about. No database here."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

BEIJING = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
WEEKDAYS = [
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
]
# 全国年节及纪念日放假办法 (State Council, in force since 2025-01-01), article 2: the holidays whose date does not
# follow the moon or the sun. All that is known of a year before its notice is out.
STATUTORY_DAYS = {
    (1, 1): gettext_lazy("元旦"),
    (5, 1): gettext_lazy("劳动节"),
    (5, 2): gettext_lazy("劳动节"),
    (10, 1): gettext_lazy("国庆节"),
    (10, 2): gettext_lazy("国庆节"),
    (10, 3): gettext_lazy("国庆节"),
}


@dataclass(frozen=True)
class Calendar:
    """One version of the working calendar: special days, years whose notice is loaded, office hours (Beijing time)."""

    version: int
    days: dict[date, tuple[bool, str]]
    years: frozenset[int] | set[int]
    opens: time = time(8, 30)
    closes: time = time(17, 30)

    def is_known(self, day: date) -> bool:
        """Whether the notice of the day's year is loaded; if not, what is said of the day is provisional (暂定)."""
        return day.year in self.years

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``: by the day table, else by the fixed statutory days and the weekday."""
        special = self.days.get(day)
        if special:
            return special[0]
        return day.weekday() < 5 and (self.is_known(day) or (day.month, day.day) not in STATUTORY_DAYS)

    def is_holiday(self, day: date) -> bool:
        """Whether ``day`` is a rest day by the day table, or a fixed statutory day of an unknown year; not by weekday."""
        special = self.days.get(day)
        if special:
            return not special[0]
        return not self.is_known(day) and (day.month, day.day) in STATUTORY_DAYS

    def why_rest(self, day: date) -> str:
        """Why ``day`` does not count, e.g. 国庆节 or 周六; an empty string for a working day."""
        if self.is_workday(day):
            return ""
        if day in self.days:
            return self.days[day][1]
        if not self.is_known(day) and (day.month, day.day) in STATUTORY_DAYS:
            return str(STATUTORY_DAYS[day.month, day.day])
        return str(WEEKDAYS[day.weekday()])

    def add_workdays(self, day: date, number: int) -> date:
        """Return the ``number``-th working day after ``day`` (before it when negative); ``day`` itself for 0."""
        step = DAY if number > 0 else -DAY
        left = abs(number)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, after: date, upto: date) -> int:
        """Count the working days d with ``after`` < d <= ``upto``; negative when ``upto`` comes first."""
        if upto < after:
            return -self.workdays_between(upto, after)
        return sum(self.is_workday(after + DAY * step) for step in range(1, (upto - after).days + 1))

    def next_open(self, at: datetime) -> datetime:
        """Return the first moment from ``at`` (aware) on in the office hours of a working day, in Beijing time."""
        moment = at.astimezone(BEIJING)
        day = moment.date()
        if self.is_workday(day) and moment.time() < self.closes:
            return max(moment, datetime.combine(day, self.opens, BEIJING))
        return datetime.combine(self.add_workdays(day, 1), self.opens, BEIJING)


@dataclass(frozen=True)
class Reckoning:
    """A due date and how it came about.

    ``explanation`` is plain JSON with dates as ISO text: start, length, unit, skipped (date, why), pauses (from, to,
    why), extensions (length, why), provisional.
    """

    due_on: date
    original_due_on: date
    provisional: bool
    explanation: dict = field(repr=False)


def add_months(day: date, number: int) -> date:
    """Return the same day ``number`` months later, else that month's last day (31 January + 1 is 28 or 29 February)."""
    months = day.year * 12 + day.month - 1 + number
    year, month = divmod(months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - DAY).day
    return date(year, month + 1, min(day.day, last))


def reckon(
    calendar: Calendar,
    *,
    start: date,
    length: int,
    unit: str,
    pauses: list[tuple[date, date | None, str]] = (),
    extensions: list[tuple[int, str]] = (),
    fixed: date | None = None,
) -> Reckoning:
    """Reckon when a duty that starts on ``start`` is due, and say how.

    ``unit`` is "workday", "month" or "date". Day 1 is the first working day after ``start`` (default). A pause takes
    out the days d with from < d <= to; one that is still open (to is None) takes out nothing yet. Extensions lengthen
    by the clock's own unit. A month's due date is the same day of the month, else its last day (default), later by the
    paused calendar days, and stays where it is on a rest day. A promised date is ``fixed`` and moved by nothing. Only
    working days can be provisional: months and promised dates do not depend on the yearly notice.
    """
    paused = paused_days(pauses, after=start)
    extra = sum(added for added, _why in extensions)
    skipped = []
    if unit == "workday":
        original_due_on, _unused = count_off(calendar, start=start, length=length, paused=set(paused))
        due_on, skipped = count_off(calendar, start=start, length=length + extra, paused=set(paused))
    elif unit == "month":
        original_due_on = put_off(add_months(start, length), paused)
        due_on = put_off(add_months(start, length + extra), paused)
    else:
        due_on = original_due_on = fixed
    provisional = unit == "workday" and not all(year in calendar.years for year in range(start.year, due_on.year + 1))
    explanation = {
        "start": start.isoformat(),
        "length": length,
        "unit": unit,
        "skipped": [{"date": day.isoformat(), "why": why} for day, why in skipped],
        "pauses": [{"from": a.isoformat(), "to": b.isoformat() if b else None, "why": why} for a, b, why in pauses],
        "extensions": [{"length": added, "why": why} for added, why in extensions],
        "provisional": provisional,
    }
    return Reckoning(due_on, original_due_on, provisional, explanation)


def paused_days(pauses, *, after: date) -> list[date]:
    """Return the calendar days after ``after`` that lie in a finished pause, each once, in order."""
    return sorted(
        {
            begun + DAY * step
            for begun, ended, _why in pauses
            if ended
            for step in range(1, (ended - begun).days + 1)
            if begun + DAY * step > after
        }
    )


def count_off(calendar: Calendar, *, start: date, length: int, paused: set[date]) -> tuple[date, list]:
    """Count ``length`` working days off after ``start``; return the last one and the rest days on the way with why."""
    day, left, skipped = start, length, []
    while left:
        day += DAY
        if day in paused:
            continue
        if calendar.is_workday(day):
            left -= 1
        else:
            skipped.append((day, calendar.why_rest(day)))
    return day, skipped


def put_off(day: date, paused: list[date]) -> date:
    """Move a month's due date by the paused days up to it; days that the move itself reaches count, too."""
    for paused_day in paused:
        if paused_day <= day:
            day += DAY
    return day
