"""A whole year as stations really have it: mandates that begin and end, groups, leave, two places, several a day."""

import datetime as dt
from collections import defaultdict

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Leave
from deputies import services
from deputies.models import Absence, Deputy, Mandate, Membership
from deputies.models.reception import Turn
from tests.deputies.office import a_plan, an_office, moment
from tests.factories import StationFactory
from workdays.rhythm import Rhythm

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
AT = moment("2026-01-01 08:00")
HALVES = [(FIRST, dt.date(2026, 6, 30)), (dt.date(2026, 7, 1), LAST)]

days_of_year = st.dates(FIRST, LAST)
spans = st.tuples(days_of_year, days_of_year).map(sorted)
# Kinds of people rather than people, so that there are always several of equal availability.
kinds = st.fixed_dictionaries(
    {
        "office": st.one_of(st.just([dt.date(2021, 1, 1), None]), spans),
        "status": st.sampled_from([Mandate.Status.NORMAL] * 4 + [Mandate.Status.SUSPENDED]),
        "grouped": st.one_of(st.just([dt.date(2021, 1, 1), None]), spans),
        "absences": st.lists(spans, max_size=2),
        "leaves": st.lists(spans, max_size=1),
        "is_elsewhere_too": st.booleans(),
    }
)
offices = st.lists(st.tuples(kinds, st.integers(1, 4)), min_size=1, max_size=4)


@pytest.fixture
def office():
    return an_office(deputies=0)


def settle(office, other, groups) -> dict[int, int]:
    """Write the people of a generated office; return the number of their kind by deputy."""
    kind_of = {}
    for number, (kind, size) in enumerate(groups):
        for member in range(size):
            deputy = Deputy.objects.create(code=f"g{number}-{member}", name=f"代表{number}{member}")
            kind_of[deputy.pk] = number
            starts, ends = kind["office"]
            Mandate.objects.create(
                deputy=deputy,
                level=member % 5 + 1,
                status=kind["status"],
                constituency="第一选区",
                term="第十届",
                starts_on=starts,
                ends_on=ends,
            )
            for station in [office.station, other][: 1 + kind["is_elsewhere_too"]]:
                starts, ends = kind["grouped"]
                Membership.objects.create(station=station, deputy=deputy, starts_on=starts, ends_on=ends)
            for first, last in kind["absences"]:
                Absence.objects.create(deputy=deputy, starts_on=first, ends_on=last)
            if kind["leaves"]:
                deputy.user = office.stranger.__class__.objects.create_user(f"u{deputy.pk}", deputy.name)
                deputy.save()
            for first, last in kind["leaves"]:
                Leave.objects.create(user=deputy.user, substitute=office.head, starts_on=first, ends_on=last)
    return kind_of


def staff(office, station, rhythm, days, per_day):
    """Plan a station's year in two halves and staff each when it is planned."""
    for first, last in HALVES:
        plan = a_plan(office, starts_on=first, ends_on=last, rhythm=rhythm, days=days, per_day=per_day)
        plan.station = station
        receptions = services.save_plan(plan=plan, organs=[], actor=office.officer, at=AT)
        services.fill(receptions=receptions, actor=office.officer, at=AT)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(groups=offices, per_day=st.integers(1, 3))
def test_a_generated_year_is_fair_and_puts_nobody_where_they_cannot_be(office, groups, per_day):
    # What a year leaves in the logs cannot be removed: it is undone as a whole.
    with transaction.atomic():
        plan_and_look(office, groups, per_day)
        transaction.set_rollback(True)


def plan_and_look(office, groups, per_day):
    # given an office of this kind, and a neighbour that takes those deputies whom they share at the same hour
    Deputy.objects.all().delete()
    other = StationFactory(name="李村联络站")
    kind_of = settle(office, other, groups)
    staff(office, other, Rhythm.WEEKDAY, [2], 1)

    # when its year is planned and staffed
    staff(office, office.station, Rhythm.WEEKDAY, [2], per_day)

    # then everybody on duty is in office, grouped, there, and in one place
    turns = list(Turn.objects.select_related("reception", "deputy"))
    at_hour = defaultdict(set)
    for turn in turns:
        day, deputy = turn.reception.date, turn.deputy
        kind = groups[kind_of[deputy.pk]][0]
        assert Deputy.objects.grouped_in(turn.reception.station, day).filter(pk=deputy.pk).exists()
        assert not any(first <= day <= last for first, last in [*kind["absences"], *kind["leaves"]])
        assert deputy.pk not in at_hour[day]
        at_hour[day].add(deputy.pk)

    # and of those who could be there on the same days nobody has more than one turn more than another
    busy = defaultdict(set)
    for turn in turns:
        if turn.reception.station != office.station:
            busy[turn.deputy_id].add(turn.reception.date)
    alike = defaultdict(list)
    for deputy in kind_of:
        own = sum(turn.deputy_id == deputy for turn in turns if turn.reception.station == office.station)
        alike[kind_of[deputy], frozenset(busy[deputy])].append(own)
    assert all(max(counts) - min(counts) <= 1 for counts in alike.values())
