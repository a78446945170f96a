"""Fair turns: nobody takes more than one turn more than another who could be there on the same days."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deputies.rotation import Day, Person, rotate

YEAR = dt.date(2026, 1, 1)
HOURS = [(dt.time(9), dt.time(11)), (dt.time(10), dt.time(12)), (dt.time(14), dt.time(17))]


def a_day(number, *, seats=1, fixed=(), hours=0) -> Day:
    """The reception day of a week of the year, 9:00–11:00 unless told otherwise."""
    starts, ends = HOURS[hours]
    return Day((number, hours), YEAR + dt.timedelta(weeks=number), starts, ends, seats, tuple(fixed))


def a_person(code, days, *, level=5) -> Person:
    """A deputy who can be on duty on these days."""
    return Person(code, code, level, frozenset(day.key for day in days))


def turns_of(days, people) -> Counter:
    """How many turns each takes, with those who were on duty already."""
    chosen = rotate(days, people)
    return Counter(key for day in days for key in [*day.fixed, *chosen[day.key]])


# Examples


def test_turns_go_round():
    days = [a_day(week) for week in range(6)]
    people = [a_person(code, days) for code in "abc"]

    assert list(rotate(days, people).values()) == [["a"], ["b"], ["c"], ["a"], ["b"], ["c"]]


def test_a_day_of_two_mixes_the_levels():
    days = [a_day(week, seats=2) for week in range(4)]
    people = [a_person(code, days, level=level) for code, level in [("a", 4), ("b", 4), ("c", 5), ("d", 5)]]

    for chosen in rotate(days, people).values():
        assert {code in "ab" for code in chosen} == {True, False}


def test_who_comes_new_in_summer_is_not_flooded_with_turns():
    held = [a_day(week, fixed=["abc"[week % 3]], seats=0) for week in range(30)]
    coming = [a_day(week) for week in range(30, 50)]
    people = [a_person(code, held + coming) for code in "abc"]
    newcomer = a_person("n", coming)

    turns = turns_of(held + coming, [*people, newcomer])

    assert turns["n"] == 5  # a quarter of the twenty days that were left


def test_who_comes_back_from_leave_goes_on_in_the_middle():
    days = [a_day(week) for week in range(40)]
    people = [a_person(code, days) for code in "abc"]
    away = a_person("z", days[20:])

    chosen = rotate(days, [*people, away])

    after_return = [chosen[day.key][0] for day in days[20:28]]
    assert after_return.count("z") == 2


def test_past_turns_count():
    held = [a_day(week, fixed=["a"], seats=0) for week in range(3)]
    coming = [a_day(week) for week in range(3, 9)]
    people = [a_person(code, held + coming) for code in "abc"]

    turns = turns_of(held + coming, people)

    assert turns == {"a": 3, "b": 3, "c": 3}


def test_turns_that_are_set_for_later_spare_their_takers_before():
    open_days = [a_day(week) for week in range(4)]
    later = [a_day(week, fixed=["a"], seats=0) for week in range(10, 12)]
    people = [a_person(code, open_days + later) for code in "abc"]

    turns = turns_of(open_days + later, people)

    assert turns == {"a": 2, "b": 2, "c": 2}


def test_a_seat_for_which_nobody_is_left_stays_empty():
    days = [a_day(0, seats=3)]

    assert rotate(days, [a_person("a", days), a_person("b", [])]) == {days[0].key: ["a"]}
    assert rotate(days, []) == {days[0].key: []}


def test_who_came_from_elsewhere_neither_earns_nor_owes():
    days = [a_day(week, seats=2, fixed=["guest"]) for week in range(4)]
    people = [a_person(code, days) for code in "ab"]

    turns = turns_of(days, people)

    assert turns == {"guest": 4, "a": 2, "b": 2}


def test_two_days_at_one_hour_take_two_people():
    days = [a_day(0), a_day(0, hours=1)]
    people = [a_person(code, days) for code in "ab"]

    assert rotate(days, people) == {days[0].key: ["a"], days[1].key: ["b"]}
    assert rotate(days, people[:1]) == {days[0].key: ["a"], days[1].key: []}


def test_morning_and_afternoon_do_not_meet():
    days = [a_day(0), a_day(0, hours=2)]

    assert rotate(days, [a_person("a", days)]) == {days[0].key: ["a"], days[1].key: ["a"]}


# What always holds: years with leave, mandates that begin and end, several deputies a day, several days at one hour

spans = st.tuples(st.integers(0, 51), st.integers(0, 51)).map(sorted)


@st.composite
def years(draw):
    """A generated year: its days, how it may be put on duty, and when each deputy is in office and on leave (weeks)."""
    weeks = draw(st.lists(st.integers(0, 51), min_size=1, max_size=40, unique=True))
    days = [
        a_day(week, seats=draw(st.integers(1, 4)), hours=hours)
        for week in weeks
        for hours in draw(st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True))
    ]
    # Few kinds of availability, so that there are always deputies to compare.
    kinds = draw(st.lists(st.tuples(spans, st.lists(spans, max_size=3)), min_size=1, max_size=4))
    people = {}
    for number in range(draw(st.integers(1, 12))):
        office, leaves = draw(st.sampled_from([([0, 51], []), *kinds]))
        people[f"d{number:02}"] = (draw(st.integers(1, 5)), office, leaves)
    return days, people


def is_there(day: Day, office, leaves) -> bool:
    week = day.key[0]
    return office[0] <= week <= office[1] and not any(first <= week <= last for first, last in leaves)


def the_people(days, people) -> list[Person]:
    return [
        a_person(code, [day for day in days if is_there(day, office, leaves)], level=level)
        for code, (level, office, leaves) in people.items()
    ]


@settings(max_examples=150, deadline=None)
@given(year=years())
def test_nobody_has_more_than_one_turn_more_than_another_who_was_available_on_the_same_days(year):
    days, people = year

    turns = turns_of(days, the_people(days, people))

    alike = defaultdict(list)
    for person in the_people(days, people):
        alike[person.available].append(turns[person.key])
    assert all(max(counts) - min(counts) <= 1 for counts in alike.values())


@settings(max_examples=150, deadline=None)
@given(year=years(), data=st.data())
def test_that_stays_so_when_the_year_is_staffed_in_parts(year, data):
    days, people = year
    cut = data.draw(st.integers(0, 51))
    early = [day for day in days if day.key[0] <= cut]
    first = rotate(early, the_people(days, people))

    held = [replace(day, fixed=tuple(first[day.key]), seats=0) if day in early else day for day in days]
    turns = turns_of(held, the_people(days, people))

    alike = defaultdict(list)
    for person in the_people(days, people):
        alike[person.available].append(turns[person.key])
    assert all(max(counts) - min(counts) <= 1 for counts in alike.values())


@settings(max_examples=150, deadline=None)
@given(year=years())
def test_nobody_is_on_duty_on_leave_or_out_of_office_or_twice_at_once(year):
    days, people = year

    chosen = rotate(days, the_people(days, people))

    for day in days:
        on_duty = chosen[day.key]
        assert len(on_duty) == len(set(on_duty)) <= day.seats
        assert all(is_there(day, *people[code][1:]) for code in on_duty)
        for other in days:
            if other is not day and other.meets(day):
                assert not set(on_duty) & set(chosen[other.key])


@settings(max_examples=150, deadline=None)
@given(year=years())
def test_no_seat_stays_empty_while_somebody_could_sit_there(year):
    days, people = year
    persons = the_people(days, people)

    chosen = rotate(days, persons)

    for day in days:
        busy = {code for other in days if other.meets(day) for code in chosen[other.key]}
        idle = [person for person in persons if day.key in person.available and person.key not in busy]
        assert len(chosen[day.key]) == day.seats or not idle


def test_a_hundred_and_twenty_deputies_are_turned_as_fairly():
    days = [a_day(week, seats=3, hours=hours) for week in range(52) for hours in (0, 2)]
    people = [a_person(f"d{number:03}", days, level=number % 5 + 1) for number in range(120)]

    turns = turns_of(days, people)

    assert max(turns.values()) - min(turns.values()) <= 1


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_in_which_people_and_days_are_given_decides_nothing(order):
    days = [a_day(week, seats=2) for week in range(9)]
    people = [a_person(code, days, level=3 + (code in "ace")) for code in "abcde"]

    assert rotate(days[::order], people[::order]) == rotate(days, people)
