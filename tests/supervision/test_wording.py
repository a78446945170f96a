"""What the messages say: the office's own words, checked before they are kept and shown as they are sent."""

import pytest

from accounts.models import Role
from notices.models import Message, Wording
from notices.wording import MESSAGES, PLACEHOLDERS, samples_of, say
from supervision import services
from supervision.models import RuleChange
from tests.factories import a_user

from .conftest import moment

WORDS = {"title": "【{级别}】{事项}", "body": "{到期说明}\n{文书说明}\n请登录办理。"}


@pytest.fixture
def committee(office, client):
    client.force_login(office.committee)
    return client


def test_reminders_go_out_in_the_offices_own_words(committee, answer_clock):
    clock = answer_clock()

    committee.post("/desk/message-words/reminder/", {**WORDS, "save": ""})
    services.sweep(at=moment("2026-11-12 09:00"))

    message = Message.objects.get(topic=clock.topic)
    assert message.title == f"【提醒】{clock.title}"
    assert message.body == "“答复”应于2026年11月16日前完成，请抓紧办理。\n请登录办理。"
    assert RuleChange.objects.get().subject == "message"


def test_the_preview_is_what_would_be_sent_and_keeps_nothing(committee):
    page = committee.post("/desk/message-words/reminder/", {**WORDS, "look": ""}).content.decode()

    title, _body = say("reminder", samples_of("reminder"), {"reminder": (WORDS["title"], WORDS["body"])})
    assert f"<strong>{title}</strong>" in page
    assert not Wording.objects.exists()


@pytest.mark.parametrize("unknown", ["{姓名}", "{电话}", "{群众原话}", "{", "{说明}"])
def test_a_placeholder_that_the_message_does_not_know_is_refused_and_what_was_typed_stays(committee, unknown):
    words = {"title": "{编号} 已受理", "body": f"您好{unknown}", "save": ""}

    page = committee.post("/desk/message-words/accepted/", words).content.decode()

    assert f"这条消息没有“{unknown}”" in page
    assert f"您好{unknown}" in page
    assert not Wording.objects.exists()


def test_a_message_goes_back_to_the_portals_own_words(committee):
    committee.post("/desk/message-words/accepted/", {"title": "{编号} 收下了", "body": "", "save": ""})
    assert "收下了" in committee.get("/desk/message-words/").content.decode()

    committee.post("/desk/message-words/accepted/", {"reset": ""})

    assert "收下了" not in committee.get("/desk/message-words/").content.decode()
    assert committee.get("/desk/message-words/nothing/").status_code == 404


def test_braces_in_a_fact_are_nothing_but_text():
    assert say("info_asked", {"{编号}": "XD-1", "{说明}": "请写{编号}"}, {}) == ("XD-1 请补充情况", "请写{编号}")


def test_no_message_knows_a_placeholder_without_a_meaning_and_every_usual_text_knows_its_own():
    for message in MESSAGES.values():
        assert set(message.knows) <= set(PLACEHOLDERS)
        title, body = say(message.name, samples_of(message.name), {})
        assert "{" not in title + body


def test_others_read_the_words_and_do_not_change_them(office, client, django_assert_max_num_queries):
    client.force_login(a_user(Role.OFFICER, office.station))

    with django_assert_max_num_queries(10):
        assert client.get("/desk/message-words/").status_code == 200
    assert client.post("/desk/message-words/accepted/", {"reset": ""}).status_code == 403
