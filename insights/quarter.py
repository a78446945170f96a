"""The quarterly summary of stations for the level above: every column is one condition on rows, which a list shows.

Counted from events when the page is opened; nothing is typed in, nothing is ranked.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deputies.models import Appointment, Membership, Note, Reception, Turn
from insights.activity import last_activity
from petitions.measures import RATE_FROM
from stations.models import Finding, Inspection

QUARTERS = range(1, 5)
A_HUNDRED = 100


@dataclass(frozen=True)
class Quarter:
    """Three calendar months of Beijing time, 1 to 4."""

    year: int
    number: int

    MONTHS: ClassVar[int] = 3

    def __str__(self):
        return gettext("%(year)s年第%(number)s季度") % {"year": self.year, "number": self.number}

    @classmethod
    def of(cls, day: dt.date):
        return cls(day.year, (day.month - 1) // cls.MONTHS + 1)

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, (self.number - 1) * self.MONTHS + 1, 1)

    @property
    def last(self) -> dt.date:
        return self.after.first - dt.timedelta(days=1)

    @property
    def before(self):
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def after(self):
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def span(self) -> tuple[dt.date, dt.date]:
        return self.first, self.last


@dataclass(frozen=True)
class Column:
    """A figure of a station: its words, how it is counted, the rows it counts, and the way from them to the station.

    ``listed`` says whether the number is the number of those rows.
    """

    key: str
    label: str
    how: str
    rows: Callable
    station: str = "station"
    count: object = Count("pk")
    listed: bool = True

    def counts(self, stations, quarter):
        """Its figures as rows of station, key and number, for those of ``stations`` that have any."""
        rows = self.rows(quarter).filter(**{f"{self.station}__in": stations.values("pk")}).order_by()
        figures = rows.values(self.station).annotate(column=Value(self.key), figure=self.count)
        return figures.values_list(self.station, "column", "figure")


def _receptions(quarter):
    return Reception.objects.filter(date__range=quarter.span)


def _in_time(quarter):
    return _receptions(quarter).filter(published_at__date__lte=F("publish_clock__due_on"))


def _turns(quarter):
    return Turn.objects.filter(reception__date__range=quarter.span)


def _on_duty(quarter):
    return _turns(quarter).filter(planned=True, reception__cancelled_at=None)


def _present(quarter):
    return _turns(quarter).filter(present_at__isnull=False)


def _grouped(quarter):
    return Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=quarter.first), starts_on__lte=quarter.last)


def _came(quarter):
    return _grouped(quarter).filter(_attended(*quarter.span))


def _never_this_year(quarter):
    grouped = Membership.objects.on(quarter.last)
    return grouped.exclude(_attended(dt.date(quarter.year, 1, 1), quarter.last))


def _attended(first, last):
    """The condition of memberships whose deputy was present at that station within a span of days."""
    turns = Turn.objects.filter(present_at__isnull=False, reception__date__range=(first, last))
    return Exists(turns.filter(deputy=OuterRef("deputy"), reception__station=OuterRef("station")))


def _notes(quarter):
    return Note.objects.filter(reception__date__range=quarter.span)


def _appointments(quarter):
    return Appointment.objects.standing().filter(reception__date__range=quarter.span)


def _inspections(quarter):
    return Inspection.objects.filter(inspected_on__range=quarter.span)


def _open_findings(quarter):
    return Finding.objects.open().filter(inspection__inspected_on__lte=quarter.last)


THE_DAY = "reception__station"
PERSON = Count("deputy", distinct=True)
GROUPS = [
    (
        _("接待日"),
        [
            Column("planned", _("安排"), _("日期在本季度的接待日，包括后来取消的。"), _receptions),
            Column("in_time", _("按时公布"), _("在公布期限当天或之前公布的；没有期限记录的不算。"), _in_time),
            Column("held", _("开展"), _("已经形成小结的接待日。"), lambda quarter: _receptions(quarter).held()),
            Column(
                "cancelled",
                _("取消"),
                _("安排后取消的接待日。"),
                lambda quarter: _receptions(quarter).exclude(cancelled_at=None),
            ),
            Column(
                "weeks",
                _("接待周数"),
                _("有接待日形成小结的周，一周几次算一周；一个季度共13周左右。"),
                lambda quarter: _receptions(quarter).held(),
                count=Count(TruncWeek("date"), distinct=True),
                listed=False,
            ),
        ],
    ),
    (
        _("代表"),
        [
            Column("on_duty", _("排班人次"), _("没有取消的接待日轮值表上的代表，一天一次。"), _on_duty, THE_DAY),
            Column("present", _("到岗人次"), _("在接待日登记到岗的代表，包括没有排班而来的。"), _present, THE_DAY),
            Column("grouped", _("编组代表"), _("本季度编在本站的代表，一人只数一次。"), _grouped, count=PERSON),
            Column("came", _("进站代表"), _("其中本季度在本站至少到岗一次的。"), _came, count=PERSON),
            Column(
                "never",
                _("未进站"),
                _("季末编在本站、从年初到季末还没有在本站到岗过的代表。"),
                _never_this_year,
                count=PERSON,
            ),
        ],
    ),
    (
        _("群众"),
        [
            Column("visitors", _("来访人数"), _("接待记录里的来访人数之和。"), _notes, THE_DAY, Sum("visitors"), False),
            Column("matters", _("反映事项"), _("接待记录条数，一事一条。"), _notes, THE_DAY),
            Column(
                "answered",
                _("当场答复"),
                _("其中当场答复的。"),
                lambda quarter: _notes(quarter).filter(outcome=Note.Outcome.ANSWERED),
                THE_DAY,
            ),
            Column(
                "petitions",
                _("转为意见"),
                _("其中已经转为群众意见办理的。"),
                lambda quarter: _notes(quarter).filter(petition__isnull=False),
                THE_DAY,
            ),
            Column("appointments", _("预约"), _("没有取消的预约。"), _appointments, THE_DAY),
        ],
    ),
    (
        _("自查"),
        [
            Column("inspections", _("次数"), _("本季度登记的自查。"), _inspections),
            Column(
                "findings",
                _("待整改"),
                _("季末以前自查发现、到打开本页时还没有整改的。"),
                _open_findings,
                "inspection__station",
            ),
        ],
    ),
]
COLUMNS = [column for _group, columns in GROUPS for column in columns]


@dataclass(frozen=True)
class Row:
    """A station's figures by column, and the date of its last activity (None: there is no record)."""

    station: object
    values: dict
    last_active_on: dt.date | None

    @property
    def rate(self) -> int | None:
        """Deputies who came, in per cent of those grouped (进站率); None below five."""
        grouped = self.values["grouped"]
        return round(A_HUNDRED * self.values["came"] / grouped) if grouped >= RATE_FROM else None

    @property
    def cells(self) -> list:
        """Columns with their values, in order."""
        return [(column, self.values[column.key]) for column in COLUMNS]


def summary(stations, quarter: Quarter) -> list[Row]:
    """A row for each station of a queryset, by place and code; two queries."""
    first, *others = [column.counts(stations, quarter) for column in COLUMNS]
    figures = {(station, key): figure for station, key, figure in first.union(*others, all=True)}
    found = stations.annotate(last_active_on=last_activity()).select_related("region").order_by("region_id", "code")
    return [
        Row(station, {each.key: figures.get((station.pk, each.key), 0) for each in COLUMNS}, station.last_active_on)
        for station in found
    ]


def total(rows: list[Row]) -> Row:
    """The sum of the rows; a deputy grouped in two stations counts in both."""
    values = {column.key: sum(row.values[column.key] for row in rows) for column in COLUMNS}
    return Row(None, values, max((row.last_active_on for row in rows if row.last_active_on), default=None))


def rows_of(column: Column, station, quarter: Quarter):
    """Exactly the rows that a column counts for a station; each deputy once where it counts persons."""
    rows = column.rows(quarter).filter(**{column.station: station})
    return rows.order_by("deputy_id").distinct("deputy_id") if column.count is PERSON else rows
