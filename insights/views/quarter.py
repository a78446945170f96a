"""The quarterly summary of stations for the level above, on the page, as Excel and on paper."""

import datetime as dt

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from accounts.services import grants_of
from insights.forms import RegionFilter
from insights.listing import lines
from insights.permissions import WATCHING, watched_stations
from insights.quarter import COLUMNS, GROUPS, QUARTERS, RATE_FROM, Quarter, rows_of, summary, total
from insights.sheets import EXCEL, as_download, workbook
from insights.views.duty import years
from papers.typesetting import typeset
from workdays.services import spoken

A_PAGE = 50


@require_safe
@requires_role(*WATCHING)
def quarter(request):
    """A quarter's figures of the stations that one follows; each number leads to the rows that it counts."""
    asked, form = asked_quarter(request), _filter(request)
    rows = summary(form.found(), asked)
    shown, older = _leaf(rows, request.GET.get("after", ""))
    context = {
        "form": form,
        "quarter": asked,
        "quarters": QUARTERS,
        "years": years(),
        "groups": GROUPS,
        "columns": COLUMNS,
        "rows": shown,
        "total": total(rows),
        "count": len(rows),
        "rate_from": RATE_FROM,
        "is_running": asked.last >= timezone.localdate(),
    }
    return render(request, "insights/quarter.html", context | leaf_addresses(request, older))


@require_safe
@requires_role(*WATCHING)
def quarter_rows(request, code, column):
    """Exactly the rows that a number of the summary counts."""
    asked = asked_quarter(request)
    station = get_object_or_404(watched_stations(request.user), code=code)
    chosen = next((each for each in COLUMNS if each.key == column), None)
    if chosen is None:
        raise Http404
    context = {
        "quarter": asked,
        "station": station,
        "column": chosen,
        "lines": lines(rows_of(chosen, station, asked)),
    }
    return render(request, "insights/quarter_rows.html", context)


@require_safe
@requires_role(*WATCHING)
def quarter_xlsx(request):
    """The whole summary as an Excel file, with the sum as its last line."""
    asked = asked_quarter(request)
    rows = summary(_filter(request).found(), asked)
    heads = [
        _("联络站"),
        _("编号"),
        _("区划"),
        _("类型"),
        *(column.label for column in COLUMNS),
        _("进站率"),
        _("最近活动"),
    ]
    cells = [_cells(row, [row.station.code, row.station.region.name, row.station.get_tier_display()]) for row in rows]
    content = workbook(_("季度汇总"), heads, [*cells, _cells(total(rows), ["", "", ""])])
    return as_download(content, name=f"{asked}{_('联络站季度汇总')}.xlsx", kind=EXCEL)


@require_safe
@requires_role(*WATCHING)
def quarter_pdf(request):
    """The whole summary on paper, landscape, with the place for the seal."""
    asked, form = asked_quarter(request), _filter(request)
    rows = summary(form.found(), asked)
    data = {
        "title": _("人大代表联络站季度工作汇总表"),
        "period": f"{asked}（{spoken(asked.first)}—{spoken(asked.last)}）",
        "place": _place(request, form),
        "groups": [[str(group), len(columns)] for group, columns in GROUPS],
        "heads": [str(column.label) for column in COLUMNS],
        "rows": [[_on_paper(cell) for cell in _cells(row, [])] for row in [*rows, total(rows)]],
        "how": [f"{column.label}：{column.how}" for column in COLUMNS],
        "made_on": spoken(timezone.localdate()),
    }
    content = typeset("insights/typst/quarter.typ", data)
    return as_download(content, name=f"{asked}{_('联络站季度汇总')}.pdf", kind="application/pdf")


def asked_quarter(request) -> Quarter:
    """The quarter of the address (?year=2026&q=4), or the running one (Beijing) where it names none that there is."""
    running = Quarter.of(timezone.localdate())
    year, number = request.GET.get("year", ""), request.GET.get("q", "")
    known = year in {str(each) for each in years()} and number in {str(each) for each in QUARTERS}
    return Quarter(int(year), int(number)) if known else running


def _filter(request):
    return RegionFilter(request.GET, stations=watched_stations(request.user))


def _place(request, form):
    """The name of the place that the paper reports on: the one chosen, else the user's own."""
    chosen = form.cleaned_data.get("region") if form.is_valid() else ""
    own = "、".join(grant.region.name for grant in grants_of(request.user) if grant.region)
    return dict(form.fields["region"].choices).get(chosen) if chosen else own


def _leaf(rows, after):
    """A page of rows behind the station with a code, and the code of its last one when more follow."""
    codes = [row.station.code for row in rows]
    start = codes.index(after) + 1 if after in codes else 0
    shown = rows[start : start + A_PAGE]
    return shown, shown[-1].station.code if start + A_PAGE < len(rows) else ""


def _cells(row, facts):
    """A line of the ledger: name, facts, figures, rate, last activity."""
    name = row.station.name if row.station else _("合计")
    figures = [row.values[column.key] for column in COLUMNS]
    return [name, *facts, *figures, _rate(row), row.last_active_on or _("没有记录")]


def _on_paper(cell):
    return spoken(cell) if isinstance(cell, dt.date) else str(cell)


def _rate(row):
    return f"{row.rate}%" if row.rate is not None else f"{row.values['came']}/{row.values['grouped']}"
