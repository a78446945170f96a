"""The quarterly summary as a ledger for the level above: a line for each station, the sum last, on paper with a seal."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.services import grants_of
from insights.duty_ledger import years
from insights.forms import QuarterFilter, QuarterOfRegionFilter, RegionFilter
from insights.permissions import WATCHING, watched_stations
from insights.quarter import COLUMNS, GROUPS, Quarter, summary, total
from papers.sheets import Column, Kind, Ledger, Sheet, check_filters, spoken_filters
from workdays.services import spoken


def ask(user, asked):
    """The stations of the page with a quarter's figures, by place and code, and the sum of them."""
    quarter, form = _asked_quarter(asked), filter_of(user, asked)
    columns = [
        Column(_("联络站"), width=14),
        Column(_("编号"), width=8),
        Column(_("区划"), width=8),
        Column(_("类型"), width=6),
        *(Column(column.label, kind=Kind.NUMBER, width=4) for column in COLUMNS),
        Column(_("进站率"), kind=Kind.SHARE, width=4),
        Column(_("最近活动"), kind=Kind.DAY, width=6),
    ]
    rows = summary(form.found(), quarter)
    lines = [
        _line(row, [row.station.code, row.station.region.name, str(row.station.get_tier_display())]) for row in rows
    ]
    title = _("%(quarter)s联络站季度汇总") % {"quarter": quarter}
    return Sheet(title, columns, [*lines, _line(total(rows), ["", "", ""])], spoken_filters(form))


def on_paper(user, asked, _under):
    """The same figures on paper, landscape, with how they are counted and the place for the seal."""
    quarter, form = _asked_quarter(asked), filter_of(user, asked)
    rows = summary(form.found(), quarter)
    return "insights/typst/quarter.typ", {
        "title": _("人大代表联络站季度工作汇总表"),
        "period": f"{quarter}（{spoken(quarter.first)}—{spoken(quarter.last)}）",
        "place": _place(user, form),
        "groups": [[str(group), len(columns)] for group, columns in GROUPS],
        "heads": [str(column.label) for column in COLUMNS],
        "rows": [[_printed(cell) for cell in _line(row, [])] for row in [*rows, total(rows)]],
        "how": [f"{column.label}：{column.how}" for column in COLUMNS],
        "made_on": spoken(timezone.localdate()),
    }


def quarter_filter(asked) -> QuarterFilter:
    """The form that chooses the quarter of an address (?year=2026&q=4), or the running one (Beijing)."""
    return QuarterFilter(asked, **_quarters())


def page_filter(user, asked) -> QuarterOfRegionFilter:
    """The form of the page: the quarter, and the place of the stations that a user follows."""
    return QuarterOfRegionFilter(asked, **_quarters(), stations=watched_stations(user))


def _quarters():
    return {"years": years(), "running": Quarter.of(timezone.localdate())}


def _asked_quarter(asked):
    form = quarter_filter(asked)
    check_filters(form)
    return form.chosen


def filter_of(user, asked) -> RegionFilter:
    """The form that narrows the stations that a user follows."""
    return RegionFilter(asked, stations=watched_stations(user))


def of_quarter(first: dt.date, last: dt.date) -> dict[str, str]:
    """The filters of the page for the last quarter of a span of days that has begun."""
    quarter = Quarter.of(max(first, min(last, timezone.localdate())))
    return {"year": str(quarter.year), "q": str(quarter.number)}


def _place(user, form):
    """The name of the place that the paper reports on: the one chosen, else the user's own."""
    chosen = form.cleaned_data.get("region") if form.is_valid() else ""
    own = "、".join(grant.region.name for grant in grants_of(user) if grant.region)
    return dict(form.fields["region"].choices).get(chosen) if chosen else own


def _line(row, facts):
    """A line: name, facts, figures, rate (counts where there are too few for one), last activity."""
    name = row.station.name if row.station else _("合计")
    figures = [row.values[column.key] for column in COLUMNS]
    came = row.rate / 100 if row.rate is not None else f"{row.values['came']}/{row.values['grouped']}"
    return (name, *facts, *figures, came, row.last_active_on or _("没有记录"))


def _printed(cell):
    if isinstance(cell, dt.date):
        return spoken(cell)
    return f"{cell:.0%}" if isinstance(cell, float) else str(cell)


SUMMARY = Ledger(
    key="quarter",
    title=gettext_lazy("联络站季度汇总"),
    about=gettext_lazy("各联络站一个季度的接待日、代表到岗、群众来访和自查，报给上一级。"),
    ask=ask,
    page="insights:quarter",
    roles=WATCHING,
    during=of_quarter,
    paper=on_paper,
)
