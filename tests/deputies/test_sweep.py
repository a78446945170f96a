"""What follows from the hour: summaries are asked for, people reminded, stations told of deputies who cannot come."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command

from deputies import services
from deputies.models import Reception
from liaison.celery import app
from notices.models import Message
from supervision.models import Duty, Term
from supervision.services import sweep as press_on
from tests.custody.office import without_triggers
from tests.deputies.office import a_day, an_office, moment, on_duty, said_of
from workdays import services as workdays
from workdays.models import CalendarChange

pytestmark = pytest.mark.django_db

VISITOR = {"name": "孟庆余", "phone": "13900000042", "address": "", "email": "meng@example.invalid"}


@pytest.fixture
def office():
    return an_office()


@pytest.fixture
def published(office):
    """Thursday 3 December 2026, 9:00–11:00, published long before."""
    day = a_day(office, is_published=True)
    Message.objects.all().delete()
    return day


def sweep(at) -> int:
    return services.sweep(at=moment(at))


def told_of(day, ending="") -> list[str]:
    """Whom the day's messages of a kind were meant for."""
    queued = Message.objects.filter(topic__startswith=f"{day.topic}{ending}").exclude(status="withdrawn")
    return sorted(message.recipient.name for message in queued.select_related("recipient"))


# The calendar


def test_a_notice_that_comes_out_moves_the_last_day_of_publishing(office):
    day = a_day(office, "2026-12-03")
    workdays.set_day(date=dt.date(2026, 12, 1), is_workday=False, name="停电", source="通知", by_name="代工委")

    with time_machine.travel("2026-11-25T10:00:00+08:00", tick=False):
        assert services.sweep() == 1
        assert services.sweep() == 0

    before = day.publish_clock
    day.refresh_from_db()
    before.refresh_from_db()
    assert (before.due_on, before.is_stopped) == (dt.date(2026, 11, 30), True)
    assert (day.publish_clock.due_on, day.publish_clock.is_stopped) == (dt.date(2026, 11, 27), False)
    assert said_of(day)[-1] == "工作日历调整，公布期限改为2026年11月27日。"


def test_a_term_that_is_changed_moves_no_clock_that_runs(office):
    with without_triggers():
        CalendarChange.objects.update(at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    day = a_day(office, at="2026-11-26 10:00")
    Term.objects.filter(duty=Duty.PUBLISH).update(length=5)

    with time_machine.travel("2026-11-26T11:00:00+08:00", tick=False):
        assert services.sweep() == 0

    day.refresh_from_db()
    assert day.publish_clock.due_on == dt.date(2026, 11, 30)


# Summaries


def test_a_day_that_is_over_waits_for_its_summary_within_two_working_days(office, published):
    assert sweep("2026-12-03 10:59") == 0
    assert sweep("2026-12-03 11:01") == 1

    published.refresh_from_db()
    clock = published.summary_clock
    assert (clock.duty, clock.due_on, clock.owner) == (Duty.SUM_UP, dt.date(2026, 12, 7), office.station)
    assert clock.title == "南大郭联络站12月3日接待日小结"
    assert sweep("2026-12-03 11:02") == 0


def test_a_summary_that_does_not_come_is_pressed_up_to_the_head(office, published):
    sweep("2026-12-03 11:01")

    press_on(at=moment("2026-12-09 00:01"))

    published.refresh_from_db()
    order = published.summary_clock.reminders.get(must_acknowledge=True)
    services.acknowledge(reception=published, reminder=order, actor=office.head, text="今天补。")
    assert Message.objects.filter(recipient=office.head, topic=published.summary_clock.topic).exists()


@pytest.mark.parametrize("fact", [{"closed_at": True}, {"cancelled_at": True}, {"published_at": None}])
def test_no_summary_is_asked_of_a_day_closed_cancelled_or_never_published(published, fact):
    fact = {name: moment("2026-12-03 11:00") if value else None for name, value in fact.items()}
    Reception.objects.filter(pk=published.pk).update(**fact)

    assert sweep("2026-12-03 12:00") == 0


def test_a_day_that_was_opened_without_being_published_is_summed_up_like_others(office):
    day = a_day(office)
    Reception.objects.filter(pk=day.pk).update(opened_at=moment("2026-12-03 09:00"))

    assert sweep("2026-12-03 12:00") == 1


def test_a_week_off_is_caught_up_once(published):
    assert sweep("2026-12-14 08:00") == 1
    assert sweep("2026-12-14 08:01") == 0
    published.refresh_from_db()
    assert published.summary_clock.due_on == dt.date(2026, 12, 7)


# Reminders


def test_deputies_are_reminded_once_on_the_last_working_day_before(published):
    assert sweep("2026-12-01 23:59") == 0
    assert sweep("2026-12-02 00:01") == 2
    assert sweep("2026-12-02 12:00") == 0

    assert told_of(published, ":remind") == sorted(on_duty(published))
    message = Message.objects.first()
    assert message.title == "轮值提醒：南大郭联络站12月3日接待日"
    assert message.next_try_at == moment("2026-12-02 08:30")


def test_of_a_day_behind_a_holiday_people_are_reminded_before_it(office):
    a_day(office, "2026-10-08", is_published=True)
    Message.objects.all().delete()

    assert sweep("2026-09-29 23:59") == 0
    assert sweep("2026-09-30 09:00") == 2


def test_booked_residents_are_reminded_where_they_left_an_address(published):
    def book(slot, identity):
        return services.book(
            reception=published,
            slot=slot,
            topic="路灯",
            people=1,
            identity=identity,
            submission_key=uuid4(),
            at=moment("2026-11-20 09:00"),
        )[0]

    reminded, _silent = book(dt.time(9, 20), VISITOR), book(dt.time(9, 40), {**VISITOR, "email": ""})
    Message.objects.all().delete()

    assert sweep("2026-12-02 00:01") == 3

    message = Message.objects.get(recipient=None)
    assert message.outside_key == reminded.identity.outside_key
    assert "您预约的时段是9:20" in message.body
    assert VISITOR["name"] not in message.title + message.body


def test_who_heard_of_it_that_very_day_is_not_told_again(office):
    day = a_day(office)
    services.publish(reception=day, actor=office.officer, at=moment("2026-12-02 10:00"))
    Message.objects.all().delete()

    assert sweep("2026-12-02 10:01") == 0


def test_a_deputy_who_was_replaced_is_not_reminded_and_the_substitute_is(office, published):
    first = published.turns.first().deputy
    sweep("2026-12-02 00:01")

    turn = services.replace(
        reception=published, deputy=first, why="生病", actor=office.officer, at=moment("2026-12-02 08:00")
    )
    sweep("2026-12-02 08:01")

    assert first.name not in told_of(published, ":remind")
    assert turn.deputy.name in told_of(published, ":remind")


def test_a_day_that_was_moved_is_reminded_of_by_its_new_date(office, published):
    sweep("2026-12-02 00:01")
    services.move(
        reception=published,
        date=dt.date(2026, 12, 8),
        starts=published.starts,
        ends=published.ends,
        why="停电",
        actor=office.officer,
        at=moment("2026-12-02 07:00"),
    )
    assert told_of(published, ":remind") == []

    assert sweep("2026-12-07 00:01") == 2


def test_cancelled_days_and_days_that_nobody_knows_of_remind_nobody(office, published):
    a_day(office, "2026-12-03", starts=dt.time(14), ends=dt.time(16))
    services.cancel(reception=published, why="人代会", actor=office.officer, at=moment("2026-12-01 10:00"))

    assert sweep("2026-12-02 00:01") == 0


# Deputies who cannot come


def test_the_station_is_told_once_of_a_deputy_who_went_on_leave_after_rostering(office, published):
    deputy = published.turns.first().deputy
    deputy.absences.create(starts_on=dt.date(2026, 12, 1), ends_on=dt.date(2026, 12, 5))

    assert sweep("2026-11-18 10:00") == 0  # more than 14 days ahead
    assert sweep("2026-11-19 10:00") == 1
    assert sweep("2026-11-19 10:01") == 0

    message = Message.objects.get()
    assert message.recipient == office.officer
    assert message.body == (
        f"{deputy.name}：2026年12月1日至2026年12月5日请假。"
        "2026年12月3日9:00–11:00，南大郭联络站（代表接待室）的轮值请另行安排。"
    )


def test_where_a_station_has_no_officer_its_head_is_told(office, published):
    office.officer.grants.all().delete()
    published.turns.first().deputy.mandates.update(ends_on=dt.date(2026, 11, 30))

    sweep("2026-11-20 10:00")

    assert Message.objects.get().recipient == office.head


def test_a_conflict_that_was_settled_is_not_told_any_more(office, published):
    deputy = published.turns.first().deputy
    deputy.absences.create(starts_on=dt.date(2026, 12, 3), ends_on=dt.date(2026, 12, 3))
    sweep("2026-11-20 23:00")

    services.replace(
        reception=published, deputy=deputy, why="请假", actor=office.officer, at=moment("2026-11-21 07:00")
    )

    assert told_of(published, ":conflict") == []
    assert sweep("2026-11-21 07:01") == 0


def test_of_a_moved_day_the_station_is_told_anew_who_cannot_come(office, published):
    deputy = published.turns.first().deputy
    deputy.absences.create(starts_on=dt.date(2026, 12, 1), ends_on=dt.date(2026, 12, 5))
    sweep("2026-11-20 23:00")

    services.move(
        reception=published,
        date=dt.date(2026, 12, 4),
        starts=published.starts,
        ends=published.ends,
        why="停电",
        actor=office.officer,
        at=moment("2026-11-21 07:00"),
    )

    assert told_of(published, ":conflict") == []
    assert sweep("2026-11-21 07:01") == 1
    assert "2026年12月4日9:00–11:00" in Message.objects.get(topic__contains=":conflict", status="queued").body


# At all


def test_a_quiet_minute_costs_few_queries(office, published, django_assert_max_num_queries):
    services.sweep(at=moment("2026-12-02 00:01"))

    with django_assert_max_num_queries(14):
        services.sweep(at=moment("2026-12-02 00:02"))


def test_the_beat_and_the_command_run_it(office, capsys):
    assert "deputies.tasks.sweep" in {entry["task"] for entry in app.conf.beat_schedule.values()}

    call_command("sweep", "--once")

    assert "接待日" in capsys.readouterr().out
