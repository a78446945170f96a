"""Planning reception days on a phone, in a real browser."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Role
from tests.conftest import PHONE
from tests.deputies.planning_desk import LIST, a_plan, booked_on, page_of, plan_page
from tests.factories import PASSWORD, StationFactory, a_deputy, a_user, load_years


@pytest.mark.django_db(transaction=True)
def test_the_pages_are_usable_by_everybody_on_a_phone(open_page, axe, live_server):
    page = open_page(PHONE)
    load_years(2026)
    station = StationFactory()
    people = [a_deputy(name, station=station) for name in ("郑代表", "冯代表", "陈代表")]
    officer = a_user(Role.OFFICER, station)
    day = a_plan(
        station, officer, people, starts_on=timezone.localdate(), ends_on=timezone.localdate() + dt.timedelta(days=30)
    )[-1]
    booked_on(day, identity={"name": "孟庆余"})
    page.goto("/accounts/login/")
    page.fill("[name=username]", officer.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")

    page.goto(plan_page(station))
    page.get_by_label("自己定起止日期").check()
    page.fill("[name=starts_on]", f"{timezone.localdate()}")
    page.fill("[name=ends_on]", f"{timezone.localdate() + dt.timedelta(days=90)}")
    page.get_by_label("逢集").check()
    assert not page.get_by_label("周三", exact=True).is_visible()
    page.get_by_label("逢五").check()
    page.get_by_role("button", name="预览").click()
    axe(page)
    assert page.get_by_role("heading", name="预览").is_visible()
    page.goto(LIST)
    page.get_by_role("button", name="全选未公布的").click()
    assert page.locator("input[name=day]:not(:checked)").count() == 0
    axe(page)
    page.goto(page_of(day))
    page.get_by_text("手工排班").click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
