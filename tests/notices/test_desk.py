"""The messages page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices import services
from notices.models import Message
from tests.factories import UserFactory, a_user, load_years
from tests.supervision.conftest import moment

MONDAY = moment("2026-11-02 10:00")


@pytest.fixture
def officer(db, client):
    load_years(2026)
    officer = a_user()
    client.force_login(officer)
    return officer


def send(user, count=1):
    for number in range(count):
        services.tell(
            to=[user],
            title=f"消息 {number}",
            topic="petition:1",
            key=f"petition:1:{number}",
            link="/desk/messages/?opened",
            at=MONDAY,
        )
    services.deliver(at=MONDAY)


def test_an_empty_inbox_says_what_would_fill_it(officer, client):
    assert "还没有消息" in client.get("/desk/messages/").content.decode()


def test_a_message_stays_out_of_the_inbox_until_it_is_delivered(officer, client):
    services.tell(to=[officer], title="夜里的事", topic="t", key="k", at=moment("2026-11-02 22:00"))
    services.deliver(at=moment("2026-11-02 22:00"))
    assert "夜里的事" not in client.get("/desk/messages/").content.decode()

    services.deliver(at=moment("2026-11-03 08:30"))
    assert "夜里的事" in client.get("/desk/messages/").content.decode()


def test_opening_a_message_marks_it_read_and_follows_its_link(officer, client):
    send(officer)
    message = Message.objects.get()

    answer = client.post(f"/desk/messages/{message.pk}/read/")

    assert answer.url == "/desk/messages/?opened"
    message.refresh_from_db()
    assert message.read_at is not None


def test_looking_at_the_inbox_marks_nothing_read(officer, client):
    send(officer)

    client.get("/desk/messages/")

    assert Message.objects.unread_by(officer).count() == 1
    assert client.get(f"/desk/messages/{Message.objects.get().pk}/read/").status_code == 405


def test_everything_is_marked_read_at_once_but_only_ones_own(officer, client):
    send(officer, 3)
    other = a_user()
    services.tell(to=[other], title="别人的", topic="t", key="k", at=MONDAY)
    services.deliver(at=MONDAY)

    client.post("/desk/messages/read/")

    assert Message.objects.unread_by(officer).count() == 0
    assert Message.objects.unread_by(other).count() == 1


def test_the_message_of_another_person_does_not_exist_for_me(officer, client):
    other = a_user()
    send(other)

    assert client.post(f"/desk/messages/{Message.objects.get().pk}/read/").status_code == 404


def test_a_long_inbox_is_turned_leaf_by_leaf(officer, client):
    send(officer, 120)
    seen, page = [], "/desk/messages/"

    while page:
        context = client.get(page).context
        seen += [message.title for message in context["rows"]]
        page = context["older"]

    assert seen == [f"消息 {number}" for number in reversed(range(120))]


@pytest.mark.parametrize("count", [2, 60])
def test_the_inbox_costs_the_same_number_of_queries_whatever_its_length(
    officer, client, count, django_assert_max_num_queries
):
    send(officer, count)

    with django_assert_max_num_queries(7):
        client.get("/desk/messages/")


def test_the_desk_counts_unread_messages(officer, client):
    send(officer, 3)

    assert client.get("/desk/messages/").context["unread_count"] == 3


def test_the_number_of_unread_messages_is_ones_own_and_follows_what_one_reads(officer, client):
    send(a_user(), 2)
    assert client.get("/desk/messages/").context["unread_count"] == 0

    send(officer, 2)
    client.post(f"/desk/messages/{officer.notices.first().pk}/read/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/desk/messages/").context["unread_count"] == 1

    assert not [query for query in queries if "COUNT(" in query["sql"].upper()]  # it is a statement that is kept


def test_an_administrator_looks_after_the_post_without_reading_it(officer, client):
    services.tell(to=[officer], title="有答复", body="路灯已更换。", topic="t", key="k", at=MONDAY)
    client.force_login(UserFactory(is_superuser=True))

    page = client.get(f"/admin/notices/message/{Message.objects.get().pk}/change/").content.decode()

    assert "有答复" in page
    assert "路灯已更换。" not in page
