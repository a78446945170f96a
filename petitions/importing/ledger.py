"""Reading a ledger file, CSV or xlsx, into rows with one set of column names."""

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

COLUMNS = {
    "id": ("id", "编号", "外部编号"),
    "title": ("title", "标题"),
    "body": ("body", "内容"),
    "submitted_at": ("submitted_at", "提交时间"),
    "category": ("category_l1", "category", "类别"),
    "reply": ("reply", "答复"),
    "replied_at": ("replied_at", "答复时间"),
    "station": ("station", "联络站编号"),
    "region": ("region", "区划代码"),
    "name": ("name", "姓名"),
    "phone": ("phone", "电话"),
}
REQUIRED = ("id", "title", "body", "submitted_at")
ENCODINGS = ("utf-8-sig", "gb18030")
MOST_BYTES = 100 * 1024 * 1024
# Sheets of real ledgers shrink to a tenth; what shrinks to a two-hundredth was made to fill the memory.
MOST_UNPACKED = 500 * 1024 * 1024
MOST_RATIO = 200
SMALL = 5 * 1024 * 1024


class LedgerError(Exception):
    """A file that cannot be read as a ledger; the text is a Chinese sentence for the clerk."""


def read_ledger(path: Path) -> list[tuple[int, dict]]:
    """Return ``(row number, row)`` of every row that is not empty; row 1 is the header, as a spreadsheet counts.

    A row has the keys of ``COLUMNS``; a column that the file does not have is an empty text. CSV may be UTF-8 (with or
    without a byte order mark) or GB18030; of an xlsx file the first sheet is read. Raises LedgerError for a file that
    is missing, too large (100 MB), of another kind, packed suspiciously, or without the required columns.
    """
    if not path.is_file():
        raise LedgerError(_("找不到文件%(path)s。") % {"path": path})
    if path.stat().st_size > MOST_BYTES:
        raise LedgerError(_("文件超过100 MB，请分成几份导入。"))
    kinds = {".csv": _csv_rows, ".xlsx": _xlsx_rows}
    if path.suffix.lower() not in kinds:
        raise LedgerError(_("只能导入CSV或xlsx文件；其他格式请先在表格软件中另存为xlsx。"))
    rows = kinds[path.suffix.lower()](path)
    wanted = _columns(next(rows, ()))
    named = (
        (number, {name: _cell(row, place) for name, place in wanted.items()}) for number, row in enumerate(rows, 2)
    )
    return [(number, row) for number, row in named if any(value != "" for value in row.values())]


def _columns(header) -> dict[str, int | None]:
    """Where each of our columns stands in the file, None where it does not."""
    found = [str(cell or "").strip().lower() for cell in header]
    places = {
        name: next((found.index(spelling) for spelling in spellings if spelling in found), None)
        for name, spellings in COLUMNS.items()
    }
    missing = [COLUMNS[name][1] for name in REQUIRED if places[name] is None]
    if missing:
        raise LedgerError(_("表头缺少：%(columns)s。") % {"columns": "、".join(missing)})
    return places


def _cell(row, place):
    value = row[place] if place is not None and place < len(row) else None
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        # Spreadsheets keep numbers such as 66304 as 66304.0.
        return str(int(value))
    return value.strip() if isinstance(value, str) else value


def _csv_rows(path):
    raw = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        csv.field_size_limit(MOST_BYTES)
        return _csv_records(text)
    raise LedgerError(_("文件不是UTF-8或GB18030编码，请另存为UTF-8编码的CSV。"))


def _csv_records(text):
    try:
        yield from csv.reader(io.StringIO(text, newline=""))
    except csv.Error as error:
        raise LedgerError(_("文件不是正确的CSV：%(why)s。") % {"why": error}) from None


def _xlsx_rows(path):
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile:
        raise LedgerError(_("文件不是正确的xlsx，可能已损坏。")) from None
    if unpacked > MOST_UNPACKED or unpacked > max(SMALL, MOST_RATIO * path.stat().st_size):
        raise LedgerError(_("xlsx文件解压后异常庞大，为安全起见没有读取。"))
    if not openpyxl.DEFUSEDXML or openpyxl.LXML:
        raise LedgerError(_("缺少defusedxml，不能安全地读取xlsx。"))
    return _xlsx_records(path)


def _xlsx_records(path):
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        yield from book.worksheets[0].iter_rows(values_only=True)
        book.close()
    except (InvalidFileException, KeyError, ValueError, IndexError, SyntaxError, zipfile.BadZipFile) as error:
        raise LedgerError(_("xlsx文件无法读取：%(why)s。") % {"why": error}) from None
