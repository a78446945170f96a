"""Messages that no channel could deliver, and who decides what becomes of them."""

import pytest
from django.urls import reverse

from accounts.models import Role
from notices.models import Message
from tests.factories import UserFactory, a_user
from tests.supervision.conftest import moment

Status = Message.Status
PAGE = "/desk/messages/parked/"


@pytest.fixture
def parked(db):
    return Message.objects.create(
        outside_key="identity:3",
        topic="petition:1",
        title="XD-1 已受理",
        body="您的反映已受理。",
        dedupe_key="k",
        status=Status.PARKED,
        next_try_at=moment("2026-11-02 10:00"),
        attempts=5,
        answer="550 no such mailbox",
    )


@pytest.fixture
def committee(client, db):
    client.force_login(a_user(Role.COMMITTEE))
    return client


def test_the_list_names_the_matter_and_the_answer_but_neither_words_nor_reader(
    committee, parked, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        page = committee.get(PAGE).content.decode()

    assert "XD-1 已受理" in page
    assert "550 no such mailbox" in page
    assert "群众" in page
    assert "您的反映已受理" not in page
    assert "identity:3" not in page


@pytest.mark.parametrize(("button", "becomes"), [("again", Status.QUEUED), ("give_up", Status.WITHDRAWN)])
def test_one_is_tried_again_or_given_up_once(committee, parked, button, becomes):
    for _time in range(2):
        committee.post(reverse("notices:settle_parked", args=[parked.pk]), {button: "1"})

    parked.refresh_from_db()
    assert parked.status == becomes


def test_an_empty_list_says_what_would_fill_it(committee):
    assert "没有发送失败的消息" in committee.get(PAGE).content.decode()


def test_only_those_who_look_after_the_post_see_it(client, parked):
    client.force_login(a_user(Role.OFFICER))
    assert client.get(PAGE).status_code == 403

    client.force_login(UserFactory())
    assert client.post(reverse("notices:settle_parked", args=[parked.pk]), {"again": "1"}).status_code == 403


def test_further_leaves_go_on_where_the_first_ended(committee):
    Message.objects.bulk_create(
        Message(
            outside_key="identity:3",
            topic="t",
            title=f"第{n}条",
            dedupe_key=str(n),
            status=Status.PARKED,
            next_try_at=moment("2026-11-02 10:00"),
        )
        for n in range(60)
    )

    first = committee.get(PAGE)
    second = committee.get(first.context["older"])

    assert {row.title for row in first.context["rows"]} & {row.title for row in second.context["rows"]} == set()
    assert len(first.context["rows"]) + len(second.context["rows"]) == 60
