"""An organ without an account at its duty on a phone, and those who look after it, in a real browser."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Grant
from notices.models import Message
from petitions.models import Assignment, Status
from supervision import links
from tests.conftest import PHONE
from tests.factories import PASSWORD, OrganFactory, load_years
from tests.petitions.story import Story, an_office


@pytest.mark.django_db(transaction=True)
def test_an_organ_signs_in_by_link_and_the_offices_pages_fit_a_phone(open_page, axe, live_server):
    load_years()
    office = an_office()
    Grant.objects.filter(organ=office.organ).delete()
    story = Story.brought_to(Status.HANDLING, office, at=timezone.now() - dt.timedelta(hours=1))
    part = Assignment.objects.get(round__petition=story.petition)
    page = open_page(PHONE, java_script_enabled=False)

    page.goto(links.path_of(part.answer_clock, links.make_link(part.answer_clock)[1]))
    page.get_by_role("button", name="签收").click()
    assert page.get_by_text("已办：签收").is_visible()

    page = open_page(PHONE)
    page.goto("/o/forged/")
    axe(page)
    page.goto(links.path_of(part.answer_clock, links.make_link(part.answer_clock)[1]))
    axe(page)
    fits(page)
    page.goto("/accounts/login/")
    page.fill("[name=username]", office.committee.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    page.goto(f"/desk/clocks/{part.answer_clock_id}/links/")
    page.get_by_role("button", name="生成链接和二维码").click()
    axe(page)
    fits(page)
    a_parked_message()
    for address in ("/desk/messages/parked/", "/desk/organs/", f"/desk/organs/{OrganFactory().pk}/"):
        page.goto(address)
        axe(page)
        fits(page)


def a_parked_message():
    Message.objects.create(
        outside_key="identity:3",
        topic="t",
        title="XD-20261102-00001 已受理",
        dedupe_key="k",
        status=Message.Status.PARKED,
        next_try_at=timezone.now(),
        answer="SMTPServerDisconnected:" + "connection-lost-" * 12,
    )


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
