"""Sheets of deputies as clerks send them."""

import io

import openpyxl

from deputies.importing import COLUMNS, import_rows, read_sheet

HEADINGS = [spellings[0] for spellings in COLUMNS.values()]


def a_row(**cells):
    """A row of a sound deputy, with other cells where told."""
    sound = {
        "name": "王代表",
        "level": "乡镇",
        "constituency": "第三选区",
        "term": "第十届",
        "starts_on": "2026-03-26",
        "station": "NDG-Z01",
        "group": "第一小组",
    }
    sound |= cells
    return [sound.get(name, "") for name in COLUMNS]


def a_sheet(*rows, header=HEADINGS, dress=None):
    """The file of a sheet with these rows; ``dress`` changes the workbook before it is saved."""
    book = openpyxl.Workbook()
    for row in [header, *rows]:
        book.active.append(row)
    if dress:
        dress(book)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def brought(scope, *rows, **facts):
    """Import these rows; (outcome, sentences) of each."""
    judged = import_rows(rows=read_sheet(a_sheet(*rows)).rows, scope=scope, **facts)
    return [(row.outcome, "".join(row.says)) for row in judged]
