"""The dashboard's figures: each is counted by the same condition as the list that it leads to."""

from dataclasses import dataclass
from functools import cache

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.paging import leaf_of_list
from insights import tallied
from insights.charts import Chart, Series
from insights.places import ORGAN, Place
from insights.standing import OPEN_STATUSES, Counts, Standing
from insights.tallied import Days
from petitions.forms.filters import NO_TOPIC
from petitions.measures import BY_KEY, MEASURES, RATE_FROM, RATES
from petitions.models import Category, Status
from petitions.periods import Kind, Period
from stations.models import Organ

# Who holds a case in a status, and with what.
HOLDERS = {
    Status.SUBMITTED: "station",
    Status.NEEDS_INFO: "resident",
    Status.ACCEPTED: "station",
    Status.HANDLING: "organ",
    Status.REVIEWING: "station",
    Status.RATING: "resident",
    Status.TRACKING: "both",
}
IN_A_ROW = {Kind.MONTH: 12, Kind.QUARTER: 8, Kind.YEAR: 5}  # periods of a time series
RATE_BY_KEY = {rate.key: rate for rate in RATES}
# What an organ gave back, or never had by itself, its people see no longer.
UNSEEN_BY_ORGANS = ("dispatched", "returned", "promised", "kept", "broken")
# What came in, was taken on and was owed and answered: shown first, of an organ what it has of them.
LEADING = ("received", "accepted", "dispatched", "due", "answered")
# What tables show: a figure, and the rate that it is the part of.
COLUMNS = (
    ("received", ""), ("due", ""), ("in_time", "in_time_rate"), ("answered", ""), ("resolved", "resolved_rate"),
    ("rated", "rated_rate"), ("satisfied", "satisfied_rate"),
)  # fmt: skip
ORGAN_COLUMNS = (
    ("dispatched", ""), ("returned", "returned_rate"), ("due", ""), ("in_time", "in_time_rate"), ("answered", ""),
    ("resolved", "resolved_rate"), ("promised", ""), ("kept", "kept_rate"),
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A number and the address of exactly the cases that it counts; without one where no list shows them."""

    value: int
    to: str = ""


@dataclass(frozen=True)
class Cell:
    """A figure of a table with its share in per cent, where there are enough to speak of one."""

    figure: Figure
    rate: float | None = None


@dataclass(frozen=True)
class Share:
    """A rate with both its numbers, and with itself in the period before where both may be compared."""

    label: str
    part_label: str
    part: Figure
    whole_label: str
    whole: Figure
    rate: float | None
    before: float | None


@dataclass(frozen=True)
class Number:
    """A figure by itself, and what it was in the period before where both may be compared."""

    label: str
    figure: Figure
    before: int | None


@dataclass(frozen=True)
class Line:
    """A row of a table: what it is of, how that stands now, and its figures of the period."""

    name: str
    cells: list[Cell]
    now: dict[str, Figure] | None = None
    to: str = ""


def to_list(value: int, **filters) -> Figure:
    """A number with the list of cases narrowed by the same filters."""
    return Figure(value, f"{_list_page()}?{urlencode(filters)}")


@cache
def _list_page():
    return reverse("petitions:list")


def now_figures(counts: Counts, **filters) -> dict[str, Figure]:
    """Open, soon and overdue with their lists."""
    return {
        "open": to_list(counts.open, **filters, status="open"),
        "soon": to_list(counts.soon, **filters, status="open", due="soon"),
        "overdue": to_list(counts.overdue, **filters, status="open", due="overdue"),
    }


def stages(place: Place, found: Standing) -> list[tuple[Status, str, Figure]]:
    """Open cases by where they stand, with who holds them there."""
    return [
        (status, HOLDERS[status], to_list(found.stages.get(status, 0), **place.filters, status=status.value))
        for status in OPEN_STATUSES
    ]


def of_period(key: str, value: int, place: Place, period: Period, **filters) -> Figure:
    """A figure of a period with its list, where one shows it."""
    if not BY_KEY[key].listed or (place.kind == ORGAN and key in UNSEEN_BY_ORGANS):
        return Figure(value)
    return to_list(value, **{**place.filters, **filters}, figure=key, period=period.code)


@dataclass(frozen=True)
class Told:
    """The figures of a place in a period, beside those of the period before."""

    place: Place
    period: Period
    now: dict[str, int]
    before: dict[str, int]
    days: Days
    days_before: Days

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened that is counted."""
        return not any(self.now.values())

    @property
    def shares(self) -> list[Share]:
        """The rates, each with its numerator and denominator."""
        return [self._share(rate) for rate in RATES if rate.part in self.now and rate.whole in self.now]

    @property
    def leading(self) -> list[Number]:
        """The figures by which the size of all the others is judged."""
        return [self._number(key) for key in LEADING if key in self.now]

    @property
    def numbers(self) -> list[Number]:
        """The figures that neither lead nor are shown by a rate."""
        shown = {*LEADING, *(key for rate in RATES for key in (rate.part, rate.whole))}
        return [self._number(key) for key in self.now if key not in shown]

    @property
    def definitions(self) -> list:
        """The measures that are counted here, with their words."""
        return [measure for measure in MEASURES if measure.key in self.now]

    @property
    def unlinked(self) -> list[str]:
        """The names of the figures that lead to no list."""
        return [each.label for each in self.definitions if not of_period(each.key, 0, self.place, self.period).to]

    @property
    def few_days(self) -> bool:
        """Whether too few were answered to say how long it takes."""
        return self.days.cases < RATE_FROM

    @property
    def days_compare(self) -> bool:
        return not self.few_days and self.days_before.cases >= RATE_FROM

    def _share(self, rate):
        now, before = rate.of(self.now), rate.of(self.before)
        return Share(
            rate.label,
            BY_KEY[rate.part].label,
            of_period(rate.part, self.now[rate.part], self.place, self.period),
            BY_KEY[rate.whole].label,
            of_period(rate.whole, self.now[rate.whole], self.place, self.period),
            now,
            before if now is not None else None,
        )

    def _number(self, key):
        now, before = self.now[key], self.before[key]
        comparable = min(now, before) >= RATE_FROM
        return Number(BY_KEY[key].label, of_period(key, now, self.place, self.period), before if comparable else None)


def _of_organ(place):
    """Which figures are read: of all cases of the place's stations, or of one organ's parts wherever they are."""
    return (Q(), {"organ": place.pk}) if place.kind == ORGAN else (place.stations, {})


def told(place: Place, period: Period) -> Told:
    """The figures of a place in a period and in the one before; two queries, one for an organ."""
    stations, organ = _of_organ(place)
    (_before, before), (_now, now) = tallied.series(stations, period, 2, **organ)
    if organ:
        return Told(place, period, now, before, Days.of({}), Days.of({}))
    (_before, days_before), (_now, days) = tallied.days_series(stations, period, 2)
    return Told(place, period, now, before, days, days_before)


def unit_lines(place: Place, period: Period, found: Standing, below: list[Place]) -> list[Line]:
    """The units below a place, by code; one query, and one more where stations stand among them."""
    by_unit = {}
    if place.digits:
        by_unit = tallied.by_region(place.stations, period, digits=place.digits)
    alone = [unit for unit in below if unit.kind == "station"]
    if alone:
        by_station = tallied.by_station(Q(pk__in=[unit.pk for unit in alone]), period)
        by_unit |= {unit.key: by_station[unit.pk] for unit in alone if unit.pk in by_station}
    page = reverse("insights:dashboard")
    return [
        Line(
            unit.name,
            _cells(by_unit.get(unit.key, {}), COLUMNS, unit, period),
            now_figures(found.of(unit.key), **unit.filters),
            f"{page}?{urlencode({**unit.filters, 'period': period.code})}",
        )
        for unit in below
    ]


def topic_lines(place: Place, period: Period, found: Standing) -> list[Line]:
    """The topics of the first level, in their order, cases without one last; two queries."""
    by_topic = tallied.by_topic(place.stations, period)
    keys = {key for key in by_topic if any(by_topic[key].values())} | set(found.by_key)
    paths = dict(Category.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "path"))
    return [
        Line(
            paths.get(key, _("未分类")),
            _cells(by_topic.get(key, {}), COLUMNS, place, period, category=paths.get(key, NO_TOPIC)),
            now_figures(found.of(key), **place.filters, category=paths.get(key, NO_TOPIC)),
        )
        for key in sorted(keys, key=lambda key: (key is None, key or 0))
    ]


def organ_lines(place: Place, period: Period, holding: list, *, after: str, size: int) -> tuple[list[Line], str]:
    """A leaf of the organs that have or had cases of a place: those with most overdue now first, then by name.

    ``holding`` are the holders of its open cases. Returns the lines and the key behind which the next leaf begins; two
    queries.
    """
    by_organ = tallied.by_organ(place.stations, period)
    held = {holder.key.removeprefix("organ-"): holder for holder in holding if holder.kind == ORGAN}
    organs = list(
        Organ.objects.filter(Q(pk__in=by_organ) | Q(code__in=held)).only("code", "name").order_by("name", "pk")
    )
    organs.sort(key=lambda organ: -held[organ.code].late if organ.code in held else 0)
    shown, further = leaf_of_list(organs, after, by="code", size=size)
    return [
        _organ_line(place, period, organ, by_organ.get(organ.pk, {}), held.get(organ.code)) for organ in shown
    ], further


def _organ_line(place, period, organ, numbers, holder):
    now = {"open": holder.open, "soon": holder.soon, "overdue": holder.overdue} if holder else now_figures(Counts())
    return Line(organ.name, _cells(numbers, ORGAN_COLUMNS, place, period, organ=organ.code), now)


def _cells(numbers, columns, place, period, **filters):
    return [
        Cell(
            of_period(key, numbers.get(key, 0), place, period, **filters),
            RATE_BY_KEY[rate].of(numbers) if rate and numbers else None,
        )
        for key, rate in columns
    ]


def heads(columns) -> list[str]:
    """The names of a table's columns."""
    return [BY_KEY[key].label for key, _rate in columns]


@dataclass(frozen=True)
class TimeSeries:
    """Periods in a row: a line of the table for each, the newest first, and the charts."""

    lines: list[Line]
    heads: list[str]
    charts: list[tuple[str, Chart]]


def time_series(place: Place, period: Period) -> TimeSeries:
    """The last 12 months, 8 quarters or 5 years up to a period; two queries, one for an organ."""
    stations, organ = _of_organ(place)
    number = IN_A_ROW[period.kind]
    periods = tallied.series(stations, period, number, **organ)
    days = [] if organ else [days for _period, days in tallied.days_series(stations, period, number)]
    columns = ORGAN_COLUMNS if organ else COLUMNS
    lines = [Line(str(each), _cells(numbers, columns, place, each)) for each, numbers in periods]
    return TimeSeries(lines[::-1], heads(columns), _charts(periods, days, "dispatched" if organ else "received"))


def _charts(periods, days, coming):
    names = [_short(period) for period, _numbers in periods]
    numbers = [numbers for _period, numbers in periods]
    pieces, percent = _("件"), "%"
    counts = [Series(BY_KEY[key].label, [each[key] for each in numbers], pieces) for key in (coming, "answered")]
    rates = [rate for rate in ("in_time_rate", "satisfied_rate") if RATE_BY_KEY[rate].part in numbers[0]]
    shares = [
        Series(RATE_BY_KEY[rate].label, [RATE_BY_KEY[rate].of(each) for each in numbers], percent) for rate in rates
    ]
    charts = [
        ("counts", Chart(_("收到和答复的件数") if days else _("交办和答复的件数"), names, counts)),
        ("rates", Chart(_("%(names)s（%%）") % {"names": "、".join(str(one.label) for one in shares)}, names, shares, True, 100)),
    ]  # fmt: skip
    if days:
        spoken = [each.told for each in days]
        took = [
            Series(_("一半的意见"), [each.median for each in spoken], _("天")),
            Series(_("九成的意见"), [each.ninetieth for each in spoken], _("天")),
        ]
        charts.append(("days", Chart(_("从提交到第一次答复的天数"), names, took, of_lines=True)))
    return charts


def _short(period):
    """How a chart's axis calls a period."""
    return _("%(month)d月") % {"month": period.first_day.month} if period.kind == Kind.MONTH else period.code
