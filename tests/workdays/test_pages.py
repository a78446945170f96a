"""The calendar and the account pages in a real browser, on a phone and on an office screen."""

import pytest

from accounts.models import Role
from tests.conftest import DESKTOP, PHONE
from tests.factories import PASSWORD, OrganFactory, a_user, load_years

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/desk/calendar/",
    "/desk/calendar/?year=2027",
    "/desk/calendar/day/",
    "/desk/calendar/year/",
    "/accounts/leave/",
]


def sign_in(page, user):
    page.goto("/accounts/login/")
    page.get_by_label("登录名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_fits_its_screen_and_can_be_used_by_everybody(open_page, axe, viewport):
    load_years()
    page = open_page(viewport)
    page.goto("/accounts/login/")
    axe(page)
    sign_in(page, a_user(Role.COMMITTEE))

    for address in PAGES:
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_a_committee_enters_next_years_notice_and_the_banner_goes(desktop):
    load_years()
    sign_in(desktop, a_user(Role.COMMITTEE))
    desktop.goto("/desk/calendar/")
    assert desktop.get_by_text("2027年的放假安排还没有载入").is_visible()

    desktop.get_by_role("link", name="按国务院通知录入").click()
    desktop.get_by_label("年份").fill("2027")
    desktop.get_by_label("通知的名称和文号").fill("国务院办公厅关于2027年部分节假日安排的通知")
    desktop.get_by_label("放假和调休的日子").fill("2027-01-01 休 元旦\n春节放假")
    desktop.get_by_role("button", name="下一步").click()
    assert desktop.get_by_text("第 2 行：看不懂").first.is_visible()
    desktop.get_by_label("放假和调休的日子").fill("2027-01-01 休 元旦")
    desktop.get_by_role("button", name="下一步").click()
    assert desktop.get_by_text("等待发送的通知都不受影响").is_visible()
    desktop.get_by_role("button", name="确认保存").click()

    assert desktop.get_by_role("heading", name="2027年工作日历").is_visible()
    assert desktop.get_by_text("还没有载入").count() == 0


def test_a_clerk_leaves_their_desk_to_the_leader(phone):
    organ = OrganFactory()
    clerk, leader = a_user(Role.CLERK, organ), a_user(Role.LEADER, organ)
    sign_in(phone, clerk)
    phone.goto("/accounts/leave/")

    phone.get_by_label("从哪天起").fill("2099-03-02")
    phone.get_by_label("到哪天止").fill("2099-03-06")
    phone.get_by_label("由谁代理").select_option(label=leader.name)
    phone.get_by_role("button", name="登记").click()

    assert phone.get_by_text(f"由{leader.name}代理", exact=True).is_visible()
