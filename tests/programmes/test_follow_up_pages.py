"""Programmes and items in a real browser: usable by everybody, on a phone and on an office screen."""

import pytest
from django.urls import reverse

from programmes.models import Item
from tests.conftest import DESKTOP, PHONE
from tests.factories import PASSWORD, OrganFactory, load_years
from tests.programmes.follow_up import MONDAY, a_programme, an_item, the_offices


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_programmes_and_items_are_usable_by_everybody(open_page, axe, live_server):
    load_years(2026)
    office = the_offices()
    programme = a_programme(office)
    for status in Item.Status:
        an_item(office, status, programme=programme, title=f"很长的一项整改事项名称需要在窄屏上换行{status}", at=MONDAY)
        an_item(office, programme=programme, owner_organ=OrganFactory(), title=f"第二项{status}")
    waiting = Item.objects.get(status=Item.Status.REPORTED)
    addresses = [
        reverse("programmes:programmes"),
        programme.get_absolute_url(),
        reverse("programmes:programme_report", args=[programme.pk]),
        reverse("programmes:programme_items", args=[programme.pk]),
        reverse("programmes:templates"),
        reverse("programmes:items"),
        waiting.get_absolute_url(),
        Item.objects.get(status=Item.Status.OBJECTED).get_absolute_url(),
    ]
    # What is hidden on a phone, the table of units by items, is on the wide board.
    for viewport, shown in ((PHONE, addresses), (DESKTOP, [programme.get_absolute_url()])):
        page = open_page(viewport)
        page.goto("/accounts/login/")
        page.fill("[name=username]", office.committee.username)
        page.fill("[name=password]", PASSWORD)
        page.click("main [type=submit]")
        for address in shown:
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"], address
            axe(page)
