"""The dashboard: every figure is a link to exactly the cases that it counts."""

import csv
import io
import re

import pytest
import time_machine

from accounts.models import Role
from petitions.models import Status
from tests.factories import StationFactory, a_region, load_years
from tests.petitions.story import Story, an_office, moment


@pytest.fixture
def office(db):
    """Cases in every status, of several stations and organs; some late, some soon due, some paused."""
    load_years()
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        office = an_office()
        near = StationFactory(region=a_region("130503101"))
        for status in Status.values:
            Story.brought_to(status, office)
            Story.brought_to(status, office, at=moment("2026-09-14 10:00"))
        for day in ("2026-10-19", "2026-10-21", "2026-10-23"):
            both = Story.brought_to(Status.HANDLING, office, at=moment(f"{day} 10:00"))
            both.take("add_organ", at=moment("2026-10-23 11:00"))
            Story.begin(office, station=near, region=near.region, at=moment(f"{day} 10:00"))
        yield office


def figures(page):
    """Every number of the page with its address."""
    found = re.findall(r'<a href="(/desk/petitions/\?[^"]+)"[^>]*>(\d+)</a>', page.content.decode())
    return [(address.replace("&amp;", "&"), int(number)) for address, number in found]


def test_the_number_on_the_page_is_the_rows_of_the_list_and_of_the_ledger(office, client):
    for name in ("committee", "head", "officer", "viewer", "clerk", "other_leader", "deputy"):
        client.force_login(getattr(office, name))
        shown = figures(client.get("/desk/dashboard/"))
        assert len(shown) >= 5
        for address, number in shown:
            listed = client.get(address).content.decode()
            text = b"".join(client.get(address.replace("/?", "/export/?")).streaming_content).decode("utf-8-sig")
            assert f"共 <strong>{number}</strong> 件" in listed, (name, address)
            assert len(set(re.findall(r"<span>(XD-\d+-\d+)</span>", listed))) == min(number, 50), (name, address)
            assert len(list(csv.DictReader(io.StringIO(text)))) == number, (name, address)


def test_the_stages_add_up_to_what_is_open(office, client):
    client.force_login(office.committee)

    shown = dict(figures(client.get("/desk/dashboard/")))

    stages = [number for address, number in shown.items() if re.fullmatch(r".*\?status=(?!open)\w+", address)]
    assert sum(stages) == shown["/desk/petitions/?status=open"]


def test_an_administrator_sees_no_case_in_a_figure(office, client):
    client.force_login(office.admin)

    page = client.get("/desk/dashboard/")

    assert [number for _address, number in figures(page) if number] == []


def test_the_definitions_stand_one_press_away(office, client):
    client.force_login(office.viewer)

    page = client.get("/desk/dashboard/").content.decode()

    assert "这些数字怎么算" in page
    assert "%" not in re.sub(r"<[^>]+>", "", page)


def test_the_dashboard_takes_at_most_ten_queries(office, client, django_assert_max_num_queries):
    for role in (Role.COMMITTEE, Role.OFFICER, Role.CLERK, Role.DEPUTY, Role.VIEWER):
        client.force_login(getattr(office, role))
        client.get("/desk/dashboard/")
        with django_assert_max_num_queries(9):
            client.get("/desk/dashboard/")
