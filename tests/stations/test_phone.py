"""Self-inspection, duty record and quarter on a phone, in real Chromium: nothing is cut off, axe finds nothing."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from stations.models import Checklist, Finding
from tests.conftest import PHONE
from tests.factories import StationFactory, a_deputy, a_note, a_reception, a_region, a_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def signed_in(page, user, base):
    """The page of somebody who has signed in already."""
    browser = Client()
    browser.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": browser.cookies[name].value, "url": base}])
    return page


def test_an_officer_inspects_with_a_phone_and_is_asked_for_more_only_where_something_is_missing(
    open_page, axe, live_server
):
    station = StationFactory()
    checklist = Checklist.objects.get()
    page = signed_in(open_page(PHONE), a_user(Role.OFFICER, station), live_server.url)

    page.goto(reverse("stations:inspect", args=[station.code, checklist.pk]))
    axe(page)
    checks = page.locator(".check")
    for n in range(checks.count()):
        checks.nth(n).get_by_text("达到", exact=True).click()
    fifth = checks.nth(4)
    expect(fifth.get_by_label("情况")).to_be_hidden()
    fifth.get_by_text("未达到", exact=True).click()
    fifth.get_by_label("情况").fill("牌子旧了")
    fifth.get_by_label("整改期限").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="登记自查").click()

    expect(page.get_by_text("自查已登记。")).to_be_visible()
    axe(page)
    assert Finding.objects.open().get().text == "牌子旧了"


def test_figures_and_records_fit_a_phone(open_page, axe, live_server):
    station = StationFactory()
    deputy = a_deputy(station=station)
    head = a_user(Role.HEAD, a_region())
    day = a_reception(station, days=0, deputies=[deputy])
    day.turns.update(present_at=day.starts_at)
    a_note(day, head, deputy=deputy)
    page = signed_in(open_page(PHONE), head, live_server.url)

    for address in (
        reverse("insights:stations"),
        reverse("insights:quarter"),
        reverse("insights:quarter_rows", args=[station.code, "matters"]),
        reverse("insights:duty_records"),
        reverse("insights:duty_record", args=[deputy.code]),
        reverse("stations:desk_station", args=[station.code]),
    ):
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
