"""The office's own wording of papers: read by all, changed by the committee, previewed as it is issued."""

import io

import pytest
import time_machine
from pypdf import PdfReader

from accounts.models import Role
from papers import samples, services, wording
from papers.models import Paper, Series, Wording, WordingChange
from papers.printing import contents
from tests.factories import a_region, a_user
from tests.papers.samples import a_paper
from tests.papers.test_typesetting import unbroken
from tests.petitions.test_public_submitting import said

pytestmark = pytest.mark.django_db
EDIT = "/desk/papers/wording/circular/"
TYPED = {"opening": "各单位：现通报如下，文号{文号}。", "closing": "以上请{主送}整改。", "note": "由{发文单位}解释。"}


@pytest.fixture
def committee(client):
    user = a_user(Role.COMMITTEE, a_region("130503"))
    client.force_login(user)
    return user


def test_every_kind_has_its_wording_from_the_first_day():
    assert set(Wording.objects.values_list("kind", flat=True)) == set(Paper.Kind.values)


def test_a_change_is_for_the_papers_to_come_and_is_logged(client, committee):
    old = a_paper(Paper.Kind.CIRCULAR, key="old")
    assert client.post(EDIT, TYPED).status_code == 302
    new = a_paper(Paper.Kind.CIRCULAR, key="new")

    old.refresh_from_db()
    assert old.closing == "特此通报。"
    assert new.opening == f"各单位：现通报如下，文号{new.number}。"
    assert new.closing == "以上请信都区水务局整改。"
    assert new.note == "由南大郭镇人大主席团解释。"
    change = WordingChange.objects.get()
    assert (change.by, change.before["closing"], change.after["closing"]) == (committee, "特此通报。", TYPED["closing"])
    page = said(client.get("/desk/papers/wording/"))
    assert "特此通报。" in page
    assert committee.name in page


def test_saving_what_stands_there_already_logs_nothing(committee):
    row = Wording.objects.get(kind="circular")
    wording.change(kind="circular", by=committee, opening=row.opening, closing=row.closing, note=row.note)

    assert not WordingChange.objects.exists()


@pytest.mark.parametrize("wrong", ["{姓名}您好", "请于{日期前", "完成}", "{{文号}}"])
def test_a_brace_that_is_no_placeholder_is_refused_and_nothing_typed_is_lost(client, committee, wrong):
    response = client.post(EDIT, TYPED | {"closing": wrong})

    assert response.status_code == 422
    assert "不认识" in said(response)
    assert wrong in response.context["form"]["closing"].value()
    assert not WordingChange.objects.exists()


def test_the_preview_shows_what_is_typed_and_keeps_and_numbers_nothing(client, committee):
    page = said(client.post(EDIT, TYPED | {"preview": "1"}))

    assert "以上请示例县水务局整改。" in page
    assert Wording.objects.get(kind="circular").closing == "特此通报。"
    assert not Paper.objects.exists()
    assert not Series.objects.exists()


def test_the_preview_as_pdf_is_the_paper_itself(client, committee):
    response = client.post(EDIT, TYPED | {"pdf": "1"})
    text = unbroken(PdfReader(io.BytesIO(response.content)))

    assert response["Content-Type"] == "application/pdf"
    assert "由示例镇人大主席团解释。" in text
    assert "以上请示例县水务局整改。" in text


@time_machine.travel("2026-11-24 10:00+08:00", tick=False)
@pytest.mark.parametrize("kind", Paper.Kind.values)
def test_what_is_previewed_is_what_is_issued(kind):
    """The sample, issued for a real office, has every word of its preview but number and code."""
    words = wording.Words(**TYPED)
    Wording.objects.filter(kind=kind).update(**TYPED)
    preview = samples.paper_of(kind, words)

    office = a_region()
    office.name = preview.office.name
    draft = services.Draft(
        kind=kind, office=office, addressee=preview.addressee, title=preview.title, body=preview.body, key=kind,
        facts=preview.facts, sheet=preview.sheet, case_number=preview.case_number,
    )  # fmt: skip
    issued = contents(services.issue_all([draft])[kind])

    shown = contents(preview)
    mine = {"number", "code", "qr", "digest", "opening"}
    assert {name: shown[name] for name in shown.keys() - mine} == {name: issued[name] for name in issued.keys() - mine}
    assert shown["opening"].replace("×", "1") == issued["opening"]


def test_all_staff_read_the_wording_and_only_committee_and_administrators_change_it(client):
    head = a_user(Role.HEAD, a_region())
    client.force_login(head)
    page = client.get("/desk/papers/wording/")

    assert page.status_code == 200
    assert EDIT not in said(page)
    assert client.post(EDIT, TYPED).status_code == 403
    client.force_login(a_user(Role.ADMIN))
    assert client.get(EDIT).status_code == 200
    assert client.get("/desk/papers/wording/nothing/").status_code == 404
