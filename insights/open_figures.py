"""The statistics that everybody may read: by place, topic and month, from the kept figures; no deputy, no person."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights import tallied
from insights.charts import Chart, Series
from insights.counting import ended_at
from insights.kept import kept_until_counted
from insights.tallied import Days
from papers.sheets import harmless
from petitions.measures import RATE_FROM, RATES
from petitions.models import Category
from petitions.periods import Period
from stations.models import COUNTY_DIGITS, TOWNSHIP_DIGITS, Region

MONTHS = 12
NO_DAYS = Days(0, None, None)
BY_KEY = {rate.key: rate for rate in RATES}
UNSOLVED = ("in_progress", "planned", "not_feasible")


@dataclass(frozen=True)
class Line:
    """A place, a topic or a month with its figures of a period.

    ``code`` is that of the region or the month, of a topic its path; ``opens`` tells that the page shows it by itself.
    """

    name: str
    period: Period
    figures: dict[str, int]
    took: Days = NO_DAYS
    code: str = ""
    opens: bool = False

    @property
    def rates(self) -> dict[str, float | None]:
        """Per cent by the key of the rate; None where fewer than five are counted."""
        return {key: rate.of(self.figures) for key, rate in BY_KEY.items()}

    @property
    def days(self) -> Days:
        """How long the first answer took, without days where fewer than five are counted."""
        return self.took.told

    @property
    def may_be_compared(self) -> bool:
        """Whether enough was received to be set beside another period."""
        return self.figures["received"] >= RATE_FROM

    @property
    def unsolved(self) -> int:
        """Those whose last answer did not solve the matter."""
        return sum(self.figures[key] for key in UNSOLVED)

    @property
    def resolved_of_stated(self) -> float | None:
        """Per cent solved of the answers that state an outcome; None where fewer than five do."""
        stated = self.figures["answered"] - self.figures["unstated"]
        return BY_KEY["resolved_rate"].of({"resolved": self.figures["resolved"], "answered": stated})


def within(place: str) -> Q:
    """The condition of the stations of a place by its code; all of them without one."""
    return Q(region__code__startswith=place) if place else Q()


def tables(place: str, period: Period) -> dict[str, Line | list[Line]]:
    """A place in a period, and its areas, topics and months; kept until figures are counted again.

    Of a whole city a count takes half a second, which every reader would wait for.
    """

    def count():
        return {"whole": whole(place, period)} | {kind: lines(place, period) for kind, lines in KINDS.items()}

    return kept_until_counted(f"open:{place}:{period.code}:{timezone.localdate()}", ended_at, count)


def whole(place: str, period: Period) -> Line:
    """All of a place in a period; two queries."""
    stations = within(place)
    return Line("", period, tallied.figures(stations, period), tallied.days(stations, period))


def by_area(place: str, period: Period) -> list[Line]:
    """The counties, or of a county the townships, by code; none of a township. Three queries."""
    digits = TOWNSHIP_DIGITS if place else COUNTY_DIGITS
    if len(place) >= TOWNSHIP_DIGITS:
        return []
    stations = within(place)
    found = tallied.by_region(stations, period, digits=digits)
    days = tallied.days_by_region(stations, period, digits=digits)
    names = dict(Region.objects.filter(pk__in=found).values_list("pk", "name"))
    return [
        Line(names.get(code, code), period, found[code], days.get(code, NO_DAYS), code, opens=True)
        for code in sorted(found)
    ]


def by_topic(place: str, period: Period) -> list[Line]:
    """The first-level topics in their order, cases without one last; three queries."""
    stations = within(place)
    found, days = tallied.by_topic(stations, period), tallied.days_by_topic(stations, period)
    topics = {None: Category(name=_("未分类"))} | Category.objects.in_bulk([key for key in found if key])
    return [
        Line(topics[key].name, period, found[key], days.get(key, NO_DAYS), topics[key].path)
        for key in sorted(found, key=lambda key: (key is None, key))
    ]


def by_month(place: str, period: Period) -> list[Line]:
    """The twelve months up to the last one of a period that has begun, the oldest first; two queries."""
    stations, last = within(place), Period.of("month", min(period.last_day, timezone.localdate()))
    days = dict(tallied.days_series(stations, last, MONTHS))
    return [
        Line(str(month), month, figures, days[month], month.code)
        for month, figures in tallied.series(stations, last, MONTHS)
    ]


def charts(months: list[Line]) -> list[tuple[str, Chart]]:
    """What came in and was answered month by month, and the shares that were in time, solved and thought well of."""
    names = [_("%(month)d月") % {"month": int(line.code[-2:])} for line in months]
    counts = [
        Series(_("收到"), [line.figures["received"] for line in months], _("件")),
        Series(_("答复"), [line.figures["answered"] for line in months], _("件")),
    ]
    shares = [
        Series(_("按时答复率"), [line.rates["in_time_rate"] for line in months], "%"),
        Series(_("满意率"), [line.rates["satisfied_rate"] for line in months], "%"),
    ]
    return [
        ("counts", Chart(_("每月收到和答复的件数"), names, counts)),
        ("rates", Chart(_("每月按时答复率和满意率（%）"), names, shares, of_lines=True, top=100)),
    ]


KINDS = {"areas": by_area, "topics": by_topic, "months": by_month}
HEADS = {"areas": gettext_lazy("地区"), "topics": gettext_lazy("类别"), "months": gettext_lazy("月份")}
# What an open data file says of each line: the head, and the key of the figure or rate beneath it.
COLUMNS = (
    (gettext_lazy("收到"), "received"), (gettext_lazy("到期应答复"), "due"), (gettext_lazy("按时答复"), "in_time"),
    (gettext_lazy("按时答复率（%）"), "in_time_rate"), (gettext_lazy("未按时答复"), "late"),
    (gettext_lazy("延期后仍未按时"), "late_extended"), (gettext_lazy("答复"), "answered"),
    (gettext_lazy("已解决"), "resolved"), (gettext_lazy("解决率（%）"), "resolved_rate"),
    (gettext_lazy("正在解决"), "in_progress"), (gettext_lazy("列入计划"), "planned"),
    (gettext_lazy("暂不能解决"), "not_feasible"), (gettext_lazy("未写明结果"), "unstated"),
    (gettext_lazy("已评价"), "rated"), (gettext_lazy("评价率（%）"), "rated_rate"), (gettext_lazy("满意"), "satisfied"),
    (gettext_lazy("基本满意"), "basically"), (gettext_lazy("不满意"), "dissatisfied"),
    (gettext_lazy("满意率（%）"), "satisfied_rate"),
)  # fmt: skip


def csv_heads(kind: str) -> list[str]:
    """The heads of an open data file; those of topics and months say which area their lines are of."""
    of = [] if kind == "areas" else [_("地区"), _("地区代码")]
    about = [HEADS[kind], _("代码"), *of, _("时段"), _("截至日期")]
    return [*about, *(label for label, _key in COLUMNS), _("答复天数中位数")]


def csv_cells(kind: str, line: Line, area: tuple[str, str], as_of: dt.date | None) -> list:
    """A line of an open data file, counted on a day (Beijing); what is not known, or of fewer than five, is empty.

    ``area`` is the name and the code of the place that the file is of.
    """
    numbers = line.figures | line.rates
    of = () if kind == "areas" else area
    about = [harmless(line.name), harmless(line.code), *of, line.period.code, as_of]
    return [*about, *(numbers[key] for _label, key in COLUMNS), line.days.median]
