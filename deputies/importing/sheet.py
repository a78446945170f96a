"""Reading a deputies' sheet (.xlsx) into rows of plain text, with what is wrong with its cells.

openpyxl is loaded where a sheet is read: 18 MiB that most processes never need.
"""

import datetime as dt
import logging
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

log = logging.getLogger(__name__)

# Our names, and other headings under which offices keep the same.
COLUMNS = {
    "name": ("姓名", "代表姓名"),
    "gender": ("性别",),
    "code": ("编号", "代表编号"),
    "level": ("层级", "代表层级"),
    "constituency": ("选举单位", "选举单位（选区）", "选区"),
    "term": ("届次",),
    "starts_on": ("开始日期", "任职开始日期"),
    "ends_on": ("结束日期", "任职结束日期"),
    "phone": ("联系电话", "电话", "手机号"),
    "station": ("联络站", "联络站编号", "联络站名称"),
    "group": ("代表小组", "小组"),
    "grouped_on": ("编组开始日期", "编组日期"),
}
REQUIRED = ("name", "level", "constituency", "term", "starts_on")
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
LAST_ROW = 1_048_576  # of an .xlsx sheet
# Real sheets shrink to a tenth; what shrinks to a hundredth was made to fill the memory.
MOST_RATIO = 100
MOST_UNPACKED = 100 * 1024 * 1024
SMALL = 5 * 1024 * 1024
HEADER_WITHIN = 10  # rows: a sheet may begin with a title and a date
MOST_COLUMNS = 60
LONGEST_CELL = 200
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
BROKEN = gettext_lazy("文件无法读取，可能已损坏；请在表格软件中打开，另存为xlsx后再试。")
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"


class SheetError(Exception):
    """A file that cannot be read as a list of deputies; the text is a Chinese sentence for the clerk."""


@dataclass(frozen=True)
class Row:
    """A row as it was read: ``number`` as the spreadsheet counts, every cell as text, dates as 2026-03-05."""

    number: int
    cells: dict[str, str]
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """The rows that are not empty, and remarks on what of the file was not read."""

    rows: list[Row]
    remarks: list[str]


def read_sheet(file: BinaryIO) -> Sheet:
    """Read the first visible sheet of an .xlsx file; headings may stand in any order within its first ten rows.

    Formulas, error values and merged cells are faults of their rows. Raises SheetError for a file over 5 MB, over 5,000
    rows, of another kind, packed suspiciously, empty, or without the required columns.
    """
    import openpyxl

    _check_package(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=False)
        seen = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not seen:
            raise SheetError(_("文件里没有可见的工作表。"))
        merged = _merged_cells(file, seen[0])
        rows = _rows(seen[0], merged)
        remarks = _unread(book.worksheets, seen[0])
        book.close()
    except SheetError:
        raise
    except Exception as error:
        # There is hardly an error that a damaged or forged file does not bring out of its parts.
        log.warning("a sheet of deputies cannot be read: %s", type(error).__name__)
        raise SheetError(BROKEN) from None
    return Sheet(rows=rows, remarks=remarks)


def _check_package(file):
    import openpyxl

    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size == 0:
        raise SheetError(_("文件是空的。"))
    if size > MOST_BYTES:
        raise SheetError(_("文件超过5 MB，请分成几份导入。"))
    if file.read(4) == OLD_OR_LOCKED:
        raise SheetError(_("这是旧版xls或设有打开密码的文件，请另存为不带密码的xlsx。"))
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile:
        raise SheetError(_("只能导入xlsx文件；其他格式请先在表格软件中另存为xlsx。")) from None
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or unpacked > max(SMALL, MOST_RATIO * size):
        raise SheetError(_("文件解压后异常庞大，为安全起见没有读取。"))
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise SheetError(_("只能导入xlsx文件；其他格式请先在表格软件中另存为xlsx。"))
    if not openpyxl.DEFUSEDXML or openpyxl.LXML:
        raise SheetError(_("缺少defusedxml，不能安全地读取xlsx。"))


def _merged_cells(file, sheet):
    """``(first row, last row, first column, last column, A1:B2)`` of each merged range; read-only sheets hide them."""
    from openpyxl.utils import range_boundaries

    with zipfile.ZipFile(file) as packed:
        source = packed.read(sheet._worksheet_path)
    ranges = []
    for found in MERGED.findall(source)[:MOST_ROWS]:
        name = found.decode()
        left, top, right, bottom = range_boundaries(name)
        ranges.append((top, bottom, left, right, name))
    return ranges


def _unread(sheets, read):
    remarks = []
    hidden = [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]
    # The template's own help is not meant to be read: to remark on it would alarm whoever did as told.
    known = {read.title, _("示例和说明"), _("联络站编号")}
    other = [sheet.title for sheet in sheets if sheet.sheet_state == "visible" and sheet.title not in known]
    if hidden:
        remarks.append(_("隐藏的工作表没有读取：%(names)s。") % {"names": "、".join(hidden)})
    if other:
        remarks.append(
            _("只读取了工作表“%(read)s”，没有读取：%(names)s。") % {"read": read.title, "names": "、".join(other)}
        )
    return remarks


def _rows(sheet, merged):
    # What the file says of its own size is often wrong.
    sheet.reset_dimensions()
    records = (cells[:MOST_COLUMNS] for cells in sheet.iter_rows())
    header, places = _header(records)
    merged = [area for area in merged if area[1] > header]
    rows = []
    for number, cells in enumerate(records, header + 1):
        # Empty rows are filled in up to whatever number the next one claims to have.
        if number > LAST_ROW:
            raise SheetError(BROKEN)
        if not cells:
            continue
        row = _row(number, cells, places, merged)
        if any(row.cells.values()) or row.faults:
            rows.append(row)
        if len(rows) > MOST_ROWS:
            raise SheetError(_("超过%(most)d行，请分成几份导入。") % {"most": MOST_ROWS})
    if not rows:
        raise SheetError(_("表头下面没有内容。"))
    return rows


def _header(records):
    """The number of the row of headings, and where each of our columns stands."""
    for number, cells in enumerate(records, 1):
        titles = ["".join(str(cell.value or "").split()) for cell in cells]
        places = {
            name: next((titles.index(title) for title in spellings if title in titles), None)
            for name, spellings in COLUMNS.items()
        }
        if places["name"] is not None:
            missing = [COLUMNS[name][0] for name in REQUIRED if places[name] is None]
            if missing:
                raise SheetError(_("表头缺少：%(columns)s。") % {"columns": "、".join(missing)})
            _check_twice(titles)
            return number, places
        if number == HEADER_WITHIN:
            break
    raise SheetError(_("前%(n)d行里没有找到含“姓名”的表头，请按模板填写。") % {"n": HEADER_WITHIN})


def _check_twice(titles):
    for spellings in COLUMNS.values():
        found = [title for title in titles if title in spellings]
        if len(found) > 1:
            raise SheetError(_("表头里有两列意思相同：%(columns)s，请只留一列。") % {"columns": "、".join(found)})


def _row(number, cells, places, merged):
    from openpyxl.utils import get_column_letter

    texts, faults = {}, []
    for name, place in places.items():
        cell = cells[place] if place is not None and place < len(cells) else None
        if cell is None or cell.value is None:
            texts[name] = ""
            continue
        where = f"{get_column_letter(place + 1)}{number}（{COLUMNS[name][0]}）"
        texts[name], fault = _text(cell)
        if fault:
            faults.append(f"{where}{fault}")
    columns = {place + 1 for place in places.values() if place is not None}
    for top, bottom, left, right, area in merged:
        if top <= number <= bottom and any(left <= column <= right for column in columns):
            faults.append(_("%(area)s是合并的单元格，请取消合并，每行都填写。") % {"area": area})
    return Row(number=number, cells=texts, faults=faults)


def _text(cell):
    """A cell as text, and what is wrong with it or nothing."""
    value = cell.value
    if cell.data_type == "f" or (isinstance(value, str) and value.startswith("=")):
        return "", _("是公式，请复制后选择性粘贴为数值。")
    if cell.data_type == "e":
        return "", _("是错误值%(value)s。") % {"value": str(value)[:10]}
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%Y-%m-%d"), ""
    if isinstance(value, float) and value.is_integer():
        # Spreadsheets keep telephone numbers as 13800000000.0.
        value = int(value)
    words = " ".join(unicodedata.normalize("NFC", str(value)).split())
    text = "".join(sign for sign in words if unicodedata.category(sign)[0] != "C")
    if len(text) > LONGEST_CELL:
        return text[:LONGEST_CELL], _("超过%(most)d字。") % {"most": LONGEST_CELL}
    return text, ""
