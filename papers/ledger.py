"""The ledger of papers (公文台账) as an Excel file; numbers and dates only, no body of a paper."""

import tempfile

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Paper

BATCH = 2000
WIDTHS = (28, 16, 44, 30, 30, 22, 14, 14)  # characters


def write_ledger(papers):
    """Return an open temporary file, at its beginning, with a line for each paper of a queryset.

    Text stays text: a title that begins with an equals sign is no formula. Row by row, so that a big ledger needs no memory.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer that sends it closes it)
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
    )
    sheet = book.add_worksheet(_("公文台账"))
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    for column, head in enumerate(_heads()):
        sheet.write_string(0, column, head, bold)
    rows = papers.select_related("office").annotate_acknowledged().iterator(chunk_size=BATCH)
    for line, paper in enumerate(rows, start=1):
        for column, text in enumerate(_texts(paper)):
            sheet.write_string(line, column, text)
        sheet.write_datetime(line, len(WIDTHS) - 2, timezone.localdate(paper.issued_at))
        if paper.acknowledged_at:
            sheet.write_datetime(line, len(WIDTHS) - 1, timezone.localdate(paper.acknowledged_at))
    book.close()
    file.seek(0)
    return file


def _heads():
    return [
        _("文号"), _("文种"), _("标题"), _("发文单位"), _("主送"), _("意见编号"), _("发文日期"), _("回执日期"),
    ]  # fmt: skip


def _texts(paper: Paper) -> list[str]:
    kind = paper.get_kind_display()
    return [paper.number, kind, paper.title, paper.office_name, paper.addressee, paper.case_number]
