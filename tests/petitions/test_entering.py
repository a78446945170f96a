"""Entering a case for a resident: by whom, for which station, and number and code once."""

import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from petitions.models import Petition
from tests.factories import StationFactory

ENTRY = {
    "title": "独居老人家中漏雨",
    "body": "老人电话里说，西屋漏雨一个月了。",
    "secrecy": "station",
    "name": "孟庆余",
    "phone": "13900000042",
    "draft_key": "00000000-0000-0000-0000-000000000001",
    "submission_key": "00000000-0000-0000-0000-000000000002",
}


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield


def test_an_officer_enters_for_a_resident_and_gets_number_and_code_once(office, at_desk):
    browser = at_desk("officer")

    answer = browser.post("/desk/petitions/enter/", ENTRY)

    petition = Petition.objects.get()
    page = browser.get(answer.url).content.decode()
    assert (petition.channel, petition.entered_by) == (Petition.Channel.OFFICER, office.officer)
    assert petition.number in page
    assert re.search(r'id="code" class="code">[0-9A-Z]{5}-[0-9A-Z]{5}<', page)


def test_an_entry_sent_twice_makes_one_case(office, at_desk):
    browser = at_desk("officer")

    first, second = (browser.post("/desk/petitions/enter/", ENTRY) for _ in range(2))

    assert first.url == second.url
    assert Petition.objects.count() == 1


def test_an_entry_with_a_short_telephone_number_loses_nothing(office, at_desk):
    answer = at_desk("officer").post("/desk/petitions/enter/", ENTRY | {"phone": "139000000"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "手机号应为11位数字，您填了9位。" in page
    assert "老人电话里说，西屋漏雨一个月了。" in page


def test_a_deputy_enters_as_a_deputy(office, at_desk):
    at_desk("deputy").post("/desk/petitions/enter/", ENTRY)

    assert Petition.objects.get().channel == Petition.Channel.DEPUTY


def test_a_head_with_several_stations_chooses_one(office, at_desk):
    other = StationFactory()
    browser = at_desk("head")

    page = browser.get("/desk/petitions/enter/").content.decode()
    browser.post(f"/desk/petitions/enter/?station={other.code}", ENTRY)

    assert f"?station={office.station.code}" in page
    assert Petition.objects.get().station == other


def test_nobody_enters_for_a_station_that_is_not_theirs(office, at_desk):
    other = StationFactory()

    assert at_desk("officer").get(f"/desk/petitions/enter/?station={other.code}").status_code == 404
    for name in (Role.CLERK, Role.VIEWER, Role.ADMIN):
        assert at_desk(str(name)).get("/desk/petitions/enter/").status_code == 403


@pytest.mark.parametrize("name", ["officer", "head", "deputy"])
def test_entering_takes_ten_queries_at_most(office, at_desk, name, django_assert_max_num_queries):
    browser = at_desk(name)

    with django_assert_max_num_queries(10):
        assert browser.get(reverse("petitions:enter")).status_code == 200
