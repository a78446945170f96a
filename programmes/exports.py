"""The list of items as an .xlsx file: the supervision ledger with its strike-offs (督查台账、销号)."""

import tempfile

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.models import office_name

CHUNK = 1000
# What a cell says is never run as a formula; rows are written as they come and not held.
SAFE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = (40, 26, 26, 10, 8, 12, 10, 10, 12, 12, 12, 40)


def items_book(items, *, today):
    """Return an open temporary file with the items of a queryset, one a row, in their order; ``today`` is a Beijing date."""
    rows = items.order_by("due_on", "pk").select_related(
        "region", "owner_organ", "owner_station", "owner_region", "programme", "activity", "meeting", "finding"
    )
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response reads and closes it)
    with xlsxwriter.Workbook(target, SAFE) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet(_("督查台账"))
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        sheet.write_row(0, 0, _header(), bold)
        for number, item in enumerate(rows.iterator(chunk_size=CHUNK), 1):
            for place, cell in enumerate(_cells(item, today)):
                sheet.write_string(number, place, cell)
        sheet.freeze_panes(1, 1)
    target.seek(0)
    return target


def _header():
    return [
        _("事项"), _("来源"), _("办理单位"), _("性质"), _("等级"), _("督办单位"), _("状态"), _("逾期"),
        _("完成期限"), _("报告日期"), _("销号日期"), _("完成情况"),
    ]  # fmt: skip


def _cells(item, today):
    late = item.status in (item.Status.OPEN, item.Status.OBJECTED) and item.due_on < today
    return [
        item.title,
        str(item.programme or item.activity or item.meeting or _("联络站自查")),
        item.owner_name,
        str(item.get_kind_display()),
        str(item.get_severity_display()),
        office_name(item.region),
        str(item.get_status_display()),
        _("是") if late else "",
        item.due_on.isoformat(),
        _day(item.reported_at),
        _day(item.settled_at),
        item.report,
    ]


def _day(moment):
    return timezone.localdate(moment).isoformat() if moment else ""
