"""The list of cases as a table file (CSV) that a spreadsheet opens; no identity, no words of residents but the title."""

import csv
from itertools import islice

from django.utils import timezone
from django.utils.translation import gettext as _

from petitions.pressing import attach_clocks

BATCH = 500
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Chinese as garbage
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Line:
    """What ``csv`` writes to: it hands the line back."""

    def write(self, line):
        return line


def ledger_lines(cases, *, user, calendar, today):
    """Yield the lines of the ledger of a queryset of cases, the header first."""
    writer = csv.writer(Line())
    yield BYTE_ORDER_MARK + writer.writerow(_header())
    rows = cases.select_related("station__region", "region", "category").iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        attach_clocks(batch, user, calendar, today)
        for case in batch:
            yield writer.writerow([_harmless(cell) for cell in _cells(case)])


def _header():
    return [
        _("编号"), _("标题"), _("状态"), _("办理结果"), _("等级"), _("性质"), _("轮次"), _("类别"), _("来源"), _("联络站"),
        _("乡镇"), _("事发区划"), _("提交时间"), _("受理时间"), _("办结时间"), _("当前事项"), _("当前由谁办理"), _("到期日"),
    ]  # fmt: skip


def _cells(case):
    clock = case.clock
    return [
        case.number,
        case.title,
        case.get_status_display(),
        case.get_outcome_display(),
        case.get_severity_display(),
        case.get_nature_display(),
        case.current_round,
        case.category or "",
        case.get_channel_display(),
        case.station,
        case.station.region,
        case.region,
        _moment(case.submitted_at),
        _moment(case.accepted_at),
        _moment(case.closed_at),
        clock.get_duty_display() if clock else "",
        (clock.owner or _("群众")) if clock else "",
        clock.due_on if clock else "",
    ]


def _moment(at):
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def _harmless(cell):
    """A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
