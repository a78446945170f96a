"""Both searches in a real browser: on a phone and on a wide screen, and in public without scripts."""

import datetime as dt

import pytest
from django.utils import timezone

from petitions.models import Status
from tests.conftest import PHONE
from tests.factories import PASSWORD, load_years
from tests.petitions.story import Story, an_office

WIDE = {"width": 1280, "height": 800}


@pytest.mark.django_db(transaction=True)
def test_a_resident_and_an_officer_look_for_a_word(open_page, axe, live_server):
    load_years()
    office = an_office()
    at = timezone.now() - dt.timedelta(hours=2)
    Story.brought_to(Status.CLOSED, office, consent_publish=True, at=at).take("publish")

    page = open_page(PHONE, java_script_enabled=False)
    page.goto("/search/")
    page.get_by_label("找什么").fill("路灯")
    page.get_by_role("button", name="搜索").click()
    assert page.get_by_role("link", name="路灯修复").is_visible()

    for size in (PHONE, WIDE):
        page = open_page(size)
        page.goto("/search/?q=路灯")
        axe(page)
        fits(page)
        page.goto("/search/?q=灯")
        axe(page)
        page.goto("/accounts/login/")
        page.fill("[name=username]", office.officer.username)
        page.fill("[name=password]", PASSWORD)
        page.click("main [type=submit]")
        for address in ("/desk/search/", "/desk/search/?q=路灯", "/desk/search/?q=灯", "/desk/petitions/?q=路灯"):
            page.goto(address)
            axe(page)
            fits(page)


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
