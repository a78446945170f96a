"""Every table of every page: each row is as wide as the head, so that eye and screen reader find a cell under its own head."""

from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client

from accounts.models import Role
from tests.factories import a_user, load_years
from tests.liaison.populated import everything
from tests.liaison.test_every_route import filled, has_parameters, routes


class Tables(HTMLParser):
    """The widths of the rows of each table, in columns; what hangs down from rows above counts."""

    def __init__(self):
        super().__init__()
        self.open, self.found = [], []

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.open.append({"widths": [], "hanging": []})
        elif tag == "tr" and self.open:
            table = self.open[-1]
            table["hanging"] = [(span, rows - 1) for span, rows in table["hanging"] if rows > 1]
            table["widths"].append(sum(span for span, _rows in table["hanging"]))
        elif tag in ("td", "th") and self.open:
            facts, table = dict(attrs), self.open[-1]
            span, rows = int(facts.get("colspan", 1)), int(facts.get("rowspan", 1))
            table["widths"][-1] += span
            table["hanging"].append((span, rows))

    def handle_endtag(self, tag):
        if tag == "table":
            self.found.append(self.open.pop()["widths"])


def is_page(route):
    """Whether a route leads to a page that tables may stand on, and to no program or file."""
    return not route.startswith(("api/", "open311/", "i/", "o/")) and not route.endswith((".png", ".svg"))


def widths(page):
    """For each table of a page, the different widths of its rows."""
    reader = Tables()
    reader.feed(page)
    return [set(found) for found in reader.found]


def test_the_reader_of_tables_counts_what_spans_and_what_hangs_down():
    head = "<tr><th rowspan=2>a</th><th colspan=2>b</th></tr><tr><th>c</th><th>d</th></tr>"

    assert widths(f"<table>{head}<tr><td>1</td><td>2</td><td>3</td></tr></table>") == [{3}]
    assert widths(f"<table>{head}<tr><td colspan=2>1</td></tr></table>") == [{3, 2}]


@pytest.mark.django_db
def test_every_row_of_every_table_is_as_wide_as_its_head(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_years(2026)
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        home = everything()
        readers = [home.officer, home.committee, a_user(Role.PRIVACY)]
        uneven, seen = [], 0
        for reader in readers:
            browser = Client(raise_request_exception=False)
            browser.force_login(reader)
            for route in filter(is_page, routes()):
                path = filled(route, home) if has_parameters(route) else f"/{route}"
                page = browser.get(path)
                if page.status_code != 200 or not page.get("Content-Type", "").startswith("text/html"):
                    continue
                for found in widths(page.content.decode()):
                    seen += 1
                    if len(found) > 1:
                        uneven.append((path, reader.name, found))

    assert seen > 50
    assert not uneven, "\n".join(map(str, uneven))
