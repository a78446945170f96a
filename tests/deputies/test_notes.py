"""Reception notes: stored once, numbered without a gap, and who the visitor is known to nobody by accident."""

import datetime as dt
import threading
from uuid import uuid4

import pytest
from django.db import connection, connections

from accounts.models import Role, ViewLog
from deputies import services
from deputies.errors import ReceptionError
from deputies.models import Appointment, Note, NotePhoto, ReceptionEvent
from petitions.services import petition_of
from tests.factories import (
    StationFactory,
    UserFactory,
    a_deputy,
    a_reception,
    a_user,
    grant,
    load_years,
    picture,
    upload,
)
from vault import services as vault
from vault.errors import PictureError, VaultError
from vault.models import Identity, Secrecy

pytestmark = pytest.mark.django_db

VISITOR = {"name": "韩秋生", "phone": "13900001234", "address": "", "email": ""}
SAID = {"topic": "村口路灯不亮", "words": "三盏灯坏了半个月。", "outcome": Note.Outcome.HANDLE}


class Day:
    """An open reception day with an officer and a deputy on duty."""

    def __init__(self):
        load_years()
        self.station = StationFactory()
        self.officer = a_user(Role.OFFICER, self.station)
        user = UserFactory()
        grant(user, Role.DEPUTY)
        self.deputy = a_deputy("张代表", user=user, station=self.station)
        self.reception = a_reception(self.station, days=0, deputies=[self.deputy])
        services.open_session(reception=self.reception, actor=self.officer)

    def note(self, actor=None, **facts):
        sent = {"key": uuid4()} | SAID | facts
        return services.record_note(reception=self.reception, actor=actor or self.officer, **sent)

    def booking(self, **facts):
        booked = {"slot": dt.time(9, 20), "topic": "下水道堵了", "booked_at": self.reception.starts_at}
        return Appointment.objects.create(
            number=f"YY-20261124-{Appointment.objects.count():05}",
            reception=self.reception,
            code_hash="x",
            submission_key=uuid4(),
            **(booked | facts),
        )


@pytest.fixture
def day():
    return Day()


def test_notes_are_numbered_in_the_order_in_which_they_are_stored(day):
    notes = [day.note(), day.note(actor=day.deputy.user), day.note()]

    assert [note.number for note in notes] == [1, 2, 3]


def test_a_note_sent_twice_is_stored_once(day):
    key = uuid4()

    first, second = day.note(key=key), day.note(key=key, topic="另一个题目")

    assert first == second
    assert Note.objects.get().topic == "村口路灯不亮"


def test_a_note_sent_again_after_the_summary_is_answered_like_the_first_time(day):
    key = uuid4()
    note = day.note(key=key, outcome=Note.Outcome.HEARD)
    services.close_session(reception=day.reception, remarks="", actor=day.officer)

    assert day.note(key=key) == note
    with pytest.raises(ReceptionError, match="小结"):
        day.note()


@pytest.mark.django_db(transaction=True)
def test_two_sendings_at_the_same_moment_store_one_note_and_twelve_leave_no_gap():
    day = Day()
    key, ready, stored = uuid4(), threading.Barrier(12), []

    def send(number):
        try:
            ready.wait(timeout=20)
            note = day_of(day).note(key=key if number < 4 else uuid4())
            stored.append(note.number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[number]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=40)

    assert len(stored) == 12
    assert Note.objects.filter(key=key).count() == 1
    assert sorted(Note.objects.values_list("number", flat=True)) == list(range(1, 10))


def day_of(day):
    """The same day with rows of its own, as each request reads it."""
    copy = object.__new__(Day)
    copy.__dict__ = day.__dict__ | {"reception": type(day.reception).objects.get(pk=day.reception.pk)}
    return copy


def test_a_forms_key_belongs_to_one_day(day):
    note = day.note()
    other = a_reception(day.station, days=0, starts=dt.time(8))
    services.open_session(reception=other, actor=day.officer)

    with pytest.raises(ReceptionError, match="已用于另一次接待"):
        services.record_note(reception=other, key=note.key, actor=day.officer, **SAID)


def test_nothing_is_noted_before_the_day_is_opened(day):
    other = a_reception(day.station, days=0, starts=dt.time(8))

    with pytest.raises(ReceptionError, match="请先开始接待"):
        services.record_note(reception=other, key=uuid4(), actor=day.officer, **SAID)


def test_a_deputy_who_is_not_on_duty_writes_no_note(day):
    user = UserFactory()
    grant(user, Role.DEPUTY)
    a_deputy("李代表", user=user, station=day.station)

    with pytest.raises(ReceptionError, match="不在这次接待的轮值表上"):
        day.note(actor=user)


def test_who_the_visitor_is_stands_nowhere_but_in_the_vault(day):
    note = day.note(identity=VISITOR)
    services.amend_note(note=note, actor=day.officer, words="四盏灯坏了。")
    services.reveal_visitor(note=note, actor=day.officer, reason="电话核实地点")

    for table, column in text_columns():
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT EXISTS (SELECT 1 FROM "{table}" WHERE strpos("{column}"::text, %s) > 0
                    OR strpos("{column}"::text, %s) > 0)""",
                [VISITOR["name"], VISITOR["phone"]],
            )
            assert cursor.fetchone() == (False,), f"{table}.{column}"


def text_columns():
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        return cursor.fetchall()


def test_an_anonymous_visitor_leaves_no_identity_even_if_one_was_typed(day):
    note = day.note(identity=VISITOR, secrecy=Secrecy.ANONYMOUS)

    assert note.identity is None
    assert not Identity.objects.exists()


def test_a_booked_visitors_identity_moves_to_the_note_unopened(day):
    booking = day.booking(identity=vault.keep(VISITOR))
    kept = booking.identity

    note = day.note(appointment=booking)

    booking.refresh_from_db()
    assert (note.identity, booking.identity, booking.state) == (kept, None, Appointment.State.CAME)
    assert not ViewLog.objects.exists()


def test_who_booked_by_name_and_then_wishes_to_be_anonymous_leaves_nothing_behind(day):
    booking = day.booking(identity=vault.keep(VISITOR))

    note = day.note(appointment=booking, secrecy=Secrecy.ANONYMOUS)

    booking.refresh_from_db()
    assert (note.identity, booking.identity) == (None, None)
    assert not Identity.objects.exists()


def test_a_booking_is_received_once_and_not_after_it_was_cancelled(day):
    booking = day.booking()
    day.note(appointment=booking)

    with pytest.raises(ReceptionError, match="已有第1号记录"):
        day.note(appointment=booking)
    booking.state = Appointment.State.CANCELLED
    booking.save()
    with pytest.raises(ReceptionError, match="已经取消"):
        day.note(appointment=booking)

    assert Note.objects.count() == 1


def test_a_photo_is_kept_anew_and_a_seventh_is_refused(day):
    note = day.note(photos=[upload(picture()), upload(picture("PNG"))])

    assert [photo.file.read()[:3] for photo in note.photos.all()] == [b"\xff\xd8\xff"] * 2
    with pytest.raises(ReceptionError, match="最多6张"):
        services.amend_note(note=note, actor=day.officer, photos=[upload(picture()) for _each in range(5)])
    with pytest.raises(PictureError):
        day.note(photos=[upload(b"not a picture")])
    assert NotePhoto.objects.count() == 2
    assert Note.objects.count() == 1


def test_a_photo_of_the_wrong_thing_can_be_removed(day, django_capture_on_commit_callbacks):
    note = day.note(photos=[upload(picture()), upload(picture())])
    wrong = note.photos.first()
    storage, name = wrong.file.storage, wrong.file.name

    with django_capture_on_commit_callbacks(execute=True):
        services.amend_note(note=note, actor=day.officer, dropped=[wrong])

    assert note.photos.count() == 1
    assert not storage.exists(name)


def test_a_note_is_amended_until_it_is_a_petition_and_the_day_knows_by_whom(day):
    note = day.note(identity=VISITOR)

    services.amend_note(note=note, actor=day.deputy.user, topic="村东路灯不亮")
    petition_of(note=note, actor=day.officer)
    with pytest.raises(ReceptionError, match="已转为群众意见"):
        services.amend_note(note=note, actor=day.officer, topic="又改")

    assert ReceptionEvent.objects.filter(what="修改第1号接待记录", actor=day.deputy.user).exists()
    assert Note.objects.get().topic == "村东路灯不亮"


def test_amending_a_note_keeps_replaces_or_forgets_the_identity(day):
    note = day.note(identity=VISITOR)
    first = note.identity

    services.amend_note(note=note, actor=day.officer, topic="改")
    assert note.identity == first
    services.amend_note(note=note, actor=day.officer, identity=VISITOR | {"phone": "13900005678"})
    assert list(Identity.objects.all()) == [note.identity]
    assert note.identity != first
    services.amend_note(note=note, actor=day.officer, secrecy=Secrecy.ANONYMOUS)
    assert not Identity.objects.exists()


def test_a_reveal_needs_the_right_and_a_reason_and_is_logged(day):
    note = day.note(identity=VISITOR, deputy=day.deputy)
    named = day.note(identity=VISITOR, deputy=day.deputy, secrecy=Secrecy.NAMED)

    with pytest.raises(ReceptionError, match="无权"):
        services.reveal_visitor(note=note, actor=day.deputy.user, reason="电话核实")
    with pytest.raises(VaultError, match="理由"):
        services.reveal_visitor(note=note, actor=day.officer, reason="")
    assert services.reveal_visitor(note=note, actor=day.officer, reason="电话核实") == [VISITOR]
    assert services.reveal_visitor(note=named, actor=day.deputy.user, reason="电话核实") == [VISITOR]

    assert [(look.user, look.reason) for look in ViewLog.objects.order_by("pk")] == [
        (day.officer, "电话核实"),
        (day.deputy.user, "电话核实"),
    ]


def test_whoever_received_a_visitor_was_there(day):
    day.note(deputy=day.deputy)

    assert day.reception.turns.get(deputy=day.deputy).present_at is not None


def test_a_deputy_named_afterwards_was_there_as_well(day):
    note = day.note()

    services.amend_note(note=note, actor=day.officer, deputy=day.deputy)

    assert day.reception.turns.get(deputy=day.deputy).present_at is not None
