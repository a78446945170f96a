"""The desk's pages: who gets in, what is kept when something is wrong, and that a crowd costs no more than a few."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, ViewLog
from deputies import services
from deputies.models import Appointment, Deputy, Mandate, Membership, Note, Turn
from stations.models import Region
from tests.deputies.test_notes import VISITOR, Day
from tests.factories import (
    OrganFactory,
    StationFactory,
    UserFactory,
    a_deputy,
    a_reception,
    a_region,
    a_user,
    grant,
    picture,
)
from tests.factories import upload as a_file
from vault import services as vault

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"


@pytest.fixture
def day():
    return Day()


@pytest.fixture
def desk(client, day):
    """The officer at the open desk, and what a form sends."""
    client.force_login(day.officer)
    return client


def typed(user, **facts):
    return {
        "key": str(uuid4()),
        "author": user.pk,
        "topic": "村口路灯不亮",
        "words": "三盏灯坏了半个月。",
        "outcome": "handle",
        "visitors": "2",
        "secrecy": "station",
    } | facts


def send(client, day, *, by_script=False, **facts):
    headers = {"Accept": "application/json"} if by_script else {}
    address = reverse("deputies:note_new", args=[day.reception.pk])
    return client.post(address, typed(day.officer, **facts), headers=headers)


def session_of(day):
    return reverse("deputies:session", args=[day.reception.pk])


def test_a_note_is_stored_and_stands_in_the_list_with_its_number(desk, day):
    answer = send(desk, day, name="韩秋生", phone="13900001234", deputy=day.deputy.pk)

    page = desk.get(answer.url).content.decode()
    note = Note.objects.get()
    assert answer.url == session_of(day)
    assert "已记为第1号" in page
    assert note.get_absolute_url() in page
    assert (note.visitors, note.deputy, note.identity is not None) == (2, day.deputy, True)
    assert "韩秋生" not in page


def test_a_script_gets_the_row_and_the_same_answer_when_it_asks_again(desk, day):
    key = str(uuid4())

    first, second = (send(desk, day, by_script=True, key=key) for _each in range(2))

    assert first.json()["number"] == second.json()["number"] == 1
    assert "村口路灯不亮" in second.json()["row"]
    assert Note.objects.count() == 1


def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(desk, day):
    answer = send(desk, day, outcome="answered", words="老人的原话一字不少。", phone="12345", answer="")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "老人的原话一字不少。" in page
    assert "请写明是怎么答复的" in page
    assert "手机号应为11位" in page
    assert not Note.objects.exists()


def test_a_script_gets_the_sentences_of_a_refusal_by_field(desk, day):
    answer = send(desk, day, by_script=True, topic="")

    assert answer.status_code == 422
    assert answer.json() == {"errors": {"topic": ["请用一句话写明是什么事。"]}}


def test_what_the_choices_took_from_the_page_is_neither_checked_nor_kept(desk, day):
    send(desk, day, outcome="heard", answer="不该留下", proposal="不该留下", secrecy="anonymous", phone="12")

    note = Note.objects.get()
    assert (note.answer, note.proposal, note.identity) == ("", "", None)


def test_what_is_no_photo_is_refused_in_words(desk, day):
    answer = send(desk, day, by_script=True, photos=a_file(b"no picture"))

    assert "不是可以识别的照片" in answer.json()["errors"]["photos"][0]


def test_a_promise_needs_an_organ_a_day_and_a_day_to_come(desk, day):
    organ = OrganFactory()
    day.reception.organs.add(organ)
    past = (timezone.localdate() - dt.timedelta(days=1)).isoformat()

    alone = send(desk, day, by_script=True, promise="修好路灯").json()["errors"]
    late = send(desk, day, by_script=True, organ=organ.pk, promise="修好路灯", promised_on=past).json()["errors"]

    assert set(alone) == {"organ", "promised_on"}
    assert late == {"promised_on": ["承诺完成日期不能早于接待日。"]}
    assert send(desk, day, by_script=True, organ=organ.pk).status_code == 200


def test_organs_deputies_villages_and_bookings_of_elsewhere_are_not_taken(desk, day):
    elsewhere = a_reception(StationFactory(), days=0)
    booking = Appointment.objects.create(
        number="YY-1",
        reception=elsewhere,
        slot=dt.time(9),
        code_hash="x",
        booked_at=timezone.now(),
        submission_key=uuid4(),
    )
    foreign = {
        "organ": OrganFactory().pk,
        "deputy": a_deputy("李代表").pk,
        "region": day.station.region_id,
        "appointment": booking.pk,
    }

    answer = send(desk, day, by_script=True, **foreign)

    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == set(foreign)


def test_hostile_words_are_shown_as_words(desk, day):
    row = send(desk, day, by_script=True, topic=HOSTILE, words=HOSTILE).json()["row"]

    pages = row + "".join(
        desk.get(address).content.decode()
        for address in (session_of(day), Note.objects.get().get_absolute_url(), f"{session_of(day)}../summary/")
    )
    assert "<script>alert" not in pages
    assert "<img src=x" not in pages
    assert "&lt;script&gt;alert" in pages


def test_a_note_typed_by_one_user_is_not_stored_as_anothers(client, day):
    client.force_login(day.deputy.user)

    answer = send(client, day, by_script=True)

    assert answer.status_code == 403
    assert not Note.objects.exists()


def test_a_booked_visitor_comes_with_one_press_and_is_not_asked_again_who_they_are(desk, day):
    booking = day.booking(identity=vault.keep(VISITOR), people=3)

    page = desk.get(f"{session_of(day)}?appointment={booking.pk}").content.decode()
    send(desk, day, appointment=booking.pk)

    assert "姓名电话在预约时已登记" in page
    assert 'value="下水道堵了"' in page
    assert VISITOR["name"] not in page
    assert Note.objects.get().appointment == booking
    assert "data-came" not in desk.get(session_of(day)).content.decode()


def test_the_day_is_opened_and_the_deputies_are_there_by_one_press_each(client, day):
    reception = a_reception(day.station, days=0, starts=dt.time(8), deputies=[day.deputy])
    client.force_login(day.deputy.user)
    address = reverse("deputies:session", args=[reception.pk])
    other = a_deputy("李代表", station=day.station)

    assert "开始接待" in client.get(address).content.decode()
    client.post(reverse("deputies:session_open", args=[reception.pk]))
    client.post(reverse("deputies:presence", args=[reception.pk]), {"deputy": other.pk})
    client.post(reverse("deputies:presence", args=[reception.pk]), {"deputy": day.deputy.pk, "here": "no"})

    there = reception.turns.exclude(present_at=None)
    assert [turn.deputy for turn in there] == [other]
    stranger = a_deputy("王代表", station=StationFactory())
    assert client.post(reverse("deputies:presence", args=[reception.pk]), {"deputy": stranger.pk}).status_code == 404


def test_a_photo_whose_file_is_lost_is_not_found(desk, day):
    photo = day.note(photos=[a_file(picture())]).photos.get()
    photo.file.storage.delete(photo.file.name)

    assert desk.get(photo.get_absolute_url()).status_code == 404


def test_who_has_no_part_in_the_day_does_not_learn_that_it_exists(client, day):
    note = day.note(photos=[a_file(picture())])
    photo = note.photos.get()
    addresses = [
        session_of(day),
        note.get_absolute_url(),
        photo.get_absolute_url(),
        reverse("deputies:note_amend", args=[note.pk]),
        reverse("deputies:summary", args=[day.reception.pk]),
        reverse("deputies:summary_pdf", args=[day.reception.pk]),
    ]
    strangers = [a_user(Role.OFFICER), a_user(Role.COMMITTEE, a_region("130502"))]

    for stranger in strangers:
        client.force_login(stranger)
        assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
        assert send(client, day, author=stranger.pk).status_code == 404


def test_a_deputy_of_the_station_who_was_not_on_duty_reads_the_figures_and_no_note(client, day):
    note = day.note()
    user = UserFactory()
    grant(user, Role.DEPUTY)
    a_deputy("李代表", user=user, station=day.station)
    client.force_login(user)

    summary = client.get(reverse("deputies:summary", args=[day.reception.pk]))

    assert summary.status_code == 200
    assert note.topic not in summary.content.decode()
    assert client.get(note.get_absolute_url()).status_code == 404
    assert client.get(session_of(day)).status_code == 404


def test_a_viewer_reads_a_note_and_does_nothing_with_it(client, day):
    note = day.note(identity=VISITOR)
    client.force_login(a_user(Role.VIEWER))

    page = client.get(note.get_absolute_url())

    assert page.status_code == 200
    assert "转为群众意见" not in page.content.decode()
    assert "reveal" not in page.content.decode()
    assert client.post(reverse("deputies:note_reveal", args=[note.pk]), {"reason": "看看"}).status_code == 422
    assert not ViewLog.objects.exists()


def test_the_identity_stands_only_in_the_answer_to_a_reason(desk, day):
    note = day.note(identity=VISITOR)
    address = reverse("deputies:note_reveal", args=[note.pk])

    refused = desk.post(address, {"reason": " "})
    opened = desk.post(address, {"reason": "电话核实地点"})
    again = desk.get(note.get_absolute_url())

    assert refused.status_code == 422
    assert VISITOR["phone"] in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    assert VISITOR["phone"] not in again.content.decode()
    assert [look.number for look in ViewLog.objects.all()] == [f"接待记录 {note.pk}"]


def test_a_note_is_corrected_on_its_own_page(desk, day):
    note = day.note(outcome=Note.Outcome.ANSWERED, answer="当场说明了。", photos=[a_file(picture())])
    address = reverse("deputies:note_amend", args=[note.pk])
    shown = desk.get(address).content.decode()
    facts = {"topic": "改过的题目", "words": note.words, "outcome": "heard", "visitors": 1, "secrecy": "station"}

    answer = desk.post(address, facts | {"dropped": [note.photos.get().pk]})

    note.refresh_from_db()
    assert "当场说明了。" in shown
    assert answer.url == note.get_absolute_url()
    assert (note.topic, note.answer, note.photos.count()) == ("改过的题目", "", 0)


def test_one_press_makes_a_note_a_petition(desk, day):
    note = day.note()
    page = desk.get(session_of(day)).content.decode()
    address = re.search(r'action="([^"]+/petition/)"', page)[1]

    desk.post(address)

    note = Note.objects.get()
    assert note.petition.title == note.topic
    after = desk.get(session_of(day)).content.decode()
    assert note.petition.number in after
    assert address not in after
    assert note.petition.number in desk.get(note.get_absolute_url()).content.decode()


def a_crowded(day):
    """120 deputies in the station, 12 of them on duty, 60 notes, 20 bookings, 30 villages."""
    deputies = Deputy.objects.bulk_create(Deputy(code=f"many-{n}", name=f"代表{n}") for n in range(120))
    since = dt.date(2021, 1, 1)
    Mandate.objects.bulk_create(
        Mandate(deputy=deputy, level=5, constituency="选区", term="第十届", starts_on=since) for deputy in deputies
    )
    Membership.objects.bulk_create(Membership(deputy=d, station=day.station, starts_on=since) for d in deputies)
    Turn.objects.bulk_create(Turn(reception=day.reception, deputy=d, present_at=timezone.now()) for d in deputies[:12])
    Region.objects.bulk_create(
        Region(code=f"130503100{n:03}", name=f"第{n}村", level="village", parent=day.station.region)
        for n in range(301, 331)
    )
    day.reception.organs.set([OrganFactory() for _each in range(3)])
    Note.objects.bulk_create(
        Note(
            reception=day.reception,
            number=n,
            topic=f"事情{n}",
            words="原话",
            outcome=Note.Outcome.values[n % 3],
            deputy=deputies[n % 12],
            recorded_by=day.officer,
            recorded_at=timezone.now(),
        )
        for n in range(1, 61)
    )
    Appointment.objects.bulk_create(
        Appointment(
            number=f"YY-{n}",
            reception=day.reception,
            slot=dt.time(9, n),
            code_hash="x",
            booked_at=timezone.now(),
            submission_key=uuid4(),
        )
        for n in range(20)
    )
    return Note.objects.last()


@pytest.mark.parametrize("who", ["officer", "deputy"])
def test_a_crowd_costs_no_more_than_ten_queries_a_page(who, client, day, django_assert_max_num_queries):
    note = a_crowded(day)
    client.force_login(day.officer if who == "officer" else day.deputy.user)
    if who == "deputy":
        services.check_in(reception=day.reception, deputy=day.deputy, actor=day.officer)

    for address in (
        session_of(day),
        note.get_absolute_url(),
        reverse("deputies:note_amend", args=[note.pk]),
        reverse("deputies:summary", args=[day.reception.pk]),
        reverse("deputies:summary_pdf", args=[day.reception.pk]),
    ):
        with django_assert_max_num_queries(10):
            assert client.get(address).status_code == 200
    page = client.get(session_of(day)).content.decode()
    assert [page.count(sign) for sign in ('id="note-', 'class="switch"', "data-came", ">第3")] == [61, 13, 20, 30]
