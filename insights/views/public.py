"""The statistics that everybody may read, as a page and as open data."""

import csv

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from insights import open_figures
from insights.period_form import StatisticsForm, areas_to_choose
from insights.tallied import told_from_to
from papers.sheet_files import BYTE_ORDER_MARK
from petitions.measures import BY_KEY

EXPLAINED = (
    "received", "due", "in_time", "late", "late_extended", "answered", "resolved", "in_progress", "planned", "not_feasible",
    "unstated", "rated", "satisfied",
)  # fmt: skip
FRESH_SECONDS = 300


def _asked(request):
    """The form of what the address asks for, the period and area that it chooses, and the moment of the figures."""
    first_day, at = told_from_to()
    areas = areas_to_choose(request.GET.get("area", ""))
    form = StatisticsForm(request.GET, today=timezone.localdate(), first_day=first_day, areas=areas)
    period, area = form.chosen
    return form, period, area, at


@require_safe
def public_statistics(request):
    """What was received, answered in time, solved and thought well of: by place, topic and month.

    422 for a period or place that cannot be read.
    """
    form, period, area, at = _asked(request)
    if not form.is_valid():
        return _misread(request, form)
    tables = open_figures.tables(area, period)
    context = {
        "form": form,
        "period": period,
        "area": area,
        **tables,
        "before": open_figures.whole(area, period.before),
        "months": tables["months"][::-1],
        "charts": open_figures.charts(tables["months"]),
        "explained": [BY_KEY[key] for key in EXPLAINED],
        "counted_at": at,
        "filters": urlencode({"period": period.code, "area": area}),
    }
    return render(request, "insights/public_statistics.html", context)


def _misread(request, form):
    """The page with its form and the sentence beside the field, and no figures."""
    return render(request, "insights/public_statistics.html", {"form": form}, status=form.http_status)


@require_safe
def open_data(request, kind):
    """One of the three tables as a CSV file; its heads are the page's words, explained there.

    422 and the page for a period or place that cannot be read.
    """
    if kind not in open_figures.KINDS:
        raise Http404
    form, period, area, at = _asked(request)
    if not form.is_valid():
        return _misread(request, form)
    as_of = timezone.localdate(at) if at else None
    name = "-".join(part for part in ("statistics", kind, period.code, area) if part)
    answer = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    patch_cache_control(answer, public=True, max_age=FRESH_SECONDS)
    writer = csv.writer(answer)
    writer.writerow(open_figures.csv_heads(kind))
    named, lines = (form.area_name, area), open_figures.KINDS[kind](area, period)
    writer.writerows(open_figures.csv_cells(kind, line, named, as_of) for line in lines)
    return answer
