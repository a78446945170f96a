"""The desk's menu: whoever may open a page finds it there, and sees where they are."""

import pytest

from accounts.models import Role
from portal.navigation import MENU
from tests.factories import OrganFactory, StationFactory, a_region, a_user

pytestmark = pytest.mark.django_db


def somebody(role):
    if role == Role.OFFICER:
        return a_user(role, StationFactory())
    if role in (Role.CLERK, Role.LEADER):
        return a_user(role, OrganFactory())
    return a_user(role) if role in (Role.DEPUTY, Role.ADMIN, Role.PRIVACY) else a_user(role, a_region())


def links_of(client, path="/desk/"):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return [link for _heading, links in answer.context["menu"] for link in links]


@pytest.mark.parametrize("role", Role.values)
def test_every_link_of_the_menu_opens_for_whoever_finds_it(client, role):
    client.force_login(somebody(role))

    links = links_of(client)

    assert {client.get(link.address).status_code for link in links} == {200}


def test_a_page_below_a_list_marks_the_list(client):
    officer = a_user(Role.OFFICER, StationFactory(code="NDG-J01"))
    client.force_login(officer)

    def current(path):
        return {link.entry.view: link.current for link in links_of(client, path) if link.current}

    assert current("/desk/") == {"portal:desk": "page"}
    assert current("/desk/petitions/") == {"petitions:list": "page"}
    assert current("/desk/petitions/enter/") == {"petitions:list": "true"}
    assert current("/desk/stations/NDG-J01/") == {"insights:stations": "true"}


def test_nothing_stands_twice_in_the_menu():
    views = [entry.view for _heading, entries in MENU for entry in entries]

    assert len(views) == len(set(views))
