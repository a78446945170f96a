"""The papers' pages fit a phone and can be used by everybody, in a real browser."""

import pytest

from accounts.models import Role
from papers.models import Paper
from tests.conftest import PHONE
from tests.factories import PASSWORD, a_region, a_user
from tests.papers.samples import LONG_NAME, a_paper


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_are_usable_by_everybody_on_a_phone(open_page, axe, live_server):
    page = open_page(PHONE)
    a_user(Role.COMMITTEE, a_region("130503"), username="gongwei")
    circular = a_paper(Paper.Kind.CIRCULAR, organ_name=LONG_NAME)

    def look_at(address):
        page.goto(address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], address

    look_at("/papers/verify/")
    look_at(f"/papers/verify/{circular.spoken_code}/")
    page.goto("/accounts/login/")
    page.fill("[name=username]", "gongwei")
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit]")
    look_at("/desk/papers/")
    look_at(circular.get_absolute_url())
    look_at("/desk/papers/wording/")
    look_at("/desk/papers/wording/circular/")
