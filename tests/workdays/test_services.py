"""The calendar in force and its changes."""

import datetime as dt
from datetime import date

import pytest
from django.db import transaction

from tests.factories import load_years
from workdays import services
from workdays.calendar import reckon
from workdays.models import CalendarChange, Day, Year

pytestmark = pytest.mark.django_db

NOTICE_2027 = [
    (date(2027, 1, 1), False, "元旦"),
    (date(2027, 2, 5), False, "春节"),
    (date(2027, 2, 7), True, "春节调休"),
]


def test_a_fresh_database_knows_no_year_and_says_so():
    calendar = services.load_calendar()

    assert calendar.version == 1
    assert not calendar.is_known(date(2026, 11, 24))
    assert services.loaded_through() is None


def test_a_year_is_loaded_as_the_state_council_announced_it():
    load_years(2026)

    calendar = services.load_calendar()

    assert calendar.is_known(date(2026, 1, 1))
    assert calendar.why_rest(date(2026, 2, 15)) == "春节"
    assert calendar.is_workday(date(2026, 2, 14))
    assert Day.objects.get(date=date(2026, 2, 14)).name == "春节调休"
    assert "2026年部分节假日安排的通知" in Year.objects.get(year=2026).source
    assert services.loaded_through() == 2026


def test_loading_a_year_again_changes_nothing():
    load_years(2026)
    version = services.load_calendar().version

    assert services.load_year(year=2026, by_name="王敏") is False

    assert services.load_calendar().version == version


def test_a_day_set_by_hand_outlives_the_loading_of_its_year():
    services.set_day(date=date(2026, 10, 8), is_workday=False, name="防汛停工", source="县政府通知", by_name="王敏")

    load_years(2026)

    assert services.load_calendar().why_rest(date(2026, 10, 8)) == "防汛停工"


def test_a_year_that_nobody_has_announced_cannot_be_loaded():
    with pytest.raises(services.CalendarError, match="没有2031年的放假安排"):
        services.load_year(year=2031, by_name="王敏")

    assert not Year.objects.exists()
    assert services.load_calendar().version == 1


def test_a_provisional_due_date_is_settled_once_its_year_is_entered_by_hand():
    load_years(2026)
    facts = {"start": date(2027, 2, 4), "length": 2, "unit": "workday"}
    before = reckon(services.load_calendar(), **facts)

    services.record_year(year=2027, source="国务院办公厅通知", days=NOTICE_2027, by_name="王敏")

    after = reckon(services.load_calendar(), **facts)
    assert (before.due_on, before.provisional) == (date(2027, 2, 8), True)
    assert (after.due_on, after.provisional) == (date(2027, 2, 8), False)
    assert [day["why"] for day in after.explanation["skipped"]] == ["春节", "周六"]


def test_a_year_entered_by_hand_takes_the_place_of_all_that_stood_for_it():
    load_years(2026)

    services.record_year(year=2026, source="更正通知", days=[(date(2026, 1, 1), False, "元旦")], by_name="王敏")

    assert list(Day.objects.values_list("name", "source")) == [("元旦", "更正通知")]
    assert Year.objects.get(year=2026).source == "更正通知"


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ([(date(2026, 12, 31), False, "元旦")], "不在2027年"),
        ([NOTICE_2027[0], NOTICE_2027[0]], "有日期重复"),
    ],
)
def test_a_year_with_a_wrong_day_is_not_stored_by_half(days, sentence):
    with pytest.raises(services.CalendarError, match=sentence):
        services.record_year(year=2027, source="通知", days=days, by_name="王敏")

    assert not Day.objects.exists()
    assert not Year.objects.exists()


def test_every_change_makes_a_new_version_and_is_written_down():
    services.set_day(date=date(2026, 12, 7), is_workday=False, name="暴雪停工", source="市政府通知", by_name="王敏")
    services.set_office_hours(opens=dt.time(9), closes=dt.time(17), by_name="李强")
    services.remove_day(date=date(2026, 12, 7), by_name="李强")

    assert services.load_calendar().version == 4
    assert list(CalendarChange.objects.values_list("version", "by_name", "what")) == [
        (4, "李强", "2026年12月7日 恢复为按星期计算"),
        (3, "李强", "办公时间改为09:00–17:00"),
        (2, "王敏", "2026年12月7日 设为休息：暴雪停工"),
    ]


def test_a_change_is_seen_at_once_by_whoever_asks_next():
    snow = date(2026, 12, 7)
    before = services.load_calendar()

    services.set_day(date=snow, is_workday=False, name="暴雪停工", source="市政府通知", by_name="王敏")

    assert before.is_workday(snow)
    assert services.load_calendar().why_rest(snow) == "暴雪停工"


def test_a_change_that_was_taken_back_leaves_no_trace_in_memory():
    first, second = date(2026, 12, 7), date(2026, 12, 8)
    facts = {"is_workday": False, "name": "停工", "source": "通知", "by_name": "王敏"}

    with transaction.atomic():
        services.set_day(date=first, **facts)
        assert not services.load_calendar().is_workday(first)
        transaction.set_rollback(True)
    services.set_day(date=second, **facts)

    calendar = services.load_calendar()
    assert calendar.is_workday(first)
    assert not calendar.is_workday(second)


def test_reading_the_calendar_costs_one_query_while_it_stays_the_same(django_assert_num_queries):
    load_years(2026)
    with django_assert_num_queries(3):
        services.load_calendar()

    with django_assert_num_queries(1):
        services.load_calendar()


def test_a_day_that_is_not_special_cannot_be_removed():
    with pytest.raises(services.CalendarError, match="2026年11月24日 不是特殊日期"):
        services.remove_day(date=date(2026, 11, 24), by_name="王敏")


def test_an_office_cannot_close_before_it_opens():
    with pytest.raises(services.CalendarError, match="下班时间必须晚于上班时间"):
        services.set_office_hours(opens=dt.time(17), closes=dt.time(9), by_name="王敏")

    assert services.load_calendar().opens == dt.time(8, 30)
