"""A quarter is planned by a rhythm, looked at, and saved as reception days with their clocks."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from deputies import services
from deputies.errors import ReceptionError
from deputies.models import Plan, Reception
from notices.models import Message
from supervision.models import Clock, Duty
from supervision.services import sweep as press_on
from tests.deputies.office import a_day, a_plan, an_office, moment, planned, said_of
from tests.factories import OrganFactory
from workdays.rhythm import Rhythm, WhenRest

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return an_office()


def test_a_preview_shows_where_the_national_day_week_moves_the_market_days(office):
    days = services.preview(a_plan(office))

    assert [day.day for day in days[:3]] == [dt.date(2026, 10, 8), dt.date(2026, 10, 12), dt.date(2026, 10, 14)]
    assert (days[1].meant_on, days[1].why) == (dt.date(2026, 10, 11), "周日")
    assert not Plan.objects.exists()
    assert not Reception.objects.exists()


def test_a_preview_says_which_days_exist_already_and_which_meet_others(office):
    a_day(office, "2026-11-03", at="2026-10-20 10:00")
    a_day(office, "2026-11-06", at="2026-10-20 10:00", starts=dt.time(10), ends=dt.time(12))

    days = {day.day: day for day in services.preview(a_plan(office))}

    assert days[dt.date(2026, 11, 3)].is_kept
    assert "已有接待日" in days[dt.date(2026, 11, 3)].clash
    assert not days[dt.date(2026, 11, 6)].is_kept
    assert "10:00–12:00" in days[dt.date(2026, 11, 6)].clash
    assert days[dt.date(2026, 11, 10)].clash == ""


def test_a_preview_asks_the_database_little_whatever_the_span(office, django_assert_max_num_queries):
    a_day(office, "2026-11-03")

    with django_assert_max_num_queries(2):
        assert len(services.preview(a_plan(office, starts_on=dt.date(2026, 1, 1)))) > 90


def test_saving_makes_days_with_hours_place_organs_and_a_record(office):
    organ = OrganFactory()

    days = planned(office, organs=[organ], scope="供暖")

    first, second = days[:2]
    assert (first.starts, first.ends, first.place, first.scope) == (dt.time(9), dt.time(11), "代表接待室", "供暖")
    assert list(second.organs.all()) == [organ]
    assert list(second.plan.organs.all()) == [organ]
    assert (second.meant_on, second.moved_why) == (dt.date(2026, 10, 11), "周日")
    assert said_of(second) == ["按计划生成（农历逢二、五、八）。原定2026年10月11日（周日），改为2026年10月12日。"]
    assert second.state == Reception.State.PLANNED


def test_each_day_has_a_clock_that_is_due_three_working_days_ahead(office):
    first, second, third = planned(office)[:3]

    clock = first.publish_clock
    # 8 October is the first working day after the holiday: 28, 29 and 30 September come before it.
    assert (first.date, clock.due_on) == (dt.date(2026, 10, 8), dt.date(2026, 9, 28))
    assert third.publish_clock.due_on == dt.date(2026, 10, 10)  # a make-up Saturday counts
    assert (clock.duty, clock.owner, clock.title) == (Duty.PUBLISH, office.station, "南大郭联络站10月8日接待日 公布")
    assert clock.link == first.get_absolute_url()
    clock.refresh_from_db()
    assert clock.source.startswith("默认")
    assert second.publish_clock.next_rung_at is not None


def test_days_before_today_are_left_out(office):
    days = planned(office, at="2026-11-10 10:00")

    assert days[0].date == dt.date(2026, 11, 10)


def test_a_day_that_exists_is_kept_and_not_doubled(office):
    kept = a_day(office, "2026-11-03", at="2026-10-20 10:00")

    days = planned(office)

    assert kept.pk not in [day.pk for day in days]
    assert Reception.objects.filter(date=kept.date).count() == 1


def test_saving_the_same_plan_again_is_refused_with_a_sentence(office):
    planned(office)

    with pytest.raises(ReceptionError, match="都已经有了"):
        planned(office)
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            {"rhythm": Rhythm.MONTH_DAY, "days": [2], "when_rest": WhenRest.SKIP, "ends_on": dt.date(2026, 10, 7)},
            "没有",
        ),
        ({"ends_on": dt.date(2027, 12, 31)}, "最长一年"),
    ],
)
def test_a_plan_of_which_nothing_comes_is_refused(office, facts, sentence):
    with pytest.raises(ReceptionError, match=sentence):
        planned(office, **facts)
    assert not Plan.objects.exists()


def test_a_day_planned_too_late_is_overdue_from_the_first_minute_and_the_head_is_told(office):
    # given a day planned on the eve of its deadline's passing
    day = a_day(office, "2026-11-10", at="2026-11-06 10:00")
    clock = day.publish_clock
    assert clock.due_on == dt.date(2026, 11, 5)

    # when the ladder is climbed
    press_on(at=moment("2026-11-11 00:01"))

    # then the head is told by a reminder on record
    reminder = clock.reminders.get(passed_over=False)
    assert office.head.name in reminder.told
    assert Message.objects.filter(recipient=office.head, topic=clock.topic).exists()


def test_a_day_not_published_in_time_is_flagged_to_the_head_by_a_paper(office):
    day = a_day(office, "2026-12-03", at="2026-11-02 10:00")
    assert day.publish_clock.due_on == dt.date(2026, 11, 30)

    press_on(at=moment("2026-12-02 00:01"))

    order = day.publish_clock.reminders.get(must_acknowledge=True)
    assert order.paper.number
    message = Message.objects.get(recipient=office.head, topic=day.publish_clock.topic)
    assert message.link == day.get_absolute_url()


def test_of_a_year_of_market_days_each_costs_no_more_than_its_clock(office, django_assert_max_num_queries):
    count = len(services.preview(a_plan(office, starts_on=dt.date(2026, 1, 1))))

    with django_assert_max_num_queries(30 + 5 * count):
        planned(office, starts_on=dt.date(2026, 1, 1), at="2026-01-01 08:00")


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_save_at_once_double_nothing():
    office = an_office()

    def save(_number):
        try:
            return len(planned(office))
        except ReceptionError:
            return 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        made = sorted(pool.map(save, range(2)))

    assert made[0] == 0
    assert Reception.objects.count() == made[1] == Clock.objects.count()
    assert connection.vendor == "postgresql"


def test_a_plan_into_a_year_without_its_notice_warns_of_the_spring_festival(office):
    plan = a_plan(office, starts_on=dt.date(2027, 2, 1), ends_on=dt.date(2027, 2, 28))

    warned = {day.day: day.clash for day in services.preview(plan) if day.clash}

    # 正月初二 is a Sunday, which moves to 正月初三; 正月初五 is a Wednesday.
    assert list(warned) == [dt.date(2027, 2, 8), dt.date(2027, 2, 10)]
    assert set(warned.values()) == {"多半在春节假期里，放假安排公布后请核对。"}
