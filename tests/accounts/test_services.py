"""Who holds which role, who stands in, and the log of looks."""

from datetime import date
from itertools import pairwise

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from accounts import services
from accounts.models import Grant, Leave, Role, User, ViewLog
from tests.factories import OrganFactory, StationFactory, UserFactory, a_region, a_user, grant

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


def away(user: User, substitute: User, *, starts_on=TODAY, ends_on=TODAY) -> Leave:
    return Leave.objects.create(user=user, substitute=substitute, starts_on=starts_on, ends_on=ends_on)


def fresh(user: User) -> User:
    """The user as the next request loads them."""
    return User.objects.get(pk=user.pk)


def test_a_grant_counts_from_its_first_to_its_last_day_in_beijing():
    user = UserFactory()
    grant(user, Role.OFFICER, StationFactory(), starts_on=TODAY, ends_on=TODAY)

    with time_machine.travel("2026-11-23 23:59 +0800", tick=False):
        assert services.roles_of(fresh(user)) == set()
    with time_machine.travel("2026-11-24 00:00 +0800", tick=False):
        assert services.roles_of(fresh(user)) == {Role.OFFICER}
    with time_machine.travel("2026-11-24 23:59 +0800", tick=False):
        assert services.has_role(fresh(user), Role.HEAD, Role.OFFICER)
    with time_machine.travel("2026-11-25 00:00 +0800", tick=False):
        assert services.grants_of(fresh(user)) == []


def test_grants_are_read_once_a_request_with_their_scopes(django_assert_num_queries):
    user = fresh(a_user(Role.OFFICER))
    grant(user, Role.CLERK, OrganFactory())

    with django_assert_num_queries(1):
        scopes = {str(held) for held in services.grants_of(user)}
        services.roles_of(user)

    assert len(scopes) == 2


def test_nobody_anonymous_or_barred_from_signing_in_holds_a_role():
    barred = a_user(Role.ADMIN, is_active=False)

    assert services.grants_of(AnonymousUser()) == []
    assert services.grants_of(barred) == []


def test_a_superuser_sees_no_case_by_being_one():
    assert services.roles_of(UserFactory(is_superuser=True)) == set()


@pytest.mark.parametrize(
    ("role", "scope"),
    [(Role.OFFICER, None), (Role.HEAD, StationFactory), (Role.CLERK, a_region), (Role.DEPUTY, OrganFactory)],
)
def test_a_role_is_granted_over_its_own_kind_of_scope_only(role, scope):
    user, scope = UserFactory(), scope and scope()

    with pytest.raises(IntegrityError), transaction.atomic():
        grant(user, role, scope)

    assert not Grant.objects.exists()


def test_officers_are_those_of_the_station_and_clerks_those_of_the_organ():
    station, organ = StationFactory(), OrganFactory()
    officer, clerk = a_user(Role.OFFICER, station), a_user(Role.CLERK, organ)
    a_user(Role.OFFICER)
    a_user(Role.CLERK)
    a_user(Role.LEADER, organ)

    assert services.holders(Role.OFFICER, station=station, on=TODAY) == [officer]
    assert services.holders(Role.CLERK, organ=organ, on=TODAY) == [clerk]


def test_the_head_of_a_village_station_is_the_head_of_its_township():
    station = StationFactory(region=a_region("130503100201"))
    head = a_user(Role.HEAD, a_region("130503100"))
    a_user(Role.HEAD, a_region("130503101"))
    a_user(Role.HEAD, a_region("130503"))

    assert services.holders(Role.HEAD, station=station, on=TODAY) == [head]
    assert services.holders(Role.HEAD, region=station.region, on=TODAY) == [head]


def test_the_committee_is_that_of_the_nearest_level_and_viewers_are_all_above():
    village = a_region("130503100201")
    county, city = a_user(Role.COMMITTEE, a_region("130503")), a_user(Role.COMMITTEE, a_region("1305"))
    viewers = [a_user(Role.VIEWER, a_region("130503")), a_user(Role.VIEWER, a_region("1305"))]
    a_user(Role.VIEWER, a_region("130502"))

    assert services.holders(Role.COMMITTEE, region=village, on=TODAY) == [county]
    assert services.holders(Role.COMMITTEE, region=a_region("130502100"), on=TODAY) == [city]
    assert services.holders(Role.VIEWER, region=village, on=TODAY) == viewers


def test_holders_leave_out_who_has_left_and_name_nobody_twice():
    organ = OrganFactory()
    clerk = a_user(Role.CLERK, organ)
    grant(clerk, Role.CLERK, organ, starts_on=date(2026, 6, 1))
    a_user(Role.CLERK, organ, is_active=False)
    grant(UserFactory(), Role.CLERK, organ, ends_on=date(2026, 11, 23))

    assert services.holders(Role.CLERK, organ=organ, on=TODAY) == [clerk]


def test_the_holders_of_many_offices_are_those_of_each_asked_for_by_itself(django_assert_num_queries):
    regions = [a_region(code) for code in ("1305", "130502", "130503", "130503100", "130503100201", "130502100")]
    stations, organs = (
        [StationFactory(region=regions[4]), StationFactory(region=regions[5])],
        OrganFactory.create_batch(3),
    )
    # By user names, which run against the order of the levels.
    for number, region in enumerate(reversed(regions)):
        for role in (Role.HEAD, Role.COMMITTEE, Role.VIEWER):
            grant(UserFactory(username=f"{number}-{role}"), role, region)
    twice = a_user(Role.COMMITTEE, regions[2])
    grant(twice, Role.COMMITTEE, regions[2], starts_on=date(2026, 6, 1))
    a_user(Role.OFFICER, stations[0]), a_user(Role.OFFICER, stations[0], is_active=False)
    a_user(Role.CLERK, organs[0]), a_user(Role.LEADER, organs[0]), a_user(Role.CLERK, organs[1])
    grant(UserFactory(), Role.LEADER, organs[1], ends_on=date(2026, 11, 23))

    with django_assert_num_queries(1):
        found = services.holders_of_offices(regions=regions, stations=stations, organs=organs, on=TODAY)

    one_by_one = {(Role.OFFICER, it.pk): services.holders(Role.OFFICER, station=it, on=TODAY) for it in stations}
    for role in (Role.CLERK, Role.LEADER):
        one_by_one |= {(role, it.pk): services.holders(role, organ=it, on=TODAY) for it in organs}
    for role in (Role.HEAD, Role.COMMITTEE, Role.VIEWER):
        one_by_one |= {(role, it.pk): services.holders(role, region=it, on=TODAY) for it in regions}
    assert found == one_by_one
    assert found[Role.COMMITTEE, regions[2].pk].count(twice) == 1


def test_a_person_on_leave_is_replaced_by_their_substitute_in_place(django_assert_num_queries):
    first, second, third = UserFactory.create_batch(3)
    substitute = UserFactory()
    away(second, substitute)

    with django_assert_num_queries(1):
        found = services.stand_ins([first, second, third], on=TODAY)

    assert found == [first, substitute, third]
    assert services.stand_ins([second], on=date(2026, 11, 25)) == [second]


def test_a_substitute_who_stands_in_for_two_is_told_once():
    first, second, substitute = UserFactory.create_batch(3)
    away(first, substitute)
    away(second, substitute)

    assert services.stand_ins([substitute, first, second], on=TODAY) == [substitute]


def test_a_substitute_on_leave_is_followed_to_theirs_three_times():
    people = UserFactory.create_batch(5)
    for person, substitute in pairwise(people[:4]):
        away(person, substitute)

    assert services.stand_ins(people[:1], on=TODAY) == [people[3]]

    away(people[3], people[4])
    assert services.stand_ins(people[:1], on=TODAY) == [people[0]]


def test_where_nobody_is_there_the_person_is_told_after_all():
    first, second, gone = UserFactory(), UserFactory(), UserFactory(is_active=False)
    away(first, second)
    away(second, first)

    assert services.stand_ins([first], on=TODAY) == [first]
    Leave.objects.all().delete()
    away(first, gone)
    assert services.stand_ins([first], on=TODAY) == [first]


def test_colleagues_are_of_the_same_organ_or_hold_an_office_in_the_same_county():
    organ = OrganFactory()
    clerk, leader = a_user(Role.CLERK, organ), a_user(Role.LEADER, organ)
    officer, head = a_user(Role.OFFICER), a_user(Role.HEAD)
    deputy, other_deputy = a_user(Role.DEPUTY), a_user(Role.DEPUTY)
    a_user(Role.HEAD, a_region("130502100"))

    assert list(services.colleagues_of(clerk)) == [leader]
    assert list(services.colleagues_of(officer)) == [head]
    assert list(services.colleagues_of(deputy)) == [other_deputy]
    assert list(services.colleagues_of(UserFactory())) == []


@time_machine.travel("2026-11-24 10:00 +0800", tick=False)
@pytest.mark.parametrize(
    ("starts_on", "ends_on", "sentence"),
    [
        (date(2026, 11, 26), date(2026, 11, 25), "结束日期不能早于开始日期"),
        (date(2026, 11, 20), date(2026, 11, 23), "已经过去"),
        (date(2026, 11, 30), date(2026, 12, 4), "重叠"),
    ],
)
def test_a_leave_that_makes_no_sense_is_refused_with_a_sentence(starts_on, ends_on, sentence):
    organ = OrganFactory()
    clerk, leader = a_user(Role.CLERK, organ), a_user(Role.LEADER, organ)
    away(clerk, leader, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2))

    with pytest.raises(services.AccountError, match=sentence):
        services.take_leave(user=clerk, substitute=leader, starts_on=starts_on, ends_on=ends_on)

    assert clerk.leaves.count() == 1


def test_a_stranger_cannot_be_made_substitute():
    with pytest.raises(services.AccountError, match="同事"):
        services.take_leave(
            user=a_user(Role.CLERK), substitute=a_user(Role.CLERK), starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 1)
        )


@time_machine.travel("2026-11-24 10:00 +0800", tick=False)
def test_who_comes_back_early_is_there_from_today_on():
    user, substitute = UserFactory.create_batch(2)
    running = away(user, substitute, starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 27))
    coming = away(user, substitute, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 4))

    services.end_leave(user=user, leave=running)
    services.end_leave(user=user, leave=coming)

    assert list(user.leaves.values_list("pk", "ends_on")) == [(running.pk, date(2026, 11, 23))]
    assert services.stand_ins([user], on=TODAY) == [user]


def test_a_look_at_protected_data_is_written_down():
    officer = a_user(Role.OFFICER)

    services.log_view(user=officer, what="群众身份", number="XD-20261124-00042", reason="电话回访")

    look = ViewLog.objects.get()
    assert (look.user, look.what, look.number, look.reason) == (officer, "群众身份", "XD-20261124-00042", "电话回访")
    assert look.at
