"""Taking ledgers in tests: as a browser would, and read as a spreadsheet would."""

import csv
import io

import openpyxl
from django.urls import reverse

from petitions.models import Status
from tests.factories import a_note, a_reception
from tests.petitions.story import Story, an_office

HEAD = 3  # the row of the heads in a book: title and conditions stand above


def taken(browser, key, kind="xlsx", /, **asked) -> bytes:
    """The file of a ledger with the filters of a list."""
    answer = browser.get(reverse("insights:ledger", args=[key, kind]), asked)
    assert answer.status_code == 200, (key, kind, answer.status_code)
    return b"".join(answer.streaming_content)


def sheet(browser, key, /, **asked):
    """The sheet of its book."""
    return openpyxl.load_workbook(io.BytesIO(taken(browser, key, **asked))).active


def rows(browser, key, /, **asked) -> list[tuple]:
    """The heads, and below them every row."""
    return list(sheet(browser, key, **asked).iter_rows(min_row=HEAD, values_only=True))


def lines(browser, key, /, **asked) -> list[dict]:
    """Every row by its heads."""
    heads, *below = rows(browser, key, **asked)
    return [dict(zip(heads, row, strict=True)) for row in below]


def csv_lines(browser, key, /, **asked) -> list[dict]:
    """Every row of the CSV file by its heads."""
    return list(csv.DictReader(io.StringIO(taken(browser, key, "csv", **asked).decode("utf-8-sig"))))


def an_office_with_ledgers():
    """An office with one of everything that a ledger lists."""
    office = an_office()
    office.open = Story.brought_to(Status.HANDLING, office, title="村口路灯不亮")
    office.closed = Story.brought_to(Status.CLOSED, office, title="路面坑洼")
    office.promised = Story.brought_to(Status.HANDLING, office, title="管网改造")
    office.promised.take("promise")
    day = a_reception(office.station, days=-7, deputies=[office.deputy_person])
    office.note = a_note(day, office.officer, topic="暖气不热", words="屋里只有十二度。", deputy=office.deputy_person)
    return office
