"""Who may see a case, and in which position a user stands to it."""

import datetime as dt

import pytest

from accounts.models import Role
from petitions.models import Petition, Status
from petitions.permissions import positions
from petitions.services import suggestions
from tests.factories import StationFactory, a_deputy, a_region, a_user, grant
from tests.petitions.story import Story


@pytest.fixture
def elsewhere(office):
    """A case of another county."""
    far = StationFactory(region=a_region("130502100"))
    return Story.begin(office, station=far, region=far.region)


SEERS = {
    "officer": True,
    "head": True,
    "committee": True,
    "viewer": True,
    "clerk": True,
    "leader": True,
    "deputy": True,
    "other_clerk": False,
    "other_leader": False,
    "stranger": False,
    "admin": False,
}


@pytest.mark.parametrize(("position", "sees"), SEERS.items())
def test_who_sees_a_case_under_way(position, sees, brought_to, office, elsewhere):
    case = brought_to(Status.HANDLING)
    user = getattr(office, position)

    assert list(Petition.objects.visible_to(user)) == ([case.petition] if sees else [])


def test_an_organ_sees_nothing_that_was_not_handed_to_it(case, office):
    assert not Petition.objects.visible_to(office.clerk).exists()


def test_an_organ_sees_a_case_by_its_suggestion(brought_to, office):
    case = brought_to(Status.HANDLING)
    raised = case.take("raise_suggestion")
    assert not Petition.objects.visible_to(office.other_clerk).exists()

    suggestions.hand_over(suggestion=raised, actor=office.head, lead=office.other_organ, at=case.at)

    assert list(Petition.objects.visible_to(office.other_clerk)) == [case.petition]
    assert not Petition.objects.visible_to(office.clerk).exists()


def test_a_deputy_sees_what_is_addressed_to_them_wherever_it_is(office, elsewhere):
    Petition.objects.filter(pk=elsewhere.petition.pk).update(deputy=office.deputy_person)
    own = Story.begin(office)

    seen = set(Petition.objects.visible_to(office.deputy))

    assert seen == {own.petition, elsewhere.petition}


def test_a_deputy_who_left_the_group_sees_the_stations_cases_no_more(case, office):
    office.deputy_person.memberships.update(ends_on=dt.date(2022, 1, 1))

    assert not Petition.objects.visible_to(office.deputy).exists()


def test_a_grant_that_has_ended_shows_nothing(case, office):
    former = a_user(Role.ADMIN)
    grant(former, Role.OFFICER, office.station, ends_on=dt.date(2021, 1, 1))

    assert not Petition.objects.visible_to(former).exists()
    assert positions(case.petition, former) == set()


def test_an_inactive_user_sees_and_holds_nothing(case, office):
    office.officer.is_active = False

    assert not Petition.objects.visible_to(office.officer).exists()
    assert positions(case.petition, office.officer) == set()


def test_positions_are_held_towards_the_case_and_an_organs_only_towards_its_part(brought_to, office):
    case = brought_to(Status.HANDLING).petition

    held = {name: positions(case, getattr(office, name)) for name in SEERS}
    towards = {name: positions(case, getattr(office, name), organ=office.organ) for name in SEERS}

    assert held == {
        "officer": {"officer"},
        "head": {"head"},
        "committee": {"committee"},
        "viewer": {"viewer"},
        "deputy": {"deputy"},
    } | {name: set() for name in ("clerk", "leader", "other_clerk", "other_leader", "stranger", "admin")}
    assert (towards["clerk"], towards["leader"]) == ({"clerk"}, {"leader"})
    assert (towards["other_clerk"], towards["other_leader"]) == (set(), set())


def test_one_person_may_hold_several_positions(case, office):
    grant(office.officer, Role.HEAD, office.station.region)

    assert positions(case.petition, office.officer) == {"officer", "head"}


def test_a_head_of_a_neighbouring_township_holds_nothing(case):
    neighbour = a_user(Role.HEAD, a_region("130503101"))

    assert positions(case.petition, neighbour) == set()
    assert not Petition.objects.visible_to(neighbour).exists()


def test_a_deputy_of_another_station_holds_nothing(case):
    other = a_user(Role.DEPUTY)
    a_deputy("钱代表", user=other, station=StationFactory())

    assert positions(case.petition, other) == set()
    assert not Petition.objects.visible_to(other).exists()
