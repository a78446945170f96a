"""By which rhythm days recur, by the sun and by the moon, and where they go when offices rest."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workdays.calendar import Calendar
from workdays.rhythm import (
    LeftOut,
    Months,
    Planned,
    Rhythm,
    WhenRest,
    moon_feast,
    reckon_days,
    spoken_lunar,
    spoken_rhythm,
)
from workdays.services import announced_days

DAY = timedelta(days=1)
KNOWN = (2024, 2025, 2026)
NOTICES = {day: (is_workday, name) for year in KNOWN for day, is_workday, name in announced_days(year)}
CALENDAR = Calendar(version=1, days=NOTICES, years=set(KNOWN))

# First days of the lunar months, by the Hong Kong Observatory's Gregorian-Lunar conversion tables of 2023 to 2027.
FIRST_DAYS = [
    "正月 2024-02-10 2025-01-29 2026-02-17 2027-02-06",
    "二月 2024-03-10 2025-02-28 2026-03-19 2027-03-08",
    "三月 2024-04-09 2025-03-29 2026-04-17 2027-04-07",
    "四月 2024-05-08 2025-04-28 2026-05-17 2027-05-06",
    "五月 2024-06-06 2025-05-27 2026-06-15 2027-06-05",
    "六月 2024-07-06 2025-06-25 2026-07-14 2027-07-04",
    "闰六月 2025-07-25",
    "七月 2024-08-04 2025-08-23 2026-08-13 2027-08-02",
    "八月 2024-09-03 2025-09-22 2026-09-11 2027-09-01",
    "九月 2024-10-03 2025-10-21 2026-10-10 2027-09-30",
    "十月 2024-11-01 2025-11-20 2026-11-09 2027-10-29",
    "冬月 2023-12-13 2024-12-01 2025-12-20 2026-12-09 2027-11-28",
    "腊月 2024-01-11 2024-12-31 2026-01-19 2027-01-08 2027-12-28",
]
TABLE = {date.fromisoformat(day): line.split()[0] for line in FIRST_DAYS for day in line.split()[1:]}
FIRST, LAST = date(2024, 1, 1), date(2027, 12, 31)


def moon_day(day: date) -> int:
    """The lunar day by the table, without the library."""
    return (day - max(first for first in TABLE if first <= day)).days + 1


def planned_days(**facts) -> list[Planned]:
    """The days that take place."""
    return reckon_days(**facts)[0]


def days_of(rhythm, days, first, last, **facts) -> list[date]:
    facts = {"calendar": CALENDAR, "when_rest": WhenRest.KEEP} | facts
    return [planned.day for planned in planned_days(rhythm=rhythm, days=days, first=first, last=last, **facts)]


# The moon


def test_lunar_months_begin_where_the_observatory_says_from_2024_to_2027():
    assert days_of(Rhythm.LUNAR_DAY, [1], FIRST, LAST) == sorted(day for day in TABLE if day >= FIRST)


def test_every_day_of_four_years_has_its_lunar_month_by_the_table():
    for day in (FIRST + DAY * step for step in range((LAST - FIRST).days + 1)):
        month = TABLE[day - DAY * (moon_day(day) - 1)]
        assert spoken_lunar(day).startswith(month), day


def test_market_days_are_the_last_digits_of_the_lunar_day():
    market = days_of(Rhythm.MARKET, [2, 5, 8], FIRST, LAST)

    assert market == [
        FIRST + DAY * step for step in range((LAST - FIRST).days + 1) if moon_day(FIRST + DAY * step) % 10 in (2, 5, 8)
    ]
    tens = days_of(Rhythm.MARKET, [0], date(2026, 9, 11), date(2026, 10, 9))
    assert [spoken_lunar(day) for day in tens] == ["八月初十", "八月二十"]


@pytest.mark.parametrize(("holiday", "lunar"), [("春节", "正月初一"), ("端午", "五月初五"), ("中秋", "八月十五")])
@pytest.mark.parametrize("year", KNOWN)
def test_lunar_feasts_lie_in_the_holidays_that_the_state_council_announced(year, holiday, lunar):
    year_days = (date(year, 1, 1) + DAY * step for step in range(366))
    feast = next(day for day in year_days if spoken_lunar(day) == lunar)

    is_workday, name = NOTICES[feast]
    assert not is_workday
    # In 2025 the Mid-Autumn feast fell into the National Day week, and the notice names the week.
    assert holiday in name or (year, holiday) == (2025, "中秋")


def test_feasts_of_the_moon_are_rest_days_in_the_notices_that_are_out():
    days = [date(2025, 1, 1) + DAY * step for step in range(2 * 365)]
    feasts = {day: moon_feast(day) for day in days if moon_feast(day)}

    assert not [day for day in feasts if NOTICES[day][0]]
    assert {name: list(feasts.values()).count(name) for name in feasts.values()} == {
        "春节": 16,
        "端午节": 2,
        "中秋节": 2,
    }


def test_lunar_days_of_odd_months_go_by_the_month_of_the_calendar():
    odd = days_of(Rhythm.LUNAR_DAY, [15], date(2026, 1, 1), date(2026, 12, 31), months=Months.ODD)

    assert {day.month % 2 for day in odd} == {1}
    assert {moon_day(day) for day in odd} == {15}


def test_a_lunar_month_of_29_days_has_no_thirtieth():
    thirtieths = days_of(Rhythm.LUNAR_DAY, [30], date(2026, 2, 17), date(2027, 2, 5))

    assert {spoken_lunar(day)[-2:] for day in thirtieths} == {"三十"}
    assert len(thirtieths) == sum(
        (after - before).days == 30
        for before, after in zip(sorted(TABLE), sorted(TABLE)[1:], strict=False)
        if date(2026, 2, 17) <= before < date(2027, 2, 6)
    )


# The sun


def test_the_first_and_third_saturday_of_each_month():
    found = days_of(Rhythm.NTH_WEEKDAY, [6], date(2026, 10, 1), date(2026, 11, 30), nths=[1, 3])

    assert found == [date(2026, 10, 3), date(2026, 10, 17), date(2026, 11, 7), date(2026, 11, 21)]


def test_the_last_friday_is_the_fourth_or_the_fifth():
    found = days_of(Rhythm.NTH_WEEKDAY, [5], date(2026, 10, 1), date(2026, 11, 30), nths=[-1])

    assert found == [date(2026, 10, 30), date(2026, 11, 27)]


def test_the_15th_of_odd_months():
    found = days_of(Rhythm.MONTH_DAY, [15], date(2026, 7, 1), date(2026, 12, 31), months=Months.ODD)

    assert found == [date(2026, 7, 15), date(2026, 9, 15), date(2026, 11, 15)]


def test_a_month_without_a_31st_has_no_day():
    found = days_of(Rhythm.MONTH_DAY, [31], date(2026, 9, 1), date(2026, 12, 31))

    assert found == [date(2026, 10, 31), date(2026, 12, 31)]


# Rest days


def test_market_days_of_the_fourth_quarter_of_2026_go_around_the_national_day_week():
    found = planned_days(
        rhythm=Rhythm.MARKET,
        days=[2, 5, 8],
        calendar=CALENDAR,
        first=date(2026, 10, 1),
        last=date(2026, 12, 31),
        when_rest=WhenRest.NEXT,
    )

    # 2 and 5 October (廿二, 廿五) are holidays; the 8th is market day itself, and is planned once, as such.
    assert found[0] == Planned(date(2026, 10, 8), date(2026, 10, 8))
    assert found[1] == Planned(date(2026, 10, 12), date(2026, 10, 11), "周日")
    assert all(CALENDAR.is_workday(planned.day) for planned in found)


def test_a_day_moved_off_a_holiday_names_it():
    [moved] = planned_days(
        rhythm=Rhythm.MONTH_DAY,
        days=[5],
        calendar=CALENDAR,
        first=date(2026, 10, 1),
        last=date(2026, 10, 31),
    )

    assert moved == Planned(date(2026, 10, 8), date(2026, 10, 5), "国庆节")
    assert moved.is_moved


def test_a_make_up_saturday_is_a_day_like_others():
    assert days_of(Rhythm.MONTH_DAY, [10], date(2026, 10, 1), date(2026, 10, 31), when_rest=WhenRest.NEXT) == [
        date(2026, 10, 10)
    ]


@pytest.mark.parametrize(
    ("when_rest", "expected"),
    [
        (WhenRest.NEXT, [date(2026, 10, 8)]),
        (WhenRest.PREVIOUS, [date(2026, 9, 30)]),
        (WhenRest.SKIP, []),
        (WhenRest.KEEP, [date(2026, 10, 2)]),
    ],
)
def test_what_becomes_of_a_rest_day(when_rest, expected):
    found = days_of(Rhythm.MONTH_DAY, [2], date(2026, 9, 3), date(2026, 10, 31), when_rest=when_rest)

    assert found == expected


def test_a_quarter_does_not_reach_into_the_next():
    # 31 October 2026 is a Saturday, 1 October a holiday: inside the span there is only the other way.
    back = days_of(Rhythm.MONTH_DAY, [31], date(2026, 10, 1), date(2026, 10, 31), when_rest=WhenRest.NEXT)
    forth = days_of(Rhythm.MONTH_DAY, [1], date(2026, 10, 1), date(2026, 10, 31), when_rest=WhenRest.PREVIOUS)

    assert back == [date(2026, 10, 30)]
    assert forth == [date(2026, 10, 8)]


def test_a_span_without_any_working_day_has_no_day():
    assert days_of(Rhythm.MONTH_DAY, [2], date(2026, 10, 1), date(2026, 10, 7), when_rest=WhenRest.NEXT) == []


def test_where_weekends_count_only_holidays_rest():
    saturdays = planned_days(
        rhythm=Rhythm.NTH_WEEKDAY,
        days=[6],
        nths=[1, 3],
        calendar=CALENDAR,
        first=date(2026, 10, 1),
        last=date(2026, 10, 31),
        weekends_count=True,
    )

    assert saturdays == [
        Planned(date(2026, 10, 8), date(2026, 10, 3), "国庆节"),
        Planned(date(2026, 10, 17), date(2026, 10, 17)),
    ]


def test_market_days_of_the_national_day_fall_together_with_the_first_one_after_it_and_that_is_said():
    days, left_out = reckon_days(
        rhythm=Rhythm.MARKET, days=[2, 5, 8], calendar=CALENDAR, first=date(2026, 10, 1), last=date(2026, 10, 9)
    )

    assert days == [Planned(date(2026, 10, 8), date(2026, 10, 8))]
    assert left_out == [
        LeftOut(date(2026, 10, 2), "国庆节", joins=date(2026, 10, 8)),
        LeftOut(date(2026, 10, 5), "国庆节", joins=date(2026, 10, 8)),
    ]


def test_a_day_that_is_dropped_says_why_and_joins_none():
    days, left_out = reckon_days(
        rhythm=Rhythm.MONTH_DAY,
        days=[5],
        calendar=CALENDAR,
        first=date(2026, 10, 1),
        last=date(2026, 10, 31),
        when_rest=WhenRest.SKIP,
    )

    assert (days, left_out) == ([], [LeftOut(date(2026, 10, 5), "国庆节")])


def test_a_year_without_its_notice_is_provisional_and_keeps_the_fixed_holidays():
    found = planned_days(
        rhythm=Rhythm.MONTH_DAY, days=[1, 15], calendar=CALENDAR, first=date(2027, 10, 1), last=date(2027, 10, 31)
    )

    assert found == [
        Planned(date(2027, 10, 4), date(2027, 10, 1), "国庆节", True),
        Planned(date(2027, 10, 15), date(2027, 10, 15), "", True),
    ]


# What always holds

dates = st.dates(FIRST, date(2027, 9, 1))
specials = st.dictionaries(dates, st.tuples(st.booleans(), st.just("特别")), max_size=80)
calendars = st.builds(Calendar, version=st.just(1), days=specials, years=st.sets(st.integers(2024, 2027)))
rhythms = st.one_of(
    st.tuples(st.just(Rhythm.WEEKDAY), st.sets(st.integers(1, 7), min_size=1), st.just(set())),
    st.tuples(
        st.just(Rhythm.NTH_WEEKDAY),
        st.sets(st.integers(1, 7), min_size=1),
        st.sets(st.sampled_from([1, 2, 3, 4, 5, -1]), min_size=1),
    ),
    st.tuples(st.just(Rhythm.MONTH_DAY), st.sets(st.integers(1, 31), min_size=1), st.just(set())),
    st.tuples(st.just(Rhythm.LUNAR_DAY), st.sets(st.integers(1, 30), min_size=1), st.just(set())),
    st.tuples(st.just(Rhythm.MARKET), st.sets(st.integers(0, 9), min_size=1), st.just(set())),
)


def obeys(day: date, rhythm, days, nths) -> bool:
    """Whether a day belongs to a rhythm, said in another way than the plan's."""
    match rhythm:
        case Rhythm.WEEKDAY:
            return day.weekday() + 1 in days
        case Rhythm.NTH_WEEKDAY:
            same = [one for one in (day.replace(day=1) + DAY * step for step in range(31)) if one.month == day.month]
            same = [one for one in same if one.weekday() == day.weekday()]
            wanted = [same[nth if nth < 0 else nth - 1] for nth in nths if nth <= len(same)]
            return day.weekday() + 1 in days and day in wanted
        case Rhythm.MONTH_DAY:
            return day.day in days
        case Rhythm.LUNAR_DAY:
            return moon_day(day) in days
    return int(str(moon_day(day))[-1]) in days


@given(
    rhythm=rhythms,
    months=st.sampled_from(Months),
    calendar=calendars,
    first=dates,
    length=st.integers(0, 120),
    when_rest=st.sampled_from(WhenRest),
    weekends_count=st.booleans(),
)
def test_every_planned_day_obeys_the_rhythm_or_says_why_it_moved(
    rhythm, months, calendar, first, length, when_rest, weekends_count
):
    (kind, days, nths), last = rhythm, first + DAY * length

    plan = planned_days(
        rhythm=kind,
        days=days,
        nths=nths,
        months=months,
        calendar=calendar,
        first=first,
        last=last,
        when_rest=when_rest,
        weekends_count=weekends_count,
    )

    def rests(day):
        return calendar.is_holiday(day) if weekends_count else not calendar.is_workday(day)

    span = [first + DAY * step for step in range(length + 1)]
    in_months = {Months.ALL: (0, 1), Months.ODD: (1,), Months.EVEN: (0,)}[months]
    meant = [day for day in span if obeys(day, kind, days, nths) and day.month % 2 in in_months]
    planned = [one.day for one in plan]
    assert planned == sorted(set(planned))
    assert set(planned) <= set(span)
    assert {one.meant_on for one in plan} <= set(meant)
    assert {day for day in meant if not rests(day)} <= set(planned)
    for one in plan:
        assert bool(one.why) == rests(one.meant_on)
        assert not one.is_moved or rests(one.meant_on)
        assert when_rest == WhenRest.KEEP or not rests(one.day)
        assert when_rest not in (WhenRest.SKIP, WhenRest.KEEP) or not one.is_moved
        # Nothing closer than where it went was open, on the side to which it went.
        closer = range(1, abs((one.day - one.meant_on).days))
        assert all(rests(one.meant_on + (DAY if one.day > one.meant_on else -DAY) * step) for step in closer)
        if when_rest != WhenRest.KEEP:
            assert one.provisional == (not calendar.is_known(one.day) or not calendar.is_known(one.meant_on))


@given(calendar=calendars, day=dates)
def test_a_holiday_is_never_a_working_day(calendar, day):
    assert not (calendar.is_holiday(day) and calendar.is_workday(day))
    assert calendar.is_workday(day) or calendar.is_holiday(day) or day.weekday() >= 5


# In words


@pytest.mark.parametrize(
    ("rhythm", "days", "nths", "months", "words"),
    [
        (Rhythm.MARKET, [2, 5, 8], [], Months.ALL, "农历逢二、五、八"),
        (Rhythm.MARKET, [0, 5], [], Months.ALL, "农历逢五、十"),
        (Rhythm.MARKET, [3], [], Months.EVEN, "公历双月的农历逢三"),
        (Rhythm.NTH_WEEKDAY, [6], [1, 3], Months.ALL, "每月第一、三个周六"),
        (Rhythm.NTH_WEEKDAY, [5], [-1, 1], Months.ODD, "单月第一个和最后一个周五"),
        (Rhythm.MONTH_DAY, [15], [], Months.ODD, "单月15日"),
        (Rhythm.MONTH_DAY, [25, 5], [], Months.ALL, "每月5、25日"),
        (Rhythm.WEEKDAY, [3, 1], [], Months.ALL, "每周一、三"),
        (Rhythm.LUNAR_DAY, [1, 15, 30], [], Months.ALL, "农历每月初一、十五、三十"),
    ],
)
def test_a_rhythm_is_said_as_people_say_it(rhythm, days, nths, months, words):
    plan = SimpleNamespace(rhythm=rhythm, days=days, nths=nths, months=months)

    assert spoken_rhythm(plan) == words
