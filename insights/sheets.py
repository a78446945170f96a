"""Ledgers as Excel files: text stays text, so that nothing a resident wrote is ever reckoned as a formula."""

import datetime as dt
import io
from collections.abc import Iterable

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 40  # characters of a column


def workbook(title: str, heads: list[str], rows: Iterable[list]) -> bytes:
    """Return an Excel file of one sheet: a head, and a line for each row of texts, whole numbers and dates."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    widths = []
    for column, head in enumerate(heads):
        sheet.write_string(0, column, str(head), bold)
        widths.append(len(str(head)))
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _write(sheet, number, column, cell)
            widths[column] = max(widths[column], len(str(cell)))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(2 * width + 2, WIDEST))
    book.close()
    return file.getvalue()


def _write(sheet, number, column, cell):
    if isinstance(cell, int):
        sheet.write_number(number, column, cell)
    elif isinstance(cell, dt.date):
        sheet.write_datetime(number, column, cell)
    else:
        sheet.write_string(number, column, str(cell))


def as_download(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """A file that no cache keeps."""
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)
