"""Dashboard, board on the wall and holders in a real browser: fitting a phone and an office screen, and accessible."""

import pytest

from insights import counting
from petitions.models import Status
from tests.conftest import DESKTOP, PHONE
from tests.factories import PASSWORD, load_years
from tests.petitions.story import Story, an_office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office():
    load_years()
    office = an_office()
    for status in (Status.SUBMITTED, Status.HANDLING, Status.RATING, *[Status.CLOSED] * 5):
        Story.brought_to(status, office)
    counting.sweep()
    return office


def sign_in(page, user):
    page.goto("/accounts/login/")
    page.get_by_label("登录名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/desk/")


def test_the_head_of_the_last_column_stands_above_its_numbers(office, open_page):
    page = open_page(DESKTOP)
    sign_in(page, office.viewer)

    for view in ("below", "topics", "organs", "time"):
        page.goto(f"/desk/dashboard/?by={view}")
        inner = "cell => cell.getBoundingClientRect().right - parseFloat(getComputedStyle(cell).paddingRight)"
        head = page.locator(".table.lines thead tr:last-child :last-child").evaluate(inner)
        assert head == page.locator(".table.lines tbody tr:first-child > :last-child").evaluate(inner), view


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_leader_reads_every_view_on_any_screen(office, open_page, axe, viewport):
    page = open_page(viewport)
    sign_in(page, office.viewer)
    dashboard = "/desk/dashboard/"

    for address in (dashboard, f"{dashboard}?by=organs", f"{dashboard}?by=time", "/desk/wall/", "/desk/holders/"):
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"], address
