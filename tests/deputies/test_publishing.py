"""Days are published, moved and cancelled, and whoever counted on them is told."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connections

from deputies import services
from deputies.errors import ReceptionError
from deputies.models import Appointment, Reception
from notices.models import Message
from notices.services import deliver
from supervision.services import sweep as press_on
from tests.deputies.office import a_day, an_office, moment, on_duty, said_of
from tests.factories import a_deputy

pytestmark = pytest.mark.django_db

NOW = moment("2026-11-02 10:00")
VISITOR = {"name": "孟庆余", "phone": "13900000042", "address": "", "email": "meng@example.invalid"}


@pytest.fixture
def office():
    return an_office()


@pytest.fixture
def published(office):
    """A published day, 3 December 2026, 9:00–11:00, of which nothing is queued any more."""
    day = a_day(office, is_published=True)
    Message.objects.all().delete()
    return day


def publish(office, day, at=NOW):
    return services.publish(reception=day, actor=office.officer, at=at)


def move(office, day, date="2026-12-04", starts=dt.time(9), ends=dt.time(11), at=NOW):
    facts = {"date": dt.date.fromisoformat(date), "starts": starts, "ends": ends}
    return services.move(reception=day, **facts, why="会议室停电", actor=office.officer, at=at)


def cancel(office, day, at=NOW):
    return services.cancel(reception=day, why="人代会期间", actor=office.officer, at=at)


def a_booking(day, slot=dt.time(9, 20), identity=VISITOR) -> Appointment:
    appointment, _code = services.book(
        reception=day,
        slot=slot,
        topic="路灯",
        people=1,
        identity=identity,
        submission_key=uuid4(),
        at=moment("2026-11-01 09:00"),
    )
    Message.objects.all().delete()
    return appointment


def told(day) -> dict:
    """Title by whom it was told to: a user's name, or an outside key."""
    queued = Message.objects.filter(topic=day.topic).select_related("recipient")
    return {message.recipient.name if message.recipient else message.outside_key: message.title for message in queued}


# Publishing


def test_publishing_stops_the_clock_and_tells_the_deputies(office):
    day = a_day(office)

    day = publish(office, day)

    assert day.state == Reception.State.PUBLISHED
    day.publish_clock.refresh_from_db()
    assert day.publish_clock.stopped_at == NOW
    assert set(told(day)) == set(on_duty(day))
    message = Message.objects.filter(topic=day.topic).first()
    assert message.title == "请您轮值：南大郭联络站12月3日接待日"
    assert message.body == "请于2026年12月3日9:00–11:00，南大郭联络站（代表接待室）接待群众。"
    assert message.link == day.get_absolute_url()
    assert said_of(day)[-1] == "公布。"


def test_publishing_twice_says_when_it_was_done(office, published):
    with pytest.raises(ReceptionError, match="已于2026年9月1日公布"):
        publish(office, published)


def test_a_day_without_deputies_is_not_published(office):
    day = a_day(office, staffed=False)

    with pytest.raises(ReceptionError, match="还没有排代表"):
        publish(office, day)


def test_a_day_published_late_stays_visible_as_late(office):
    day = a_day(office)

    day = publish(office, day, at=moment("2026-12-02 10:00"))

    assert said_of(day)[-1] == "公布（迟于规定日期）。"
    assert day.publish_clock.due_on == dt.date(2026, 11, 30) < day.published_at.date()


def test_a_day_that_is_over_is_not_published_any_more(office):
    day = a_day(office)

    with pytest.raises(ReceptionError, match="已经过去"):
        publish(office, day, at=moment("2026-12-04 10:00"))


def test_of_many_days_those_that_can_be_are_published_and_the_others_named(office):
    good = a_day(office, "2026-12-03")
    empty = a_day(office, "2026-12-10", staffed=False)

    done, refused = services.publish_all(receptions=[good, empty], actor=office.officer, at=NOW)

    assert [day.pk for day in done] == [good.pk]
    assert refused == ["南大郭联络站12月10日接待日：还没有排代表，请先排好轮值再公布。"]


def test_a_deputy_without_an_account_holds_up_nothing(office):
    office.deputies[0].user = None
    office.deputies[0].save()
    a_deputy("高代表", station=office.station)

    day = publish(office, a_day(office, per_day=5))

    assert len(on_duty(day)) == 5
    assert len(told(day)) == 3


# Moving


def test_a_moved_day_keeps_its_name_and_tells_deputies_and_residents(office, published):
    booked = a_booking(published)

    day = move(office, published)

    assert (day.date, day.meant_on, day.sequence) == (dt.date(2026, 12, 4), dt.date(2026, 12, 3), 1)
    assert (day.uid, day.moved_why) == (published.uid, "会议室停电")
    assert set(told(day)) == {*on_duty(day), booked.identity.outside_key}
    message = Message.objects.get(outside_key=booked.identity.outside_key)
    assert "原定2026年12月3日9:00–11:00" in message.body
    assert "现改到2026年12月4日9:00–11:00" in message.body
    assert "您预约的时段仍是9:20" in message.body
    booked.refresh_from_db()
    assert booked.state == Appointment.State.BOOKED


def test_who_is_mailed_of_a_move_is_mailed_without_their_address_in_the_outbox(office, published):
    a_booking(published)

    move(office, published)
    deliver(at=moment("2026-11-02 10:01"))

    [letter] = [letter for letter in mail.outbox if VISITOR["email"] in letter.to]
    assert "12月4日" in letter.subject
    assert not Message.objects.filter(outside_key__contains="@").exists()


def test_moved_again_a_day_still_names_the_date_that_was_published(office, published):
    move(office, published)
    day = move(office, published, "2026-12-08")

    assert (day.meant_on, day.sequence) == (dt.date(2026, 12, 3), 2)
    assert move(office, day, "2026-12-03").was_moved is False


def test_a_booking_whose_slot_is_gone_is_cancelled_and_its_resident_told(office, published):
    early, late = a_booking(published, dt.time(9)), a_booking(published, dt.time(10, 40), identity=None)

    day = move(office, published, starts=dt.time(10), ends=dt.time(12))

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.state, late.state) == (Appointment.State.CANCELLED, Appointment.State.BOOKED)
    assert early.cancelled_why == "接待改期：会议室停电"
    assert told(day)[early.identity.outside_key] == "预约取消：南大郭联络站12月4日接待日"


def test_moving_a_day_that_is_not_published_tells_nobody_and_starts_its_clock_by_the_new_date(office):
    day = a_day(office)
    old = day.publish_clock

    day = move(office, day, "2026-12-10")

    old.refresh_from_db()
    assert old.is_stopped
    assert day.publish_clock.due_on == dt.date(2026, 12, 7)
    assert day.publish_clock.title == "南大郭联络站12月10日接待日 公布"
    assert (day.sequence, told(day)) == (0, {})


def test_other_hours_of_the_same_date_leave_the_clock_alone(office):
    day = a_day(office)
    clock = day.publish_clock_id

    day = move(office, day, "2026-12-03", starts=dt.time(14), ends=dt.time(16))

    assert (day.publish_clock_id, day.was_moved) == (clock, False)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"date": "2026-12-03"}, "都没有变"),
        ({"date": "2026-11-02"}, "今后的时间"),
        ({"date": "2126-12-04"}, "最远安排到2028年12月31日"),
        ({"ends": dt.time(8)}, "结束时间应晚于开始时间"),
        ({"date": "2026-12-10", "starts": dt.time(10), "ends": dt.time(12)}, "2026年12月10日9:00–11:00已有接待日"),
    ],
)
def test_a_day_is_moved_to_a_free_hour_to_come(office, published, facts, sentence):
    a_day(office, "2026-12-10")

    with pytest.raises(ReceptionError, match=sentence):
        move(office, published, **facts)


# Cancelling


def test_a_cancelled_day_tells_everybody_and_stops_its_clocks(office, published):
    booked = a_booking(published)

    day = cancel(office, published)

    assert (day.state, day.sequence, day.cancelled_why) == (Reception.State.CANCELLED, 1, "人代会期间")
    booked.refresh_from_db()
    assert (booked.state, booked.cancelled_why) == (Appointment.State.CANCELLED, "人代会期间")
    assert set(told(day)) == {*on_duty(day), booked.identity.outside_key}
    assert said_of(day)[-1] == "取消：人代会期间"
    with pytest.raises(ReceptionError, match="已于2026年11月2日取消：人代会期间"):
        cancel(office, day)


def test_a_cancelled_day_that_was_not_published_is_nobodys_news(office):
    day = cancel(office, a_day(office))

    day.publish_clock.refresh_from_db()
    assert day.publish_clock.is_stopped
    assert (told(day), day.sequence) == ({}, 0)


def test_a_day_that_passed_without_being_held_is_cancelled_quietly(office, published):
    services.sweep(at=moment("2026-12-03 12:00"))
    Message.objects.all().delete()

    day = cancel(office, published, at=moment("2026-12-07 10:00"))

    day.summary_clock.refresh_from_db()
    assert day.summary_clock.is_stopped
    assert told(day) == {}


def test_the_hour_of_a_cancelled_day_is_free_again(office, published):
    cancel(office, published)

    assert a_day(office).pk != published.pk


def test_a_day_that_has_begun_is_neither_moved_nor_cancelled(office, published):
    Reception.objects.filter(pk=published.pk).update(opened_at=moment("2026-12-03 09:00"))

    for action in (move, cancel):
        with pytest.raises(ReceptionError, match="接待已经开始"):
            action(office, published, at=moment("2026-12-03 09:30"))


# 督办单


@pytest.fixture
def pressed(office):
    """A day not published in time, with the 督办单 that it got."""
    day = a_day(office, at="2026-11-02 10:00")
    press_on(at=moment("2026-12-02 00:01"))
    return day, day.publish_clock.reminders.get(must_acknowledge=True)


def test_the_station_acknowledges_the_order_and_the_day_keeps_it(office, pressed):
    day, order = pressed

    services.acknowledge(reception=day, reminder=order, actor=office.head, text="代表名单今天确定，今天公布。", at=NOW)

    order.refresh_from_db()
    assert order.acknowledged_by == office.head
    assert said_of(day)[-1] == f"督办单{order.paper.number}回执：代表名单今天确定，今天公布。"


def test_an_order_is_acknowledged_once_by_its_station_for_its_own_day(office, pressed):
    day, order = pressed
    facts = {"reception": day, "reminder": order, "text": "马上公布。", "at": NOW}

    with pytest.raises(ReceptionError, match="由本站联络员或站长回执"):
        services.acknowledge(actor=office.stranger, **facts)
    with pytest.raises(ReceptionError, match="不属于这个接待日"):
        services.acknowledge(actor=office.officer, **facts | {"reception": a_day(office, "2026-12-10")})
    with pytest.raises(ReceptionError, match="请填写回执内容"):
        services.acknowledge(actor=office.officer, **facts | {"text": " "})
    services.acknowledge(actor=office.officer, **facts)
    with pytest.raises(ReceptionError, match="联络员已于2026年11月2日回执"):
        services.acknowledge(actor=office.head, **facts)


# At once


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_publish_at_once_tell_the_deputies_once():
    office = an_office()
    day = a_day(office)

    def announce(_number):
        try:
            publish(office, day)
        except ReceptionError as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return "published"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(announce, range(2)))

    assert answers == ["published", "这个接待日已于2026年11月2日公布。"]
    assert Message.objects.filter(topic=day.topic).count() == 2


def test_the_longest_reason_of_a_move_stands_on_a_booking_that_falls_away(office, published):
    booked = a_booking(published)

    services.move(
        reception=published,
        date=dt.date(2026, 12, 4),
        starts=dt.time(14),
        ends=dt.time(16),
        why="停" * 200,
        actor=office.officer,
        at=NOW,
    )

    booked.refresh_from_db()
    assert booked.state == Appointment.State.CANCELLED
    assert booked.cancelled_why.startswith("接待改期：停")


def test_a_day_is_not_published_once_its_hours_are_over(office):
    day = a_day(office)

    with pytest.raises(ReceptionError, match="已经过去"):
        publish(office, day, at=moment("2026-12-03 11:00"))

    assert publish(office, day, at=moment("2026-12-03 10:59")).published_at


def test_a_reminder_of_the_former_time_that_waits_does_not_go_out(office, published):
    booked = a_booking(published)
    eve = moment("2026-12-02 08:40")
    services.sweep(at=eve)
    reminder = Message.objects.get(topic=f"appointment:{booked.pk}")

    move(office, published, at=eve)

    reminder.refresh_from_db()
    assert reminder.status == Message.Status.WITHDRAWN
