"""A resident takes along what is known of them, and has it deleted; nobody else does."""

import json

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import ViewLog
from notices.models import Message
from petitions import services
from petitions.errors import ActionError
from petitions.models import ErasureRequest, Status
from petitions.services.erasure import ask_erasure, decide_erasure
from portal import own_data
from tests.factories import a_note, a_reception
from tests.petitions.story import REPORTER, Story, an_office
from tests.petitions.test_public_submitting import said
from vault import opened
from vault.models import Identity, Removal
from vault.phones import index_of
from vault.services import keep

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return an_office()


@pytest.fixture
def story(office):
    return Story.brought_to(Status.HANDLING, office)


@pytest.fixture
def resident(client, story):
    """A browser that has opened the case by its query code."""
    client.post("/petitions/track/", {"number": story.petition.number, "code": story.code})
    return client


def page_of(story):
    return reverse("portal:own_data", args=[story.petition.number])


def erase(client, story, **typed):
    return client.post(reverse("portal:erase_own_data", args=[story.petition.number]), {"sure": "on"} | typed)


def test_the_file_holds_who_what_and_every_look(resident, story, office):
    services.reveal(petition=story.petition, actor=office.officer, reason="电话核实地点")

    response = resident.get(reverse("portal:own_data_file", args=[story.petition.number, "json"]))
    facts = json.loads(response.content)

    assert "attachment" in response["Content-Disposition"]
    assert facts["身份信息"][0] | {"姓名": "孟庆余", "电话": "13900000042"} == facts["身份信息"][0]
    assert facts["反映和附议的意见"][0]["内容"] == story.petition.body
    assert [look["理由"] for look in facts["查看记录"]] == ["电话核实地点"]
    assert office.officer.name not in response.content.decode()
    readable = said(resident.get(reverse("portal:own_data_file", args=[story.petition.number, "html"])))
    assert REPORTER["address"] in readable
    assert story.petition.body in readable
    assert ViewLog.objects.count() == 1


@pytest.mark.parametrize("name", ["own_data", "erase_own_data"])
def test_whoever_has_not_opened_the_case_finds_nothing(client, story, name):
    url = reverse(f"portal:{name}", args=[story.petition.number])

    assert client.get(url).status_code in (404, 405)
    assert client.post(url, {"sure": "on"}).status_code in (404, 405)
    assert client.get(reverse("portal:all_own_data")).status_code == 404
    assert Identity.objects.exists()


def test_one_who_joined_takes_along_what_is_theirs_only(client, story):
    story.take("join", identity=REPORTER | {"name": "林桂芝", "phone": "13900001111"})
    joined = story.petition.proposers.get(is_first=False)

    facts = json.dumps(own_data.everything(own_data.scope_of_case(joined.pk)), ensure_ascii=False)

    assert "林桂芝" in facts
    assert REPORTER["name"] not in facts
    assert story.petition.body not in facts


def test_a_phone_leads_to_all_that_bears_it(office, story):
    note = a_note(a_reception(office.station, days=0), office.officer, identity=keep(REPORTER))
    Story.begin(office, identity=REPORTER | {"phone": "13900001111"})

    scope = own_data.scope_of_phone(index_of("139 0000 0042"))

    assert {row.pk for row in scope.identities} == {story.proposer.identity_id, note.identity_id}
    assert [proposer.petition for proposer in scope.proposers] == [story.petition]
    assert own_data.scope_of_phone("").identities == []


def test_of_a_case_that_is_over_it_is_deleted_at_once(office, client):
    story = Story.brought_to(Status.CLOSED, office)
    client.post("/petitions/track/", {"number": story.petition.number, "code": story.code})

    assert erase(client, story).status_code == 302

    assert not Identity.objects.exists()
    assert ErasureRequest.objects.get().erased
    assert (Removal.objects.get().kind, Removal.objects.get().number) == ("on_request", 1)
    assert story.petition.title in said(client.get(story.petition.tracking_url))
    assert "已删除" in said(client.get(page_of(story)))


def test_of_an_open_case_the_head_decides_and_says_why_it_is_kept(resident, story, office, client):
    assert erase(resident, story, words="我搬走了").status_code == 302
    asked = ErasureRequest.objects.get()
    assert Identity.objects.exists()
    assert Message.objects.filter(recipient=office.head, title__contains="申请删除个人信息").exists()
    # While it waits there is nothing more to ask for.
    page = said(resident.get(page_of(story)))
    assert "您的申请已收到" in page
    assert "我确认删除" not in page

    with pytest.raises(ActionError, match="请写明不予删除的理由"):
        decide_erasure(request=asked, actor=office.head, erased=False, why=" ")
    decide_erasure(request=asked, actor=office.head, erased=False, why="还要联系您到现场核实")

    assert "还要联系您到现场核实" in said(resident.get(page_of(story)))
    assert "我确认删除" in said(resident.get(page_of(story)))
    assert Identity.objects.exists()
    with pytest.raises(ActionError, match="已经处理过"):
        decide_erasure(request=asked, actor=office.head, erased=True)


def test_the_head_deletes_on_the_desk(story, office, client):
    asked = ask_erasure(proposer=story.proposer)
    client.force_login(office.head)
    url = reverse("petitions:decide_erasure", args=[asked.pk])

    assert story.petition.number in said(client.get(reverse("petitions:erasure_requests")))
    refused = client.post(url, {"erased": "no", "why": ""})
    assert (refused.status_code, "请写明不予删除的理由" in said(refused)) == (409, True)
    assert client.post(url, {"erased": "yes"}).status_code == 302

    assert not Identity.objects.exists()
    assert services.reveal(petition=story.petition, actor=office.officer, reason="核实") == []


@pytest.mark.parametrize("position", ["officer", "clerk", "viewer", "stranger", "admin", "privacy"])
def test_nobody_else_decides(story, office, position):
    asked = ask_erasure(proposer=story.proposer)

    with pytest.raises(ActionError, match="由站长"):
        decide_erasure(request=asked, actor=getattr(office, position), erased=True)


def test_what_is_over_cannot_be_kept(office, story):
    asked = ask_erasure(proposer=story.proposer)
    story.take("reply")
    story.take("pass_reply")
    story.take("rate")

    with pytest.raises(ActionError, match="没有继续保存"):
        decide_erasure(request=asked, actor=office.head, erased=False, why="再留一留")


def test_a_second_request_is_the_first_one(story):
    assert ask_erasure(proposer=story.proposer) == ask_erasure(proposer=story.proposer)


def test_note_and_case_lose_it_alike_and_a_visit_at_once(office):
    reception = a_reception(office.station, days=0, deputies=[office.deputy_person])
    told, heard = (a_note(reception, office.officer, identity=keep(REPORTER)) for _note in range(2))
    petition, _code = services.petition_of(note=told, actor=office.officer)

    waiting = own_data.erase(own_data.scope_of_phone(index_of(REPORTER["phone"])))
    assert [asked.petition for asked in waiting] == [petition]
    heard.refresh_from_db()
    assert heard.identity is None
    decide_erasure(request=waiting[0], actor=office.head, erased=True)

    told.refresh_from_db()
    assert told.identity is None
    assert petition.proposers.get().identity is None


def test_without_the_tick_nothing_happens_and_the_words_stay(resident, story):
    response = resident.post(
        reverse("portal:erase_own_data", args=[story.petition.number]), {"words": "我搬走了，请删除"}
    )

    assert response.status_code == 422
    assert "确定要删除的，请勾选这一项。" in said(response)
    assert "我搬走了，请删除" in said(response)
    assert not ErasureRequest.objects.exists()


def test_the_proved_phone_has_a_page_of_its_own(client, story):
    session = client.session
    opened.prove_phone(session, index_of(REPORTER["phone"]))
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    page = client.get(reverse("portal:all_own_data"))

    assert page.status_code == 200
    assert client.post(reverse("portal:erase_all_own_data"), {"sure": "on"}).status_code == 302
    assert ErasureRequest.objects.get().petition == story.petition


def test_the_notice_says_what_for_how_long_who_and_which_rights(client):
    page = said(client.get(reverse("portal:privacy_notice")))

    for part in ("第1版", "收集什么，为什么", "谁能看到", "保存多久", "36 个月", "公开要您另外同意", "您的权利"):
        assert part in page
    assert client.get(reverse("portal:privacy_notice_version", args=[1])).status_code == 200
    assert client.get(reverse("portal:privacy_notice_version", args=[99])).status_code == 404
