"""The error pages, as a visitor sees them."""

import pytest

from tests.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_visitor_who_went_astray_finds_the_way_home(viewport, open_page, axe):
    page = open_page(viewport)

    page.goto("/no-such-page")

    assert "没有找到" in page.inner_text("main")
    axe(page)
    page.get_by_role("link", name="首页").first.click()
    page.wait_for_url("**/")


def test_no_page_is_wider_than_a_phone(phone):
    for path in ("/", "/no-such-page", "/accounts/login/"):
        phone.goto(path)

        assert phone.evaluate("document.documentElement.scrollWidth") <= 375, path
