"""What people are told, when, and what becomes of it."""

import socket
import threading

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import Count

from accounts.models import Leave
from notices import services
from notices.models import Message
from tests.factories import UserFactory, load_years
from tests.supervision.conftest import moment

Status = Message.Status
MONDAY = moment("2026-11-02 10:00")


@pytest.fixture(autouse=True)
def calendar(db):
    load_years(2026)


@pytest.fixture(autouse=True)
def address_book(settings):
    """Residents are looked up here while a message is sent, and nowhere else."""
    settings.NOTICES_ADDRESS_BOOK = "tests.notices.test_services.address_of"


def address_of(key):
    return {"petition:1": "resident@example.invalid"}.get(key, "")


def tell(to, title="新的交办", at=MONDAY, **facts):
    facts = {"topic": "petition:1", "key": f"petition:1:{title}"} | facts
    services.tell(to=to, title=title, at=at, **facts)


def statuses():
    return dict(Message.objects.values_list("status").annotate(Count("pk")))


def test_one_message_is_one_e_mail_with_its_own_subject():
    clerk = UserFactory()
    tell([clerk], body="请在2个工作日内签收。", link="/desk/petitions/XD-1/")

    services.deliver(at=MONDAY)

    sent = mail.outbox[0]
    assert (sent.to, sent.subject) == ([clerk.email], "新的交办")
    assert sent.body == "新的交办\n请在2个工作日内签收。\nhttp://localhost:8000/desk/petitions/XD-1/"
    assert statuses() == {Status.SENT: 1}


def test_many_messages_are_one_digest_a_recipient():
    clerk, officer = UserFactory(), UserFactory()
    for number in range(40):
        tell([clerk], title=f"提醒 {number}")
    tell([officer], title="一条")

    assert services.deliver(at=MONDAY) == 41

    assert [(sent.to[0], sent.subject) for sent in mail.outbox] == [
        (clerk.email, "联络站：您有 40 条消息"),
        (officer.email, "一条"),
    ]


def test_nobody_is_told_the_same_thing_twice():
    clerk = UserFactory()

    tell([clerk, clerk])
    tell([clerk])

    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("at", "goes_out"),
    [
        ("2026-11-02 10:00", "2026-11-02 10:00"),
        ("2026-11-02 03:00", "2026-11-02 08:30"),
        ("2026-11-02 17:30", "2026-11-03 08:30"),
        ("2026-11-06 20:00", "2026-11-09 08:30"),
        ("2026-09-30 18:00", "2026-10-08 08:30"),
        ("2026-10-09 19:00", "2026-10-10 08:30"),
    ],
)
def test_nothing_goes_out_to_officials_at_night_or_on_rest_days(at, goes_out):
    tell([UserFactory()], at=moment(at))

    assert Message.objects.get().next_try_at == moment(goes_out)


def test_what_was_due_in_office_hours_waits_when_the_machine_comes_back_at_night():
    tell([UserFactory()], at=moment("2026-11-02 17:00"))

    assert services.deliver(at=moment("2026-11-02 22:00")) == 0
    assert services.deliver(at=moment("2026-11-03 08:30")) == 1


def test_a_resident_is_told_at_any_hour():
    tell("petition:1", at=moment("2026-11-07 22:00"))

    services.deliver(at=moment("2026-11-07 22:00"))

    assert mail.outbox[0].to == ["resident@example.invalid"]


def test_the_outbox_never_holds_an_address():
    tell("petition:1")

    services.deliver(at=MONDAY)

    assert "resident@example.invalid" not in str(Message.objects.values().get())


def test_a_resident_without_an_address_finds_it_on_the_tracking_page_and_the_record_says_so():
    tell("petition:2")

    services.deliver(at=MONDAY)

    assert Message.objects.get().answer == "无电子邮箱，仅在查询页显示"
    assert mail.outbox == []


def test_a_user_without_an_address_is_told_in_site():
    clerk = UserFactory(email="")
    tell([clerk])

    services.deliver(at=MONDAY)

    assert Message.objects.seen_by(clerk).get().answer == "站内送达"


def test_a_substitute_is_told_in_the_place_of_a_person_on_leave():
    away, substitute = UserFactory(), UserFactory()
    Leave.objects.create(user=away, substitute=substitute, starts_on="2026-11-01", ends_on="2026-11-05")

    tell([away])
    tell([away], title="回来后", at=moment("2026-11-06 10:00"))

    assert [message.recipient for message in Message.objects.order_by("pk")] == [substitute, away]


def test_a_withdrawn_message_is_not_sent():
    tell([UserFactory()])
    tell([UserFactory()], title="别的事", topic="petition:2")

    services.withdraw("petition:1")
    services.deliver(at=MONDAY)

    assert statuses() == {Status.WITHDRAWN: 1, Status.SENT: 1}
    assert [sent.subject for sent in mail.outbox] == ["别的事"]


def test_what_was_sent_cannot_be_withdrawn():
    tell([UserFactory()])
    services.deliver(at=MONDAY)

    assert services.withdraw("petition:1") == 0


@pytest.fixture
def closed_mail_server(settings):
    """A mail server that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = taken.getsockname()[1]
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def test_a_failing_message_is_tried_again_and_parked_after_the_fifth_time(closed_mail_server):
    tell([UserFactory()])
    tries = []

    for at in ["10:00", "10:00", "10:01", "10:02", "10:06", "10:36", "10:37", "12:36"]:
        if services.deliver(at=moment(f"2026-11-02 {at}")):
            tries.append(at)

    message = Message.objects.get()
    assert tries == ["10:00", "10:01", "10:06", "10:36", "12:36"]
    assert message.status == Status.PARKED
    assert message.answer.startswith("ConnectionRefusedError")


def test_a_parked_message_can_be_tried_again(closed_mail_server, settings):
    tell([UserFactory()])
    Message.objects.update(status=Status.PARKED, attempts=5)

    services.try_again(Message.objects.all(), at=MONDAY)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    services.deliver(at=MONDAY)

    assert statuses() == {Status.SENT: 1}


def test_while_the_mail_server_is_down_the_message_stands_in_site_already(closed_mail_server):
    clerk = UserFactory()
    tell([clerk])

    services.deliver(at=MONDAY)

    assert Message.objects.unread_by(clerk).count() == 1


def test_a_next_try_does_not_fall_into_the_night(closed_mail_server):
    tell([UserFactory()])
    Message.objects.update(attempts=3)

    services.deliver(at=moment("2026-11-02 17:00"))

    assert Message.objects.get().next_try_at == moment("2026-11-03 08:30")


def test_one_broken_address_does_not_stop_the_post_of_others(settings):
    settings.NOTICES_ADDRESS_BOOK = "tests.notices.test_services.broken_book"
    tell("petition:1")
    clerk = UserFactory()
    tell([clerk])

    services.deliver(at=MONDAY)

    assert [sent.to for sent in mail.outbox] == [[clerk.email]]


def broken_book(key):
    raise LookupError(key)


def test_a_message_claimed_by_a_worker_that_died_is_tried_again_after_the_claim():
    tell([UserFactory()])
    services._claim(MONDAY, services.load_calendar())

    assert services.deliver(at=moment("2026-11-02 10:04")) == 0
    assert services.deliver(at=moment("2026-11-02 10:05")) == 1


def test_a_message_withdrawn_while_its_e_mail_is_tried_stays_withdrawn():
    tell([UserFactory()])
    claimed = services._claim(MONDAY, services.load_calendar())

    services.withdraw("petition:1")
    services._put_off(claimed, MONDAY, services.load_calendar(), "后来没有送达")

    assert statuses() == {Status.WITHDRAWN: 1}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once():
    clerks = [UserFactory() for _number in range(12)]
    for clerk in clerks:
        for number in range(3):
            tell([clerk], title=f"提醒 {number}")
    handled = []

    def work():
        handled.append(services.deliver(at=MONDAY))
        transaction.get_connection().close()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(handled) == 36
    assert sum(sent.body.count("提醒 ") for sent in mail.outbox) == 36
    assert statuses() == {Status.SENT: 36}


def test_telling_costs_the_same_number_of_queries_whatever_the_number_of_people(django_assert_num_queries):
    few, many = [UserFactory()], [UserFactory() for _number in range(20)]
    services.load_calendar()

    with django_assert_num_queries(3):
        tell(few, title="少")
    with django_assert_num_queries(3):
        tell(many, title="多")
