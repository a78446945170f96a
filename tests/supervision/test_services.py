"""The life of a clock."""

import datetime as dt

import pytest

from notices.models import Message
from supervision import services
from supervision.errors import SupervisionError
from supervision.models import Duty, Term
from workdays import services as workdays

from .conftest import moment


def test_the_first_day_is_the_first_working_day_after_the_start(answer_clock):
    clock = answer_clock("2026-11-06 23:00")

    monday = dt.date(2026, 11, 9)
    services.attach_readings([clock], monday)

    assert (clock.now.day_number, clock.now.days_total) == (1, 10)
    assert clock.due_on == dt.date(2026, 11, 20)


def test_the_term_of_the_variant_comes_before_that_of_the_duty(answer_clock):
    assert answer_clock(variant="consultation").length == 3
    assert answer_clock(variant="complex").length == 22
    assert answer_clock(variant="something new").length == 10


def test_a_duty_without_a_term_is_said_in_a_sentence(office, answer_clock):
    Term.objects.filter(duty=Duty.REVIEW).delete()

    with pytest.raises(SupervisionError, match="尚未设定“审核答复”的办理期限"):
        answer_clock(duty=Duty.REVIEW)


def test_a_running_clock_keeps_its_term_when_the_office_changes_it(office, answer_clock):
    clock = answer_clock()

    Term.objects.filter(duty=Duty.ANSWER).update(length=1)
    services.pause(clock, why="等待", at=moment("2026-11-03 10:00"))
    services.resume(clock, at=moment("2026-11-04 10:00"))

    assert clock.length == 10
    assert clock.due_on == dt.date(2026, 11, 17)


def test_a_make_up_saturday_counts(answer_clock):
    clock = answer_clock("2026-10-08 10:00", length=2)

    assert clock.due_on == dt.date(2026, 10, 10)


def test_three_months_of_a_suggestion_are_calendar_months(answer_clock):
    clock = answer_clock("2025-11-30 10:00", duty=Duty.SUGGESTION)

    assert clock.due_on == dt.date(2026, 2, 28)


def test_a_promise_is_due_on_its_date(answer_clock):
    clock = answer_clock(duty=Duty.COMMITMENT, on=dt.date(2026, 12, 20))

    assert clock.due_on == clock.original_due_on == dt.date(2026, 12, 20)


def test_the_residents_clock_has_a_due_date_and_no_ladder(office, answer_clock):
    clock = answer_clock(duty=Duty.RATE, owner_organ=None)

    assert clock.next_rung_at is None
    assert services.sweep(at=moment("2026-12-31 10:00")) == 0


def test_a_paused_clock_stands_still_and_its_due_date_moves_by_the_pause(answer_clock):
    clock = answer_clock()

    services.pause(clock, why="等待群众补充", at=moment("2026-11-04 10:00"))
    services.attach_readings([clock], dt.date(2026, 11, 10))
    assert clock.now.light == "paused"
    assert clock.now.day_number == 2
    assert clock.next_rung_at is None

    services.resume(clock, at=moment("2026-11-09 10:00"))
    services.attach_readings([clock], dt.date(2026, 11, 10))
    assert (clock.now.day_number, clock.now.days_total) == (3, 10)
    assert clock.due_on == dt.date(2026, 11, 19)
    assert clock.explanation["pauses"] == [{"from": "2026-11-04", "to": "2026-11-09", "why": "等待群众补充"}]


def test_pausing_twice_and_resuming_what_runs_are_refused(answer_clock):
    clock = answer_clock()

    with pytest.raises(SupervisionError, match="没有暂停"):
        services.resume(clock, at=moment("2026-11-03 10:00"))
    services.pause(clock, why="等待", at=moment("2026-11-03 10:00"))
    with pytest.raises(SupervisionError, match="已经暂停"):
        services.pause(clock, why="等待", at=moment("2026-11-03 11:00"))


def test_an_extension_keeps_the_original_due_date_beside_the_new_one(office, answer_clock):
    clock = answer_clock()

    services.extend(clock, length=5, why="需要勘察", by=office.head, at=moment("2026-11-16 17:00"))

    assert clock.original_due_on == dt.date(2026, 11, 16)
    assert clock.due_on == dt.date(2026, 11, 23)


def test_an_extension_granted_late_counts_from_the_due_date_not_from_the_grant(office, answer_clock):
    clock = answer_clock()

    services.extend(clock, length=5, why="需要勘察", by=office.head, at=moment("2026-11-18 09:00"))

    assert clock.due_on == dt.date(2026, 11, 23)


def test_stopping_twice_keeps_the_first_end(answer_clock):
    clock = answer_clock()

    services.stop(clock, at=moment("2026-11-05 10:00"))
    services.stop(clock, at=moment("2026-11-06 10:00"))

    assert clock.stopped_at == moment("2026-11-05 10:00")
    with pytest.raises(SupervisionError, match="已于2026年11月5日结束"):
        services.pause(clock, why="等待", at=moment("2026-11-06 10:00"))


def test_the_light_turns_yellow_three_working_days_before_and_red_after_the_due_date(answer_clock):
    clock = answer_clock()

    def light(day):
        services.attach_readings([clock], dt.date.fromisoformat(day))
        return clock.now.light

    assert light("2026-11-10") == "green"
    assert light("2026-11-11") == "yellow"
    assert light("2026-11-16") == "yellow"
    assert light("2026-11-17") == "red"
    assert clock.now.text == "已超期 1 个工作日"


def test_a_clock_that_ended_late_says_so_for_ever(answer_clock):
    clock = answer_clock()

    services.stop(clock, at=moment("2026-11-17 10:00"))
    services.attach_readings([clock], dt.date(2027, 5, 1))

    assert (clock.now.light, clock.now.late) == ("stopped", True)


def test_a_due_date_in_a_year_without_a_notice_is_provisional_until_the_year_is_loaded(answer_clock):
    clock = answer_clock("2026-12-28 10:00", length=5)
    assert (clock.due_on, clock.provisional) == (dt.date(2027, 1, 5), True)

    holidays = [(dt.date(2027, 1, day), False, "元旦") for day in (1, 4)]
    workdays.record_year(year=2027, source="通知", days=holidays, by_name="代工委")
    services.recalculate(at=moment("2026-12-29 10:00"))

    clock.refresh_from_db()
    assert (clock.due_on, clock.provisional) == (dt.date(2027, 1, 6), False)


def test_many_clocks_are_read_with_one_query(answer_clock, django_assert_num_queries):
    clocks = [answer_clock() for _ in range(5)]

    with django_assert_num_queries(1):
        services.attach_readings(clocks)


def test_a_paper_by_hand_goes_to_the_leader_and_waits_for_an_acknowledgement(office, answer_clock):
    clock = answer_clock()

    reminder = services.press(clock, by=office.head, note="请局长过问", at=moment("2026-11-03 10:00"))

    assert reminder.paper.number == "南大郭镇人督〔2026〕1号"
    assert reminder.paper.addressee == "信都区水务局"
    assert "请局长过问" in reminder.paper.body
    assert "局长" in reminder.told
    assert Message.objects.filter(recipient=office.leader, title__startswith="督办单").exists()

    services.acknowledge(reminder, by=office.leader, text="已安排", at=moment("2026-11-03 11:00"))
    with pytest.raises(SupervisionError, match="局长已于2026年11月3日回执"):
        services.acknowledge(reminder, by=office.leader, text="再来", at=moment("2026-11-04 11:00"))


def test_an_acknowledgement_says_something(office, answer_clock):
    reminder = services.press(answer_clock(), by=office.head, note="", at=moment("2026-11-03 10:00"))

    with pytest.raises(SupervisionError, match="请填写回执内容"):
        services.acknowledge(reminder, by=office.leader, text="  ")


def test_a_stopped_or_paused_clock_cannot_be_pressed_by_hand(office, answer_clock):
    stopped, paused = answer_clock(), answer_clock()
    services.stop(stopped, at=moment("2026-11-03 10:00"))
    services.pause(paused, why="等待", at=moment("2026-11-03 10:00"))

    for clock in (stopped, paused):
        with pytest.raises(SupervisionError):
            services.press(clock, by=office.head, note="")
