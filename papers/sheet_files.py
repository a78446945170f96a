"""A sheet as a file: CSV written by PostgreSQL's own COPY, an Excel book row by row, a PDF to be signed and sealed."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from typing import BinaryIO

import xlsxwriter
from django.db import connection
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from papers.sheets import CHUNK, Kind, Sheet, harmless, spelled
from papers.typesetting import typeset

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Chinese as garbage
# What a cell says is never run as a formula; rows are written as they come and not held.
SAFE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LONGEST_NAME = 31  # characters of a sheet's name
LONGEST_TEXT = 32767  # characters of a cell
MOST_ROWS = 1_048_000  # of an Excel sheet
HEAD = 2  # rows above the heads: title, and by what it was narrowed
DAY_ZERO, DAY_ZERO_ORDINAL = dt.datetime(1899, 12, 30), dt.date(1899, 12, 30).toordinal()  # noqa: DTZ001 (Excel's)
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
FORMATS = {
    Kind.TEXT: "@",
    Kind.NUMBER: "0",
    Kind.SHARE: "0%",
    Kind.DAY: "yyyy-mm-dd",
    Kind.TIME: "hh:mm",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
LEDGER = "papers/typst/ledger.typ"
UNBROKEN = re.compile(
    "[\u0021-\u024f]+"
)  # Latin letters, figures and their signs: between Chinese characters lines break
LONGEST_WORD = 20  # characters; the number of a case has 17


def write_csv(sheet: Sheet, target: BinaryIO) -> int:
    """Write a sheet as CSV (UTF-8 with a byte order mark) in constant memory; return the number of rows."""
    target.write((BYTE_ORDER_MARK + _line(sheet.heads)).encode())
    if not sheet.is_queried:
        for row in sheet.rows:
            target.write(_line([harmless(_plain(cell)) for cell in row]).encode())
        return len(sheet.rows)
    statement = sheet.statement(spelled)
    if statement is None:
        return 0
    with connection.cursor() as cursor:
        written = cursor.mogrify(*statement).decode()
        cursor.copy_expert(f"COPY ({written}) TO STDOUT (FORMAT csv)", target)
        return cursor.rowcount


def _line(cells):
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _plain(cell):
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, dt.time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float):
        return f"{cell:.0%}"
    return "" if cell is None else str(cell)


class Lines(Worksheet):
    """A sheet that takes whole rows: eight times as fast as cell by cell, and none of the cells can be a formula."""

    def write_lines(self, first: int, lines, styles: list[int], done: Callable[[int], None]) -> int:
        """Write rows of text, numbers and dates from row ``first`` (counted from 0) on; return how many they were.

        ``styles`` are the columns' formats by index. ``done`` is told how many rows are written, every two thousand.
        """
        self._write_single_row(first)
        write, number = self.row_data_fh.write, first
        starts = [(f'<c r="{xl_col_to_name(place)}', f'" s="{style}') for place, style in enumerate(styles)]
        for line in lines:
            number += 1
            cells = [
                self._cell(start, number, style, value) for (start, style), value in zip(starts, line, strict=True)
            ]
            write(f'<row r="{number}">{"".join(cells)}</row>')
            if (number - first) % CHUNK == 0:
                done(number - first)
        self._check_dimensions(max(number - 1, 0), len(styles) - 1)
        self.previous_row = number
        return number - first

    def _cell(self, start, number, style, value):
        if value is None or value == "":
            return ""
        if isinstance(value, str):
            # A lone > is harmless, ]]> is not: no reader of XML opens the book then.
            plain = "&" not in value and "<" not in value and ">" not in value and "_x" not in value
            if not (plain and value.isprintable()) or len(value) > LONGEST_TEXT:
                value = self._escape_data(self._escape_control_characters(value[:LONGEST_TEXT]))
            return f'{start}{number}{style}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
        if isinstance(value, dt.datetime):
            since = value - DAY_ZERO
            value = f"{since.days + since.seconds / 86400:.16G}"
        elif isinstance(value, dt.date):
            value = value.toordinal() - DAY_ZERO_ORDINAL
        elif isinstance(value, dt.time):
            value = f"{(value.hour * 60 + value.minute) / 1440:.16G}"
        return f'{start}{number}{style}"><v>{value}</v></c>'


def write_xlsx(sheet: Sheet, target: BinaryIO, *, under: str, done: Callable[[int], None] = lambda _rows: None) -> int:
    """Write a sheet as an Excel book in constant memory, ready to filter and to print on A4; return the number of rows.

    ``under`` is the line below the title. More than 1,048,000 rows raise ``OverflowError``, since no Excel sheet holds them.
    """
    with xlsxwriter.Workbook(target, SAFE) as book:
        page = book.add_worksheet(sheet.title[:LONGEST_NAME], Lines)
        _set_up(book, page, sheet, under)
        cells = {kind: book.add_format(_format(kind)) for kind in Kind}
        styles = [cells[column.kind]._get_xf_index() for column in sheet.columns]
        rows = page.write_lines(HEAD + 1, _as_many_as_fit(sheet.lines()), styles, done)
        page.autofilter(HEAD, 0, HEAD + rows, len(sheet.columns) - 1)
    return rows


def _format(kind):
    """How cells of a kind look: what is long stands on several lines, and no word of it is cut off in print."""
    return {"num_format": FORMATS[kind], "valign": "top", "text_wrap": kind == Kind.TEXT}


def _as_many_as_fit(lines):
    for number, line in enumerate(lines):
        if number == MOST_ROWS:
            raise OverflowError
        yield line


def _set_up(book, page, sheet, under):
    """Title, heads and the print set-up: A4 landscape, as wide as the paper, heads on every page, pages numbered."""
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEAD)
    page.set_footer("&L&A&R" + _("第 &P 页 共 &N 页"))
    page.freeze_panes(HEAD + 1, 1)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, 2 * column.width + 1)
    page.write_string(0, 0, sheet.title, book.add_format({"bold": True, "font_size": 14}))
    page.write_string(1, 0, under, book.add_format({"font_color": "#555555"}))
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7F1F1", "text_wrap": True, "valign": "top"})
    for place, name in enumerate(sheet.heads):
        page.write_string(HEAD, place, name, head)


def write_pdf(sheet: Sheet, target: BinaryIO, *, under: str, signatures: tuple[str, ...]) -> int:
    """Write a sheet as a PDF, A4 landscape, heads on every page, with lines to sign and room for the seal at its end."""
    shown = [place for place, column in enumerate(sheet.columns) if column.on_paper]
    rows = [[_plain(line[place]) for place in shown] for line in sheet.lines()]
    cells = zip(*rows, strict=True) if rows else [()] * len(shown)
    columns = [_on_paper(sheet.columns[place], below) for place, below in zip(shown, cells, strict=True)]
    data = {
        "title": sheet.title,
        "under": under,
        "columns": columns,
        "longest-word": LONGEST_WORD,
        "rows": rows,
        "signatures": [str(words) for words in signatures],
    }
    target.write(typeset(LEDGER, data))
    return len(rows)


def _on_paper(column, cells):
    """What the template has to know of a column; a word that is longer than any number breaks, and takes no room."""
    words = {word for cell in cells for word in UNBROKEN.findall(cell) if len(word) <= LONGEST_WORD}
    longest = max(words, key=len, default="")
    return {"head": str(column.label), "width": column.width, "longest": longest, "kind": column.kind.value}
