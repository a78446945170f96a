"""The pages of the office's rules in a real browser, on a phone and on an office screen."""

import pytest

from accounts.models import Role
from petitions.services import rules
from supervision.models import Ladder, Rung, Term
from tests.conftest import DESKTOP, PHONE
from tests.factories import PASSWORD, StationFactory, a_user, load_years

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_of_rules_fits_its_screen_and_can_be_used_by_everybody(open_page, axe, viewport):
    load_years()
    station, user = StationFactory(), a_user(Role.COMMITTEE)
    topic = rules.add_category(by=user, name="城乡建设")
    ladder, rung, term = Ladder.objects.get(), Rung.objects.first(), Term.objects.first()
    page = open_page(viewport)
    page.goto("/accounts/login/")
    page.get_by_label("登录名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()

    for address in (
        "/desk/settings/",
        "/desk/settings/changes/",
        "/desk/categories/",
        f"/desk/categories/{topic.pk}/",
        "/desk/refusal-reasons/",
        "/desk/refusal-reasons/court/",
        "/desk/ladder/",
        f"/desk/ladder/{rung.pk}/?station={station.code}",
        f"/desk/ladders/{ladder.pk}/copy/",
        f"/desk/terms/{term.pk}/",
    ):
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"], address
    page.get_by_role("button", name="下一步").click()
    axe(page)
    page.get_by_role("button", name="确认保存").click()
    assert page.get_by_role("heading", name="办理期限").is_visible()
