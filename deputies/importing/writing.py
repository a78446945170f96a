"""The sheets that offices are given: the template to fill in, and the rows that were not taken over."""

import io

import xlsxwriter
from django.utils.translation import gettext as _

from deputies.importing.sheet import COLUMNS
from stations.models import Station

SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {"constituency": 24, "phone": 16, "station": 26, "group": 20, "grouped_on": 16}
EXAMPLE = {
    "name": "王示例",
    "gender": "女",
    "code": "",
    "level": "乡镇",
    "constituency": "第三选区",
    "term": "第十届",
    "starts_on": "2026-03-26",
    "ends_on": "2031-03-25",
    "phone": "13800000000",
    "station": "",
    "group": "第一代表小组",
    "grouped_on": "2026-04-20",
}
FILLED = 2000  # rows that are laid out for typing


def headings():
    """The headings of our columns in their order."""
    return {name: spellings[0] for name, spellings in COLUMNS.items()}


def template_book(stations: list[Station]) -> bytes:
    """The template as an .xlsx: an empty list, then an example with explanations, then the codes of ``stations``."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, SAFE) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7F1F1"})
        text = book.add_format({"num_format": "@"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        _list_sheet(book, bold, text)
        _notes_sheet(book, bold, wrap, stations)
        sheet = book.add_worksheet(_("联络站编号"))
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 40)
        sheet.write_row(0, 0, [_("编号"), _("名称")], bold)
        for number, station in enumerate(stations, 1):
            sheet.write_row(number, 0, [station.code, station.name])
    return target.getvalue()


def _list_sheet(book, bold, text):
    sheet = book.add_worksheet(_("代表名册"))
    for place, (name, title) in enumerate(headings().items()):
        # Text throughout, so that dates and telephone numbers stay as they are typed.
        sheet.set_column(place, place, WIDTHS.get(name, 12), text)
        sheet.write(0, place, title, bold)
    places = list(COLUMNS)
    for name, choices in (("gender", ["男", "女"]), ("level", ["全国", "省", "市", "县", "乡镇"])):
        place = places.index(name)
        sheet.data_validation(1, place, FILLED, place, {"validate": "list", "source": choices})
    sheet.freeze_panes(1, 1)


def _notes_sheet(book, bold, wrap, stations):
    sheet = book.add_worksheet(_("示例和说明"))
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 2, 76)
    sheet.write_row(0, 0, [_("列"), _("示例"), _("怎样填")], bold)
    example = EXAMPLE | {"station": stations[0].code if stations else "NDG-Z01"}
    for number, (name, title) in enumerate(headings().items(), 1):
        sheet.write_row(number, 0, [title, example[name], _explained()[name]], wrap)
    sheet.write(len(COLUMNS) + 2, 0, _("只读取第一个工作表；列的先后可以改，列名不要改。不要合并单元格，不要用公式。"))


def _explained():
    return {
        "name": _("必填。"),
        "gender": _("男或女，可不填。"),
        "code": _("可不填，导入时自动编号。同名同姓的人必须填：同一人填同一个编号，不是同一人填不同的编号。"),
        "level": _("全国、省、市、县、乡镇之一。一人有几级代表资格的，每级一行，编号或联系电话相同。"),
        "constituency": _("必填。选区或选举单位的名称。"),
        "term": _("必填，例如“第十届”。"),
        "starts_on": _("必填，写到年月日：2026-03-05、2026年3月5日、2026/3/5都可以。"),
        "ends_on": _("任期届满日，可不填。"),
        "phone": _("手机，或带区号的座机，可不填。只有工作人员看得到。"),
        "station": _("编入哪个联络站：编号或名称，见第三个工作表。联络员必填。"),
        "group": _("代表小组，可不填。"),
        "grouped_on": _("编入联络站的日期，不填为导入当天（尚未就任的，为任职开始日期）。"),
    }


def problems_book(rows: list[dict]) -> bytes:
    """The rows of a job as an .xlsx in the columns of the template, with a last column that says what is wrong."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, SAFE) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7F1F1"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(_("有问题的行"))
        sheet.set_column(0, len(COLUMNS) - 1, 14, text)
        sheet.set_column(len(COLUMNS), len(COLUMNS) + 1, 12)
        sheet.set_column(len(COLUMNS) + 1, len(COLUMNS) + 1, 80)
        sheet.write_row(0, 0, [*headings().values(), _("原行号"), _("问题")], bold)
        for number, row in enumerate(rows, 1):
            for place, name in enumerate(COLUMNS):
                sheet.write_string(number, place, row["cells"].get(name, ""))
            sheet.write(number, len(COLUMNS), row["number"])
            sheet.write_string(number, len(COLUMNS) + 1, "".join(row["says"]))
        sheet.freeze_panes(1, 1)
    return target.getvalue()
