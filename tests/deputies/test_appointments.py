"""Booked visits: which slots are free, who gets the last one, giving it up, finding it, and who learns who comes."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Role, ViewLog
from deputies import services
from deputies.errors import ReceptionError
from deputies.models import Appointment, Note
from notices.models import Message
from tests.factories import StationFactory, a_reception, a_region, a_user
from vault.models import Identity
from vault.services import address_of

NINE, TWENTY_PAST = dt.time(9), dt.time(9, 20)
VISITOR = {"name": "孟庆余", "phone": "13900000042", "address": "", "email": "meng@example.invalid"}


@pytest.fixture
def reception(db):
    """Three days ahead, 9:00–11:30, in slots of twenty minutes."""
    return a_reception(StationFactory(), slot_minutes=20)


def book(reception, slot=NINE, **facts):
    """Book a slot as the form does, unless told otherwise."""
    facts = {"topic": "路灯不亮", "people": 1, "identity": None, "submission_key": uuid4()} | facts
    return services.book(reception=reception, slot=slot, **facts)


def test_only_whole_slots_are_offered(reception):
    slots = services.free_slots(reception)

    assert slots[:2] == [NINE, TWENTY_PAST]
    assert slots[-1] == dt.time(11)
    assert len(slots) == 7


def test_a_booked_slot_is_free_for_nobody_else(reception):
    appointment, code = book(reception)

    assert NINE not in services.free_slots(reception)
    assert appointment.number.startswith(f"YY-{reception.date:%Y%m%d}-")
    assert len(code) == 11
    with pytest.raises(ReceptionError, match="刚刚被别人约走"):
        book(reception)


def test_a_cancelled_booking_gives_its_slot_back(reception):
    appointment, _code = book(reception)

    services.cancel_appointment(appointment=appointment)

    assert NINE in services.free_slots(reception)
    assert book(reception)[1]


def test_the_same_form_sent_twice_is_one_booking(reception):
    key = uuid4()
    first, code = book(reception, submission_key=key)

    second, nothing = book(reception, submission_key=key)

    assert (second, nothing) == (first, None)
    assert code
    assert Appointment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_want_the_last_slot_one_gets_it():
    reception = a_reception(StationFactory(), slot_minutes=150)

    def take(_n):
        try:
            return book(reception)[1]
        except ReceptionError as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(take, range(4)))

    assert Appointment.objects.standing().count() == 1
    assert sum("刚刚被别人约走" in answer for answer in told) == 3


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_by_four_hands_at_once_is_one_booking():
    reception, key = a_reception(StationFactory(), slot_minutes=20), uuid4()

    def take(_n):
        try:
            return book(reception, submission_key=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(take, range(4)))

    assert len({appointment.pk for appointment, _code in made}) == 1
    assert sum(code is not None for _appointment, code in made) == 1


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"cancelled_why": "代表外出", "cancelled_at": timezone.now()}, "已经取消：代表外出"),
        ({"slot_minutes": 0}, "不用预约"),
        ({"published_at": None}, "不用预约"),
        ({"opened_at": timezone.now()}, "接待已经开始"),
        ({"closed_at": timezone.now()}, "已经结束"),
    ],
)
def test_a_day_that_cannot_be_booked_says_why(reception, facts, told):
    type(reception).objects.filter(pk=reception.pk).update(**facts)
    reception.refresh_from_db()

    with pytest.raises(ReceptionError, match=told):
        book(reception)

    assert services.free_slots(reception) == []


def test_booking_ends_the_moment_the_day_begins(reception):
    begins = reception.starts_at

    assert services.free_slots(reception, at=begins - dt.timedelta(seconds=1))
    assert services.free_slots(reception, at=begins) == []
    with pytest.raises(ReceptionError, match="可以直接来"):
        book(reception, at=begins)


def test_a_time_between_the_slots_cannot_be_booked(reception):
    with pytest.raises(ReceptionError):
        book(reception, slot=dt.time(9, 7))


def test_who_comes_stands_sealed_in_the_vault_and_nowhere_else(reception):
    appointment, _code = book(reception, identity=VISITOR)

    assert b"13900000042" not in bytes(appointment.identity.sealed)
    assert address_of(appointment.identity.outside_key) == "meng@example.invalid"
    row = Appointment.objects.filter(pk=appointment.pk).values().get()
    assert "孟庆余" not in str(row)
    assert "13900000042" not in str(row)


def test_whoever_left_an_address_is_told_and_the_message_names_nobody(reception):
    appointment, code = book(reception, identity=VISITOR)
    book(reception, slot=TWENTY_PAST, identity=VISITOR | {"email": ""})

    message = Message.objects.get()
    assert message.outside_key == appointment.identity.outside_key
    assert appointment.number in message.body
    for word in ("孟庆余", "13900000042", code):
        assert word not in f"{message.title}{message.body}{message.link}"


def test_a_resident_who_gives_up_leaves_nothing_of_themselves_behind(reception):
    appointment, _code = book(reception, identity=VISITOR)

    cancelled = services.cancel_appointment(appointment=appointment)

    assert cancelled.state == Appointment.State.CANCELLED
    assert not Identity.objects.exists()
    assert Message.objects.get().status == Message.Status.WITHDRAWN


def test_a_station_that_cancels_can_still_reach_who_booked(reception):
    appointment, _code = book(reception, identity=VISITOR)

    cancelled = services.cancel_appointment(appointment=appointment, why="代表外出开会")

    assert cancelled.cancelled_why == "代表外出开会"
    assert cancelled.identity is not None


def test_cancelling_again_says_when_it_was_done(reception):
    appointment, _code = book(reception)
    services.cancel_appointment(appointment=appointment)

    with pytest.raises(ReceptionError, match="这个预约已在20"):
        services.cancel_appointment(appointment=appointment)


def test_nobody_cancels_a_visit_that_took_place_or_a_day_that_is_over(reception):
    came, _code = book(reception)
    Appointment.objects.filter(pk=came.pk).update(state=Appointment.State.CAME)
    missed, _code = book(reception, slot=TWENTY_PAST)

    with pytest.raises(ReceptionError, match="已经来访"):
        services.cancel_appointment(appointment=came)
    with pytest.raises(ReceptionError, match="已经结束"):
        services.cancel_appointment(appointment=missed, at=reception.ends_at)


def test_an_identity_that_became_a_notes_outlives_its_booking(reception):
    appointment, _code = book(reception, identity=VISITOR)
    note = Note.objects.create(
        reception=reception,
        number=1,
        topic="路灯",
        words="路灯不亮",
        outcome=Note.Outcome.HEARD,
        identity=appointment.identity,
        recorded_by=a_user(),
        recorded_at=timezone.now(),
    )
    Appointment.objects.filter(pk=appointment.pk).update(state=Appointment.State.CAME)

    with pytest.raises(ReceptionError):
        services.cancel_appointment(appointment=appointment)

    note.refresh_from_db()
    assert note.identity is not None


def test_number_and_code_open_a_booking_however_they_are_typed(reception):
    appointment, code = book(reception)
    typed = f" {code.lower().replace('-', ' ')} "

    assert services.find(number=appointment.number.lower(), code=typed, address="10.0.0.1") == appointment
    assert services.find(number=appointment.number, code="AAAAA-AAAAA", address="10.0.0.1") is None
    assert services.find(number="YY-20200101-00001", code=code, address="10.0.0.1") is None


def test_whoever_guesses_is_locked_out_even_with_the_right_code(reception):
    appointment, code = book(reception)
    for _try in range(10):
        services.find(number=appointment.number, code="AAAAA-AAAAA", address="10.0.0.2")

    assert services.find(number=appointment.number, code=code, address="10.0.0.2") is None


def test_one_address_books_ten_times_an_hour(db):
    answers = [services.may_book(address="10.0.0.3") for _n in range(11)]

    assert answers == [True] * 10 + [False]
    assert services.may_book(address="10.0.0.4")


def test_the_station_learns_who_comes_with_a_reason_and_it_is_logged(reception):
    appointment, _code = book(reception, identity=VISITOR)
    officer = a_user(Role.OFFICER, reception.station)

    told = services.reveal_booked(appointment=appointment, actor=officer, reason="改期，打电话告知")

    assert told["phone"] == "13900000042"
    entry = ViewLog.objects.get()
    assert (entry.user, entry.number, entry.reason) == (officer, appointment.number, "改期，打电话告知")


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DEPUTY, Role.VIEWER, Role.CLERK, Role.ADMIN])
def test_nobody_else_learns_who_comes(reception, role):
    appointment, _code = book(reception, identity=VISITOR)
    scope = {Role.OFFICER: StationFactory(region=a_region("130502100")), Role.VIEWER: a_region("130503")}.get(role)

    with pytest.raises(ReceptionError):
        services.reveal_booked(appointment=appointment, actor=a_user(role, scope), reason="想看看")

    assert not ViewLog.objects.exists()


def test_without_a_reason_nothing_is_opened(reception):
    appointment, _code = book(reception, identity=VISITOR)
    anonymous, _code = book(reception, slot=TWENTY_PAST)
    officer = a_user(Role.OFFICER, reception.station)

    with pytest.raises(ReceptionError, match="理由"):
        services.reveal_booked(appointment=appointment, actor=officer, reason=" ")
    with pytest.raises(ReceptionError, match="没有留下"):
        services.reveal_booked(appointment=anonymous, actor=officer, reason="打电话")
