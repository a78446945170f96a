"""Reading the kept figures: sums over stations by period, place, topic and organ, each in one query or two.

``stations`` is a condition (``Q``) on stations, an empty one for all of them. Periods without cases read as zeros.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Q, Subquery, Sum
from django.db.models.functions import Substr

from accounts.prepared import Prepared
from insights.counting import COUNTED, ended_at
from insights.kept import kept_until_counted
from insights.models import AnswerDays, OrganTally, StationTally, TopicTally
from insights.tallying import figures_of
from petitions.measures import RATE_FROM
from petitions.periods import Kind, Period
from stations.models import Station
from supervision.models import Heartbeat

__all__ = [
    "Days",
    "by_organ",
    "by_region",
    "by_station",
    "by_topic",
    "days",
    "days_by_region",
    "days_by_topic",
    "days_series",
    "figures",
    "series",
    "told_from_to",
    "year_of_all",
]

HALF, NINE_TENTHS = 50, 90
A_HUNDRED = 100


@dataclass(frozen=True)
class Days:
    """Calendar days from submission to the first answer: of how many cases, and within how many half and 90 % had it.

    Both are a number of days that a case really took (nearest rank), and None where there is no case.
    """

    cases: int
    median: int | None
    ninetieth: int | None

    @classmethod
    def of(cls, counts: dict[int, int]) -> "Days":
        """From the number of cases by their days."""
        return cls(sum(counts.values()), _rank(counts, HALF), _rank(counts, NINE_TENTHS))

    @property
    def told(self) -> "Days":
        """What may be told: of fewer than five cases their number only, since the days would be those of one of them."""
        return self if self.cases >= RATE_FROM else Days(self.cases, None, None)


def told_from_to() -> tuple[dt.date | None, dt.datetime | None]:
    """The first day of the first year that has figures, and the moment of the figures; None before the first count.

    One query, of which the index knows the answer.
    """
    years = StationTally.objects.filter(kind=Kind.YEAR).order_by("first_day").values("first_day")
    found = Heartbeat.objects.filter(name=COUNTED).values_list(Subquery(years[:1]), "at").first()
    return found or (None, None)


def figures(stations: Q, period: Period, *, topic: int | None = None, organ: int | None = None) -> dict[str, int]:
    """The figures of a period by key, of one topic or one organ where given (primary keys); one query."""
    table = _table(topic, organ)
    return _filled(table, _rows(table, stations, topic, organ).filter(**_at(period)).aggregate(**_sums(table)))


def year_of_all(day: dt.date) -> dict[str, int]:
    """The figures of the year of a day over all stations, as the public home tells them; one query."""
    found = _YEAR_OF_ALL.rows(Period.of(Kind.YEAR, day).first_day)
    return _filled(StationTally, found[0] if found else {})


def series(
    stations: Q, period: Period, number: int, *, topic: int | None = None, organ: int | None = None
) -> list[tuple[Period, dict[str, int]]]:
    """The figures of the last periods up to one, oldest first; one query."""
    table, periods = _table(topic, organ), period.back(number)
    wanted = _rows(table, stations, topic, organ).filter(kind=period.kind, first_day__in=[p.first_day for p in periods])
    found = _grouped(table, wanted, "first_day")
    return [(each, found.get(each.first_day) or _filled(table, {})) for each in periods]


def by_region(stations: Q, period: Period, *, digits: int, topic: int | None = None) -> dict[str, dict[str, int]]:
    """The figures by the regions whose codes have so many digits (6 counties, 9 townships); one query."""
    table = _table(topic, None)
    rows = _rows(table, stations, topic, None).filter(**_at(period))
    return _grouped(table, rows.annotate(place=Substr("station__region_id", 1, digits)), "place")


def by_station(stations: Q, period: Period, *, topic: int | None = None) -> dict[int, dict[str, int]]:
    """The figures by station (primary key), of those that have any; one query."""
    table = _table(topic, None)
    return _grouped(table, _rows(table, stations, topic, None).filter(**_at(period)), "station_id")


def by_topic(stations: Q, period: Period) -> dict[int | None, dict[str, int]]:
    """The figures by first-level category (primary key), None for cases without one; one query."""
    return _grouped(TopicTally, _rows(TopicTally, stations, None, None).filter(**_at(period)), "topic_id")


def by_organ(stations: Q, period: Period) -> dict[int, dict[str, int]]:
    """The figures by organ (primary key); a case of two organs counts for each, so that these are no parts of a sum."""
    return _grouped(OrganTally, _rows(OrganTally, stations, None, None).filter(**_at(period)), "organ_id")


def days(stations: Q, period: Period, *, topic: int | None = None) -> Days:
    """Days to the first answer of the cases that were first answered in a period; one query."""
    [(_period, found)] = days_series(stations, period, 1, topic=topic)
    return found


def days_series(stations: Q, period: Period, number: int, *, topic: int | None = None) -> list[tuple[Period, Days]]:
    """The same for the last periods up to one, oldest first; one query."""
    key = f"days:{stations}:{period.code}:{number}:{topic}"
    return kept_until_counted(key, ended_at, lambda: _days_series(stations, period, number, topic))


def _days_series(stations, period, number, topic):
    periods = period.back(number)
    wanted = _rows(AnswerDays, stations, topic, None)
    wanted = wanted.filter(first_day__gte=periods[0].first_day, first_day__lt=period.after.first_day)
    months = defaultdict(Counter)
    for month, took, cases in wanted.values_list("first_day", "days").annotate(number=Sum("cases")):
        months[month][took] += cases
    counts = defaultdict(Counter)
    for month, found in months.items():
        counts[Period.of(period.kind, month)].update(found)
    return [(each, Days.of(counts[each])) for each in periods]


def days_by_region(stations: Q, period: Period, *, digits: int) -> dict[str, Days]:
    """Days to the first answer by the regions whose codes have so many digits; one query."""
    rows = _rows(AnswerDays, stations, None, None).annotate(place=Substr("station__region_id", 1, digits))
    return _days_by(rows, period, "place")


def days_by_topic(stations: Q, period: Period) -> dict[int | None, Days]:
    """Days to the first answer by first-level category (primary key); one query."""
    return _days_by(_rows(AnswerDays, stations, None, None), period, "topic_id")


def _days_by(rows, period, by):
    rows = rows.filter(first_day__gte=period.first_day, first_day__lt=period.after.first_day)
    counts = defaultdict(Counter)
    for key, took, cases in rows.values_list(by, "days").annotate(number=Sum("cases")):
        counts[key][took] += cases
    return {key: Days.of(found) for key, found in counts.items()}


def _table(topic, organ):
    if organ is not None:
        return OrganTally
    return StationTally if topic is None else TopicTally


def _rows(table, stations, topic, organ):
    rows = table.objects.order_by()
    if stations:
        rows = rows.filter(station__in=Station.objects.filter(stations).order_by().values("pk"))
    if topic is not None:
        rows = rows.filter(topic=topic)
    return rows if organ is None else rows.filter(organ=organ)


def _at(period):
    return {"kind": period.kind, "first_day": period.first_day}


def _sums(table):
    return {f"sum_{name}": Sum(name) for name in figures_of(table)}


def _grouped(table, rows, by):
    found = rows.values(by).annotate(**_sums(table))
    return {row[by]: _filled(table, row) for row in found}


def _filled(table, sums):
    return {name: sums.get(f"sum_{name}") or 0 for name in figures_of(table)}


_YEAR_OF_ALL = Prepared(
    lambda first_day: (
        StationTally.objects.filter(kind=Kind.YEAR, first_day=first_day)
        .order_by()
        .values("first_day")
        .annotate(**_sums(StationTally))
    )
)


def _rank(counts, per_cent):
    """The smallest number of days within which so many per cent of the cases lie."""
    wanted, seen = per_cent * sum(counts.values()), 0
    for took in sorted(counts):
        seen += counts[took]
        if seen * A_HUNDRED >= wanted:
            return took
    return None
