"""What speaks against a day as it stands: facts change after a roster is made."""

import datetime as dt

import pytest

from deputies import services
from deputies.models import Reception
from tests.deputies.office import a_day, an_office, moment, on_duty, planned
from workdays.rhythm import Rhythm

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return an_office()


def test_a_deputy_who_goes_on_leave_after_rostering_is_a_conflict(office):
    day = a_day(office)
    deputy = day.turns.first().deputy

    deputy.absences.create(starts_on=day.date, ends_on=day.date)

    assert services.conflicts([day]) == {day.pk: [f"{deputy.name}：2026年12月3日请假"]}
    assert deputy.name in on_duty(day)


def test_mandates_that_ended_or_begin_later_are_conflicts(office):
    day = a_day(office, per_day=4)
    one, two, three, _four = office.deputies
    one.mandates.update(ends_on=dt.date(2026, 12, 1))
    two.mandates.update(starts_on=dt.date(2027, 1, 1))
    three.mandates.all().delete()

    assert services.conflicts([day])[day.pk] == [
        "安代表：代表资格已于2026年12月1日终止",
        "白代表：代表资格从2027年1月1日开始",
        "柴代表：没有代表资格",
    ]


def test_an_empty_roster_a_rest_day_and_an_unknown_year_are_said(office):
    holiday = a_day(office, "2026-10-01", at="2026-09-01 10:00", staffed=False)
    Reception.objects.filter(pk=holiday.pk).update(plan=None)
    next_year = a_day(office, "2027-03-03", staffed=False)
    Reception.objects.filter(pk=next_year.pk).update(plan=None)

    found = services.conflicts([holiday, next_year])

    assert found[holiday.pk] == ["还没有排代表。", "当天是休息日（国庆节）。"]
    assert found[next_year.pk] == ["还没有排代表。", "2027年的放假安排还没有公布，日期暂定。"]


def test_a_weekend_that_the_plan_means_is_no_conflict(office):
    [saturday] = planned(
        office,
        starts_on=dt.date(2026, 11, 7),
        ends_on=dt.date(2026, 11, 7),
        rhythm=Rhythm.WEEKDAY,
        days=[6],
        weekends_count=True,
    )
    services.fill(receptions=[saturday], actor=office.officer, at=moment("2026-09-01 11:00"))

    assert services.conflicts([saturday]) == {saturday.pk: []}


def test_a_place_that_is_used_twice_at_one_hour_is_a_conflict(office):
    day = a_day(office)
    other = Reception.objects.create(
        station=office.station, date=day.date, starts=dt.time(10), ends=dt.time(12), place=day.place
    )

    assert services.conflicts([day, other])[day.pk] == ["代表接待室当天10:00另有接待日，时间重叠。"]


def test_conflicts_of_many_days_take_few_queries(office, django_assert_max_num_queries):
    days = planned(office)
    services.fill(receptions=days, actor=office.officer, at=moment("2026-09-01 11:00"))
    office.deputies[0].absences.create(starts_on=dt.date(2026, 10, 1), ends_on=dt.date(2026, 12, 31))

    with django_assert_max_num_queries(4):
        found = services.conflicts(days)

    assert sum(bool(sentences) for sentences in found.values()) == len(
        [day for day in days if office.deputies[0].name in on_duty(day)]
    )
