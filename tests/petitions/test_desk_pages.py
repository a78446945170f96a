"""The desk in a real browser, on a phone and on an office screen: fitting, accessible, and usable without a mouse."""

import pytest
from django.utils import timezone

from petitions.models import Status
from tests.conftest import DESKTOP, PHONE
from tests.factories import PASSWORD, load_years
from tests.petitions.story import Story, an_office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office():
    load_years()
    return an_office()


def sign_in(page, user):
    page.goto("/accounts/login/")
    page.get_by_label("登录名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/desk/")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_of_the_desk_fits_its_screen_and_can_be_used_by_everybody(office, open_page, axe, viewport):
    now = timezone.now()
    stories = {status: Story.brought_to(status, office, at=now) for status in (Status.SUBMITTED, Status.HANDLING)}
    stories[Status.HANDLING].take("press")
    page = open_page(viewport)
    sign_in(page, office.head)
    addresses = ["/desk/", "/desk/petitions/?status=open&severity=0", "/desk/dashboard/", "/desk/petitions/enter/"]

    for address in addresses + [story.petition.get_absolute_url() for story in stories.values()]:
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"], address


def test_an_office_accepts_and_hands_over_a_case_on_a_phone(office, phone):
    story = Story.begin(office, at=timezone.now())
    sign_in(phone, office.head)

    phone.get_by_role("link", name="村口路灯不亮").first.click()
    phone.get_by_label("复杂类").check()
    phone.get_by_role("button", name="受理", exact=True).click()
    phone.get_by_label("主办单位").select_option(label="信都区水务局")
    phone.get_by_label("信都区住建局").check()
    phone.get_by_role("button", name="交办", exact=True).click()

    phone.get_by_text("已办：交办。").wait_for()
    story.petition.refresh_from_db()
    assert story.petition.status == Status.HANDLING
    assert story.petition.rounds.get().assignments.count() == 2


def test_an_action_is_taken_by_keyboard_alone(office, desktop):
    story = Story.begin(office, at=timezone.now())
    sign_in(desktop, office.officer)
    desktop.goto(story.petition.get_absolute_url())

    desktop.locator("#ask_info > summary").focus()
    desktop.keyboard.press("Enter")
    desktop.keyboard.press("Tab")
    desktop.keyboard.type("请说明是哪几盏灯。")
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Enter")

    desktop.get_by_text("已办：请群众补充。").wait_for()
    story.petition.refresh_from_db()
    assert story.petition.status == Status.NEEDS_INFO
