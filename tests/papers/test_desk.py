"""The page of a paper, and who may read it."""

import pytest

from accounts.models import Role
from papers.models import Paper
from papers.permissions import visible_to
from supervision import services as supervision
from tests.factories import OrganFactory, StationFactory, a_region, a_user
from tests.supervision.conftest import answer_clock, moment, office

__all__ = ["answer_clock", "office"]


@pytest.fixture
def paper(office, answer_clock):
    return supervision.press(answer_clock(), by=office.head, note="", at=moment("2026-11-03 10:00")).paper


def test_a_paper_is_read_by_those_above_it_its_organ_and_its_station(office, paper):
    for reader in (office.head, office.committee, office.viewer, office.clerk, office.leader, office.officer):
        assert list(visible_to(reader)) == [paper]


def test_a_paper_is_not_read_by_other_offices(office, paper):
    strangers = [
        a_user(Role.HEAD, a_region("130503101")),
        a_user(Role.COMMITTEE, a_region("130502")),
        a_user(Role.CLERK, OrganFactory()),
        a_user(Role.OFFICER, StationFactory()),
        a_user(Role.ADMIN),
        a_user(Role.DEPUTY),
    ]

    for stranger in strangers:
        assert list(visible_to(stranger)) == []


def test_the_sheet_shows_number_addressee_and_what_the_leader_acknowledged(
    office, paper, client, django_assert_max_num_queries
):
    client.force_login(office.leader)
    page = client.get(paper.get_absolute_url()).content.decode()
    assert paper.number in page
    assert "信都区水务局：" in page
    assert "尚未回执" in page

    supervision.acknowledge(paper.reminder, by=office.leader, text="已派人处理", at=moment("2026-11-03 11:00"))
    with django_assert_max_num_queries(10):
        page = client.get(paper.get_absolute_url()).content.decode()
    assert "已派人处理" in page
    assert "2026年11月3日" in page


def test_a_stranger_does_not_learn_that_a_paper_exists(paper, client):
    client.force_login(a_user(Role.CLERK, OrganFactory()))

    assert client.get(paper.get_absolute_url()).status_code == 404
    assert client.get(f"/desk/papers/{Paper.objects.last().pk + 1}/").status_code == 404
