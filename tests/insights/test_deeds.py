"""What a deputy did in a year: counted from events, each on its own condition."""

import datetime as dt

import pytest
from django.utils import timezone

from insights.deeds import Deeds, deeds_of
from petitions.models import Petition, Status
from tests.factories import a_deputy, a_note, a_reception, load_years
from tests.petitions.story import Story, an_office, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    load_years()
    return an_office()


def a_day(office, date, *deputies):
    return a_reception(office.station, days=(date - timezone.localdate()).days, deputies=deputies)


def deeds(office, year=2026):
    return deeds_of([office.deputy_person], year)[office.deputy_person.pk]


def test_a_deputy_who_did_nothing_has_a_record_of_zeros(office):
    assert deeds(office) == Deeds()


def test_being_on_the_roster_is_no_deed_being_there_is(office):
    came, missed = (a_day(office, dt.date(2026, month, 3), office.deputy_person) for month in (5, 6))
    came.turns.update(present_at=came.starts_at)

    assert deeds(office).receptions == 1
    assert missed.turns.get().present_at is None


def test_whoever_came_without_being_planned_was_there(office):
    day = a_day(office, dt.date(2026, 5, 3))
    day.turns.create(deputy=office.deputy_person, planned=False, present_at=day.starts_at)

    assert deeds(office).receptions == 1


def test_notes_count_for_the_deputy_who_received_and_on_the_day_of_the_reception(office):
    other = a_deputy("王代表")
    new_years_eve = a_day(office, dt.date(2025, 12, 31))
    day = a_day(office, dt.date(2026, 5, 3))
    later = moment("2026-01-02 09:00")
    a_note(new_years_eve, office.officer, deputy=office.deputy_person, recorded_at=later)
    a_note(day, office.officer, deputy=office.deputy_person, visitors=3, outcome="answered")
    a_note(day, office.officer, deputy=office.deputy_person, visitors=2)
    a_note(day, office.officer, deputy=other, visitors=9)
    a_note(day, office.officer, visitors=9)

    assert deeds(office) == Deeds(people=5, notes=2, answered=1)
    assert deeds(office, 2025).notes == 1


def test_a_case_counts_when_it_came_and_when_it_was_closed(office):
    old = Story.begin(office, deputy=office.deputy_person, at=moment("2025-12-31 23:30"))
    Story.begin(office, deputy=office.deputy_person, at=moment("2026-01-01 00:30"))
    Story.begin(office, at=moment("2026-03-02 10:00"))
    Petition.objects.filter(pk=old.petition.pk).update(
        status=Status.CLOSED, closed_how="satisfied", closed_at=moment("2026-02-02 10:00")
    )

    assert (deeds(office).cases, deeds(office).closed) == (1, 1)
    assert (deeds(office, 2025).cases, deeds(office, 2025).closed) == (1, 0)


def test_a_suggestion_counts_for_who_raised_it(office):
    story = Story.brought_to(Status.ACCEPTED, office, deputy=office.deputy_person)
    story.take("raise_suggestion")

    assert deeds(office, story.at.year).suggestions == 1


def test_120_deputies_cost_one_query(office, django_assert_num_queries):
    deputies = [a_deputy(f"代表{n}") for n in range(119)]
    day = a_day(office, timezone.localdate(), *deputies)
    day.turns.update(present_at=timezone.now())

    with django_assert_num_queries(1):
        counted = deeds_of(deputies, timezone.localdate().year)

    assert {done.receptions for done in counted.values()} == {1}
    assert len(counted) == 119


def test_a_suggestion_counts_as_co_sponsored_for_who_lent_their_name(office):
    other = a_deputy("联名代表")
    story = Story.brought_to(Status.ACCEPTED, office)

    story.take("raise_suggestion", co_sponsors=[other])

    counted = deeds_of([office.deputy_person, other], story.at.year)
    assert (counted[office.deputy_person.pk].suggestions, counted[office.deputy_person.pk].co_sponsored) == (1, 0)
    assert (counted[other.pk].suggestions, counted[other.pk].co_sponsored) == (0, 1)
