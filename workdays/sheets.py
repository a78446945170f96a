"""A year as the calendar page shows it: month sheets, and its special days in spans."""

import calendar as months_of
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from .calendar import STATUTORY_DAYS, Calendar
from .models import Day


@dataclass(frozen=True)
class Cell:
    """A day on a sheet: ``sign`` is 休, 班 or empty, ``note`` its reason in words, ``classes`` for the stylesheet."""

    date: dt.date
    sign: str
    note: str
    classes: str
    is_today: bool


def year_sheets(calendar: Calendar, year: int, *, today: dt.date) -> list[tuple[dt.date, list[list[Cell | None]]]]:
    """Return the first day and the weeks (Monday first, None outside the month) of the twelve months."""
    return [
        (
            dt.date(year, month, 1),
            [
                [cell(calendar, day, today=today) if day.month == month else None for day in week]
                for week in months_of.Calendar().monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def cell(calendar: Calendar, day: dt.date, *, today: dt.date) -> Cell:
    """Say what a day is, in a word and a sign; colour only repeats it."""
    special = calendar.days.get(day)
    provisional = not calendar.is_known(day) and not special and (day.month, day.day) in STATUTORY_DAYS
    sign, note, kind = "", calendar.why_rest(day), ""
    if special and special[0]:
        sign, note, kind = _("班"), special[1], "day-makeup"
    elif special or provisional:
        sign, kind = _("休"), "day-holiday"
    elif note:
        kind = "day-rest"
    marks = [kind, "day-provisional" if provisional else "", "day-today" if day == today else ""]
    return Cell(day, sign, note, " ".join(mark for mark in marks if mark), day == today)


def spans(days: Iterable[Day]) -> list[list[Day]]:
    """Put days that follow one another and are alike (kind, name, source) together; ``days`` come by date."""
    numbered = enumerate(days)
    alike = groupby(
        numbered,
        key=lambda pair: (pair[1].date.toordinal() - pair[0], pair[1].is_workday, pair[1].name, pair[1].source),
    )
    return [[day for _number, day in group] for _key, group in alike]
