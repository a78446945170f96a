"""A clerk sets the second factor up and signs in with it, in a real browser, on a phone and at the office."""

import time

import pyotp
import pytest

from accounts.models import Role
from tests.conftest import DESKTOP, PHONE
from tests.factories import PASSWORD, a_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_clerk_sets_up_the_second_factor_and_signs_in_with_it(open_page, axe, viewport, settings):
    settings.SECOND_FACTOR_DEMANDED = True
    clerk, page = a_user(Role.CLERK), open_page(viewport)

    def checked():
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]

    def password_given():
        page.goto("/accounts/login/")
        page.get_by_label("登录名").fill(clerk.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")

    password_given()
    page.get_by_role("heading", name="设置两步验证").wait_for()
    checked()
    app = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    page.get_by_label("验证码").fill(app.now())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="记下恢复码").wait_for()
    checked()
    page.get_by_role("link", name="记好了").click()
    page.wait_for_url("**/desk/")

    page.context.clear_cookies()
    password_given()
    page.get_by_role("heading", name="两步验证").wait_for()
    checked()
    page.get_by_label("验证码").fill(app.at(time.time() + 30))
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    for address in ("/accounts/sessions/", "/accounts/second-factor/", "/accounts/password/"):
        page.goto(address)
        checked()
