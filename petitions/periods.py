"""Months, quarters and years of Beijing time, as figures are counted by and addresses name them."""

import datetime as dt
import re
from dataclasses import dataclass

from django.db.models import DateField, TextChoices
from django.db.models.functions import TruncMonth, TruncQuarter, TruncYear
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workdays.calendar import BEIJING

MONTHS_A_YEAR = 12
WRITTEN = re.compile(r"(?P<year>[12]\d{3})(?:-(?P<month>0[1-9]|1[0-2])|[Qq](?P<quarter>[1-4]))?")


class Kind(TextChoices):
    """How long a period is."""

    MONTH = "month", _("月")
    QUARTER = "quarter", _("季度")
    YEAR = "year", _("年")


MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.YEAR: MONTHS_A_YEAR}
BEGINNINGS = {Kind.MONTH: TruncMonth, Kind.QUARTER: TruncQuarter, Kind.YEAR: TruncYear}


def beginning_of(kind: str, when: str, *, by_day: bool = False):
    """An expression: the first day of the month, quarter or year in which ``when`` lies, a moment (Beijing) or a day."""
    zone = {} if by_day else {"tzinfo": BEIJING}
    return BEGINNINGS[Kind(kind)](when, output_field=DateField(), **zone)


@dataclass(frozen=True, order=True)
class Period:
    """A month, a quarter or a year by its first day (Beijing)."""

    first_day: dt.date
    kind: Kind

    @classmethod
    def of(cls, kind: str, day: dt.date) -> "Period":
        """The period of a kind in which a day lies."""
        months = MONTHS[Kind(kind)]
        return cls(dt.date(day.year, (day.month - 1) // months * months + 1, 1), Kind(kind))

    @classmethod
    def parse(cls, written: str) -> "Period | None":
        """The period that an address names (2026-10, 2026Q3, 2026), or None."""
        found = WRITTEN.fullmatch(written)
        if found is None:
            return None
        year, month, quarter = int(found["year"]), found["month"], found["quarter"]
        if month:
            return cls(dt.date(year, int(month), 1), Kind.MONTH)
        if quarter:
            return cls(dt.date(year, (int(quarter) - 1) * MONTHS[Kind.QUARTER] + 1, 1), Kind.QUARTER)
        return cls(dt.date(year, 1, 1), Kind.YEAR)

    @property
    def code(self) -> str:
        """How an address names it."""
        year = self.first_day.year
        if self.kind == Kind.MONTH:
            return f"{year}-{self.first_day.month:02d}"
        return f"{year}Q{self.quarter}" if self.kind == Kind.QUARTER else str(year)

    def __str__(self):
        facts = {"year": self.first_day.year, "month": self.first_day.month, "quarter": self.quarter}
        if self.kind == Kind.MONTH:
            return gettext("%(year)d年%(month)d月") % facts
        return (gettext("%(year)d年第%(quarter)d季度") if self.kind == Kind.QUARTER else gettext("%(year)d年")) % facts

    @property
    def quarter(self) -> int:
        """The quarter of the year in which it begins, 1 to 4."""
        return (self.first_day.month - 1) // MONTHS[Kind.QUARTER] + 1

    def moved(self, steps: int) -> "Period":
        """The period so many steps later, or earlier where ``steps`` is negative."""
        month = self.first_day.year * MONTHS_A_YEAR + self.first_day.month - 1 + steps * MONTHS[self.kind]
        return Period(dt.date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1), self.kind)

    @property
    def after(self) -> "Period":
        return self.moved(1)

    @property
    def before(self) -> "Period":
        return self.moved(-1)

    @property
    def last_day(self) -> dt.date:
        return self.after.first_day - dt.timedelta(days=1)

    @property
    def begins_at(self) -> dt.datetime:
        """Midnight, Beijing, of its first day."""
        return dt.datetime.combine(self.first_day, dt.time(), tzinfo=BEIJING)

    @property
    def ends_at(self) -> dt.datetime:
        """The first moment that is no longer in it."""
        return self.after.begins_at

    def back(self, number: int) -> "list[Period]":
        """The last periods of its kind up to itself, oldest first."""
        return [self.moved(-steps) for steps in reversed(range(number))]
