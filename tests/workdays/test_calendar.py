"""Days, months and due dates, as the State Council's notices and the office count them."""

import datetime as dt
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workdays.calendar import BEIJING, Calendar, add_months, reckon
from workdays.services import announced_days

KNOWN = (2024, 2025, 2026)
NOTICES = {day: (is_workday, name) for year in KNOWN for day, is_workday, name in announced_days(year)}

days = st.dates(date(2023, 6, 1), date(2028, 6, 1))
lengths = st.integers(0, 60)
specials = st.dictionaries(days, st.tuples(st.booleans(), st.just("特别")), max_size=60)
years = st.sets(st.integers(2023, 2028))
calendars = st.builds(Calendar, version=st.just(1), days=specials, years=years)
pauses = st.lists(st.tuples(days, st.integers(0, 40)), max_size=3).map(
    lambda spans: [(begun, begun + timedelta(days=length), "待补充") for begun, length in spans]
)


@pytest.fixture
def calendar() -> Calendar:
    """The calendar as the notices for 2024 to 2026 have it."""
    return Calendar(version=1, days=NOTICES, years=set(KNOWN))


def due(calendar, start, length, **facts) -> date:
    return reckon(calendar, start=start, length=length, unit="workday", **facts).due_on


def test_day_one_is_the_first_working_day_after_the_start(calendar):
    friday = date(2026, 11, 20)

    assert due(calendar, friday, 1) == date(2026, 11, 23)
    assert due(calendar, friday + timedelta(days=1), 1) == date(2026, 11, 23)


def test_8_october_is_day_one_after_the_national_day_week_of_2026(calendar):
    reckoning = reckon(calendar, start=date(2026, 9, 30), length=1, unit="workday")

    assert reckoning.due_on == date(2026, 10, 8)
    assert [day["why"] for day in reckoning.explanation["skipped"]] == ["国庆节"] * 7
    assert reckoning.explanation["skipped"][0]["date"] == "2026-10-01"


def test_a_make_up_saturday_counts(calendar):
    saturday = date(2026, 10, 10)

    assert calendar.is_workday(saturday)
    assert due(calendar, date(2026, 10, 9), 1) == saturday
    assert calendar.why_rest(saturday) == ""


def test_every_skipped_day_is_told_with_its_reason(calendar):
    reckoning = reckon(calendar, start=date(2026, 11, 19), length=3, unit="workday")

    assert reckoning.due_on == date(2026, 11, 24)
    assert reckoning.explanation == {
        "start": "2026-11-19",
        "length": 3,
        "unit": "workday",
        "skipped": [{"date": "2026-11-21", "why": "周六"}, {"date": "2026-11-22", "why": "周日"}],
        "pauses": [],
        "extensions": [],
        "provisional": False,
    }


def test_days_of_a_pause_do_not_count_and_are_told(calendar):
    pause = (date(2026, 11, 17), date(2026, 11, 19), "等待群众补充情况")

    reckoning = reckon(calendar, start=date(2026, 11, 16), length=2, unit="workday", pauses=[pause])

    assert reckoning.due_on == date(2026, 11, 20)
    assert reckoning.explanation["pauses"] == [{"from": "2026-11-17", "to": "2026-11-19", "why": "等待群众补充情况"}]


def test_a_pause_that_is_still_open_moves_nothing_yet(calendar):
    pause = (date(2026, 11, 16), None, "等待群众补充情况")

    reckoning = reckon(calendar, start=date(2026, 11, 16), length=2, unit="workday", pauses=[pause])

    assert reckoning.due_on == date(2026, 11, 18)
    assert reckoning.explanation["pauses"][0]["to"] is None


def test_an_extension_moves_the_due_date_and_leaves_the_original_one(calendar):
    reckoning = reckon(calendar, start=date(2026, 11, 16), length=2, unit="workday", extensions=[(5, "需要现场勘查")])

    assert (reckoning.original_due_on, reckoning.due_on) == (date(2026, 11, 18), date(2026, 11, 25))
    assert reckoning.explanation["extensions"] == [{"length": 5, "why": "需要现场勘查"}]


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 10, 31), 14, date(2027, 12, 31)),
        (date(2026, 11, 24), 3, date(2027, 2, 24)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_months_last(start, months, expected):
    assert add_months(start, months) == expected


def test_a_clock_of_months_is_extended_in_months_and_pauses_by_calendar_days(calendar):
    reckoning = reckon(
        calendar,
        start=date(2026, 5, 31),
        length=3,
        unit="month",
        pauses=[(date(2026, 6, 1), date(2026, 6, 8), "待补充")],
        extensions=[(3, "涉及面广")],
    )

    assert reckoning.original_due_on == date(2026, 9, 7)
    assert reckoning.due_on == date(2026, 12, 7)
    assert not reckoning.provisional


def test_a_promised_date_stands_whatever_the_calendar_says(calendar):
    promised = date(2027, 1, 2)

    reckoning = reckon(calendar, start=date(2026, 11, 24), length=0, unit="date", fixed=promised)

    assert (reckoning.due_on, reckoning.original_due_on, reckoning.provisional) == (promised, promised, False)


def test_a_due_date_in_a_year_without_notice_is_provisional_and_skips_the_fixed_holidays(calendar):
    reckoning = reckon(calendar, start=date(2026, 12, 30), length=2, unit="workday")

    assert reckoning.due_on == date(2027, 1, 4)
    assert reckoning.provisional
    assert reckoning.explanation["provisional"]
    assert reckoning.explanation["skipped"][0] == {"date": "2027-01-01", "why": "元旦"}


def test_without_any_notice_every_due_date_is_provisional():
    empty = Calendar(version=1, days={}, years=set())

    assert reckon(empty, start=date(2026, 11, 20), length=1, unit="workday").provisional
    assert empty.why_rest(date(2026, 10, 2)) == "国庆节"
    assert empty.is_workday(date(2026, 10, 8))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-24T10:00", "2026-11-24T10:00"),
        ("2026-11-24T03:00", "2026-11-24T08:30"),
        ("2026-11-24T17:30", "2026-11-25T08:30"),
        ("2026-11-27T22:00", "2026-11-30T08:30"),
        ("2026-09-30T18:00", "2026-10-08T08:30"),
        ("2026-10-10T12:00", "2026-10-10T12:00"),
    ],
)
def test_the_office_opens_in_the_hours_of_working_days_only(calendar, moment, opens):
    asked = dt.datetime.fromisoformat(moment).replace(tzinfo=BEIJING)

    assert calendar.next_open(asked) == dt.datetime.fromisoformat(opens).replace(tzinfo=BEIJING)
    assert calendar.next_open(asked.astimezone(dt.UTC)) == calendar.next_open(asked)


@given(calendars, days, st.integers(1, 60))
def test_counting_back_undoes_counting_on(calendar, day, number):
    later = calendar.add_workdays(day, number)

    assert calendar.is_workday(later)
    assert calendar.workdays_between(day, later) == number
    assert calendar.workdays_between(later, day) == -number


@given(calendars, days, st.integers(-60, 60))
def test_from_a_working_day_the_same_number_leads_back(calendar, day, number):
    assume(calendar.is_workday(day))

    there = calendar.add_workdays(day, number)

    assert calendar.add_workdays(there, -number) == day
    assert calendar.workdays_between(day, there) == number


@given(calendars, days, days, days)
def test_spans_of_working_days_add_up(calendar, first, second, third):
    whole = calendar.workdays_between(first, third)

    assert whole == calendar.workdays_between(first, second) + calendar.workdays_between(second, third)


@given(calendars, days, lengths)
def test_a_clock_counts_what_the_calendar_counts(calendar, start, length):
    reckoning = reckon(calendar, start=start, length=length, unit="workday")

    assert reckoning.due_on == calendar.add_workdays(start, length)
    assert len(reckoning.explanation["skipped"]) == (reckoning.due_on - start).days - length


@given(calendars, days, lengths)
def test_starting_a_day_later_is_never_due_earlier(calendar, start, length):
    assert due(calendar, start, length) <= due(calendar, start + timedelta(days=1), length)


@given(calendars, days, lengths, pauses)
def test_a_pause_never_shortens_a_clock(calendar, start, length, pauses):
    assert due(calendar, start, length, pauses=pauses) >= due(calendar, start, length)


@given(calendars, days, lengths, pauses, st.integers(1, 10))
def test_an_extension_never_shortens_a_clock_nor_touches_the_original_due_date(
    calendar, start, length, pauses, extension
):
    plain = reckon(calendar, start=start, length=length, unit="workday", pauses=pauses)

    extended = reckon(
        calendar, start=start, length=length, unit="workday", pauses=pauses, extensions=[(extension, "难")]
    )

    assert extended.due_on > plain.due_on
    assert extended.original_due_on == plain.due_on


@given(days, st.integers(0, 24), pauses)
def test_a_paused_clock_of_months_is_later_by_the_paused_days_at_most(start, months, pauses):
    empty = Calendar(version=1, days={}, years=set())

    reckoning = reckon(empty, start=start, length=months, unit="month", pauses=pauses)

    late = reckoning.due_on - add_months(start, months)
    assert timedelta(0) <= late <= sum((ended - begun for begun, ended, _why in pauses), timedelta(0))


@given(calendars, st.builds(dt.datetime.combine, days, st.times(), st.just(dt.UTC)))
def test_the_next_opening_lies_in_office_hours_and_is_its_own_next(calendar, moment):
    opening = calendar.next_open(moment)

    assert opening >= moment
    assert calendar.is_workday(opening.date())
    assert calendar.opens <= opening.time() < calendar.closes
    assert calendar.next_open(opening) == opening
