"""The data-protection officer reads who looked, who took along, what was removed; and no case and no identity."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from insights.models import LedgerTaking
from petitions import services
from petitions.models import Petition, Status
from petitions.services.erasure import ask_erasure
from tests.factories import a_user
from tests.petitions.story import REPORTER, Story, an_office
from tests.petitions.test_public_submitting import said
from vault.models import RetentionRule

pytestmark = pytest.mark.django_db
PAGES = [reverse(f"portal:privacy_{name}") for name in ("looks", "exports", "removals", "erasures")]


@pytest.fixture
def office():
    return an_office()


@pytest.fixture
def officer(client, office):
    client.force_login(office.privacy)
    return client


@pytest.fixture
def looked(office):
    """Two cases: the officer revealed the first, the head the second."""
    stories = [Story.brought_to(Status.HANDLING, office) for _ in range(2)]
    services.reveal(petition=stories[0].petition, actor=office.officer, reason="电话核实地点")
    services.reveal(petition=stories[1].petition, actor=office.head, reason="送达答复")
    return stories


def rows(page):
    return list(page.context["rows"])


def test_every_look_is_there_with_number_and_reason_and_without_the_identity(officer, looked, office):
    page = officer.get(PAGES[0])

    assert [(row.user, row.number, row.reason) for row in rows(page)] == [
        (office.head, looked[1].petition.number, "送达答复"),
        (office.officer, looked[0].petition.number, "电话核实地点"),
    ]
    assert not any(secret in said(page) for secret in REPORTER.values())


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"who": "主席"}, ["送达答复"]),
        ({"words": "核实"}, ["电话核实地点"]),
        ({"since": "2036-01-01"}, []),
        ({"until": "2036-01-01"}, ["送达答复", "电话核实地点"]),
        ({"since": "gestern"}, []),
        ({"since": "0001-01-01", "until": "9999-12-31"}, ["送达答复", "电话核实地点"]),
    ],
)
def test_looks_are_narrowed_by_person_words_and_days(officer, looked, asked, found):
    assert [row.reason for row in rows(officer.get(PAGES[0], asked))] == found


@pytest.mark.parametrize("url", [PAGES[0], PAGES[1], PAGES[3]])
def test_an_empty_record_says_what_would_fill_it_and_a_narrowed_one_leads_back_to_all(officer, url):
    empty, narrowed = said(officer.get(url)), said(officer.get(url, {"who": "谁也不是"}))

    assert "会列在这里" in empty
    assert "清除全部条件" not in empty
    assert f'href="{url}">清除全部条件' in narrowed


def test_exports_and_requests_are_there(officer, looked, office):
    LedgerTaking.objects.create(
        user=office.head, at=timezone.now(), ledger="petitions", title="意见台账", kind="xlsx", rows=7
    )
    ask_erasure(proposer=looked[0].proposer)

    assert [row.title for row in rows(officer.get(PAGES[1], {"words": "意见"}))] == ["意见台账"]
    assert looked[0].petition.number in said(officer.get(PAGES[3]))


def test_a_term_is_set_from_a_day_on_and_a_day_that_is_over_is_refused(officer):
    typed = {"kind": "case_identity", "months": "24", "effective_on": "2036-01-01", "basis": "本县档案规定"}

    refused = officer.post(PAGES[2], typed | {"effective_on": "2020-01-01"})
    assert (refused.status_code, "生效日期不能早于今天" in said(refused)) == (422, True)
    assert "本县档案规定" in said(refused)
    assert officer.post(PAGES[2], typed).status_code == 302

    assert RetentionRule.objects.filter(months=24, basis="本县档案规定").count() == 1


@pytest.mark.parametrize("url", PAGES)
def test_the_pages_are_for_the_data_protection_officer_only(client, office, url):
    for role in set(Role.values) - {Role.PRIVACY}:
        client.force_login(getattr(office, role))
        assert client.get(url).status_code == 403, role


def test_the_data_protection_officer_sees_no_case(office, looked, officer):
    assert not Petition.objects.visible_to(a_user(Role.PRIVACY)).exists()
    assert officer.get(looked[0].petition.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("url", PAGES)
def test_a_page_costs_the_same_for_one_row_and_for_fifty(officer, looked, office, url, django_assert_max_num_queries):
    for _more in range(20):
        services.reveal(petition=looked[0].petition, actor=office.officer, reason="核实")

    with django_assert_max_num_queries(20):
        officer.get(url)
