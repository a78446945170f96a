"""The papers on the desk: who may read which, the list, its ledger, and the files."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Role
from papers.models import Paper
from papers.permissions import visible_to
from papers.services import issue_all
from papers.views import desk
from supervision import services as supervision
from tests.factories import OrganFactory, StationFactory, a_region, a_user
from tests.ledgers import rows
from tests.papers.samples import AT, a_paper, draft_of
from tests.petitions.test_public_submitting import said
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


LIST = "/desk/papers/"


@pytest.fixture
def head(client):
    """The head of the township whose papers the samples are, signed in."""
    user = a_user(Role.HEAD, a_region())
    client.force_login(user)
    return user


def numbers(response):
    return [paper.number for paper in response.context["rows"]]


@pytest.mark.django_db
def test_what_is_addressed_to_a_place_is_read_by_its_office_and_by_those_above_it():
    place = a_region("130502100")
    paper = a_paper(Paper.Kind.CIRCULAR, addressee_region=place)

    for reader in (a_user(Role.HEAD, place), a_user(Role.COMMITTEE, place.parent)):
        assert list(visible_to(reader)) == [paper]
    assert not visible_to(a_user(Role.HEAD, a_region("130503101"))).exists()


@pytest.mark.django_db
@time_machine.travel("2027-03-01 10:00+08:00", tick=False)
def test_the_list_is_narrowed_by_kind_year_office_and_words(client):
    client.force_login(a_user(Role.HEAD, a_region()))
    first, second = a_paper(Paper.Kind.CIRCULAR, key="a"), a_paper(Paper.Kind.MINUTES, key="b")
    later = issue_all([draft_of(Paper.Kind.CIRCULAR, key="c")], at=moment("2027-02-01 09:00"))["c"]

    assert numbers(client.get(LIST)) == [later.number, second.number, first.number]
    assert numbers(client.get(LIST, {"kind": "circular"})) == [later.number, first.number]
    assert numbers(client.get(LIST, {"kind": "circular", "year": "2026"})) == [first.number]
    assert numbers(client.get(LIST, {"q": second.number})) == [second.number]
    assert numbers(client.get(LIST, {"office": "130503100", "year": "2027"})) == [later.number]
    # What is not understood, and an office one may not read of, is told.
    for asked in ({"kind": "none"}, {"year": "x"}, {"office": "13"}):
        refused = client.get(LIST, asked)
        assert (refused.status_code, numbers(refused), "没有这一项" in said(refused)) == (422, [], True)
    assert "没有符合条件的公文" in said(client.get(LIST, {"q": "没有的文号"}))


@pytest.mark.django_db
def test_a_long_list_goes_on_by_key_in_few_queries(client, head, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(desk, "LEAF", 3)
    for number in range(5):
        a_paper(Paper.Kind.MINUTES, key=str(number))

    with django_assert_max_num_queries(10):
        first = client.get(LIST)
    second = client.get(first.context["older"])

    assert numbers(first) + numbers(second) == [f"南大郭镇人纪〔2026〕{n}号" for n in (5, 4, 3, 2, 1)]
    assert first.context["total"] == 5
    assert second.context["older"] == ""
    assert len(numbers(client.get(LIST, {"after": "nonsense"}))) == 3


def test_the_ledger_has_a_line_for_every_paper_and_when_a_leader_acknowledged(office, paper, client):
    supervision.acknowledge(paper.reminder, by=office.leader, text="已派人处理", at=moment("2026-11-04 11:00"))
    a_paper(Paper.Kind.MINUTES, title="=HYPERLINK(1)")
    client.force_login(office.committee)

    found = rows(client, "papers")

    assert found[0][:2] == ("文号", "文种")
    assert found[1][2] == "=HYPERLINK(1)"
    assert found[2][0] == paper.number
    assert found[2][3] == paper.office_name
    assert [day and day.date() for day in found[2][-2:]] == [dt.date(2026, 11, 3), dt.date(2026, 11, 4)]
    assert len(rows(client, "papers", kind="minutes")) == 2
    assert [row[0] for row in rows(client, "supervision")[1:]] == [paper.number]


@pytest.mark.django_db
def test_a_paper_is_downloaded_as_pdf_and_where_offices_edit_it_as_word(client, head, django_assert_max_num_queries):
    minutes, order = a_paper(Paper.Kind.MINUTES, key="a"), a_paper(Paper.Kind.HAND_OVER, key="b")
    with django_assert_max_num_queries(6):
        pdf = client.get(f"{LIST}{minutes.pk}/pdf/")

    assert pdf.content.startswith(b"%PDF")
    assert "no-store" in pdf["Cache-Control"]
    assert client.get(f"{LIST}{minutes.pk}/docx/").content.startswith(b"PK")
    assert client.get(f"{LIST}{order.pk}/docx/").status_code == 404
    assert "下载 Word" in said(client.get(minutes.get_absolute_url()))
    assert "下载 Word" not in said(client.get(order.get_absolute_url()))


@pytest.mark.django_db
def test_who_may_not_read_a_paper_gets_no_file_of_it(client):
    paper = a_paper(Paper.Kind.MINUTES)
    client.force_login(a_user(Role.HEAD, a_region("130503101")))

    for name in ("", "pdf/", "docx/"):
        assert client.get(f"{LIST}{paper.pk}/{name}").status_code == 404
    assert "还没有您能看到的公文" in said(client.get(LIST))
    client.logout()
    assert client.get(f"{LIST}{paper.pk}/pdf/").status_code == 302
    assert paper.issued_at == AT
