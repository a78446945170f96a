"""A page's long query is planned once for a connection, and finds what it would have found without."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from accounts.prepared import Prepared
from papers.models import Paper
from petitions.models import Petition, Status
from petitions.prepared import PreparedFor
from petitions.short_lists import rows
from tests.factories import a_user
from tests.petitions.story import Story


def asked(queryset):
    return Prepared(lambda: queryset).rows()


def sql_of(queries):
    return [query["sql"].split()[0] for query in queries]


@pytest.fixture
def cases(office):
    return [Story.begin(office, title=title).petition for title in ("路灯坏了", "100% 停水", "it's \\ quoted")]


def test_the_second_question_is_only_executed(cases):
    asked(Petition.objects.filter(number=cases[0].number))
    with CaptureQueriesContext(connection) as queries:
        found = asked(Petition.objects.filter(number=cases[1].number))

    assert found == [cases[1]]
    assert sql_of(queries) == ["EXECUTE"]


def test_two_questions_that_differ_in_a_choice_only_get_an_answer_each(cases):
    """A choice is no plain text, so it is written into the statement."""
    submitted = asked(Petition.objects.filter(status=Status.SUBMITTED))

    assert {case.pk for case in submitted} == {case.pk for case in cases}
    assert asked(Petition.objects.filter(status=Status.CLOSED)) == []


def test_what_is_asked_for_is_never_read_as_sql(cases):
    for case in cases:
        for _n in range(7):  # PostgreSQL decides after five on one plan for all
            assert asked(Petition.objects.filter(title=case.title)) == [case]
            assert asked(Petition.objects.filter(title__contains=case.title[:4], pk__lte=2**40)) == [case]


def test_lists_dates_and_nothing_at_all_are_asked_for_too(cases):
    first = cases[0]
    same_day = Petition.objects.filter(submitted_at__date=first.submitted_at.date(), pk__in=[first.pk, 7])
    assert asked(same_day) == list(same_day)
    assert asked(Petition.objects.filter(station__active=True, closed_how="").order_by("pk")) == cases
    assert asked(Petition.objects.order_by("pk")) == cases
    assert asked(Petition.objects.filter(pk__in=[])) == []


def test_behind_a_pool_of_connections_nothing_is_prepared(cases, settings):
    settings.POOLED = True
    with CaptureQueriesContext(connection) as queries:
        assert asked(Petition.objects.filter(number=cases[0].number)) == [cases[0]]

    assert sql_of(queries) == ["SELECT"]


def test_what_somebody_may_see_is_asked_anew_when_a_right_ends(office, cases):
    """The query is kept for each user's rights: an officer of yesterday must not read by it today."""
    seen = PreparedFor(lambda user, number: Petition.objects.visible_to(user).filter(number=number))
    officer = a_user(Role.OFFICER, office.station)
    for case in cases:
        assert seen.rows(officer, case.number) == [case]

    officer.grants.update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    assert seen.rows(User.objects.get(pk=officer.pk), cases[0].number) == []
    assert seen.rows(a_user(Role.ADMIN), cases[0].number) == []


def test_a_short_list_is_empty_where_nothing_is_found_and_none_where_nothing_can_be(cases):
    found, never = rows(Paper.objects.filter(number="没有"), "number"), rows(Paper.objects.none(), "number")

    (listed,) = asked(Petition.objects.filter(pk=cases[0].pk).annotate(found=found, never=never))

    assert (listed.found, listed.never) == ([], None)
