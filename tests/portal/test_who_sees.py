"""The page that says who sees a case, and why, says what the rule says: for everybody of the office."""

import datetime as dt
import random

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Leave, Role, User
from petitions import services
from petitions.models import Petition, Status
from petitions.permissions import Why
from petitions.services import suggestions
from portal.who_sees import who_sees
from supervision.links import make_link
from tests.factories import OrganFactory, StationFactory, UserFactory, a_deputy, a_region, a_user, grant
from tests.petitions.story import Story, an_office
from tests.petitions.test_public_submitting import said

pytestmark = pytest.mark.django_db
SCOPES = ("130503100", "130503101", "130503", "1305", "13", "130502", "130502100", "130503100201")


@pytest.fixture
def office():
    return an_office()


@pytest.fixture
def case(office):
    return Story.brought_to(Status.HANDLING, office)


def page_of(petition):
    return reverse("portal:who_sees", args=[petition.number])


def assert_the_page_is_the_rule():
    """For a case of each status and everybody who has an account: on its page if, and only if, the rule shows it."""
    visible = {user: set(Petition.objects.visible_to(user)) for user in User.objects.all()}
    cases = Petition.objects.select_related("station__region", "deputy").order_by("status", "pk").distinct("status")
    for petition in cases:
        shown = {seer.user for seer in who_sees(petition).seers}
        assert shown == {user for user, cases in visible.items() if petition in cases}


def test_the_page_names_exactly_those_whom_the_rule_lets_see_in_any_office(office):
    """Forty people with rights drawn at random over two counties, a quarter of them over."""
    draw = random.Random(20261130)
    stations = [office.station, *(StationFactory(region=a_region(code)) for code in ("130503101", "130502100"))]
    organs = [office.organ, office.other_organ, OrganFactory()]
    scopes = {Role.OFFICER: stations, Role.CLERK: organs, Role.LEADER: organs}
    regions = [a_region(code) for code in SCOPES]
    today = timezone.localdate()
    for number in range(40):
        user = UserFactory(is_active=number % 13 != 0)
        for role in draw.sample(list(Role), 2):
            places = [None] if role in (Role.DEPUTY, Role.ADMIN, Role.PRIVACY) else scopes.get(role, regions)
            days = draw.choice([{}, {}, {}, {"ends_on": today - dt.timedelta(days=1)}])
            grant(user, role, draw.choice(places), **days)
        if draw.random() < 0.4:
            a_deputy(f"代表{number}", user=user, station=draw.choice([*stations, None]))
    for station in stations:
        Story.begin(office, station=station, region=station.region)
    handled = Story.brought_to(Status.HANDLING, office)
    raised = handled.take("raise_suggestion")
    suggestions.hand_over(suggestion=raised, actor=office.head, lead=office.other_organ, at=handled.at)
    elsewhere = a_deputy("外地代表", user=a_user(Role.DEPUTY))
    Petition.objects.filter(pk=handled.petition.pk).update(deputy=elsewhere)

    assert_the_page_is_the_rule()


def test_everybody_is_named_with_the_grant_and_the_reason(case, office):
    ways = {seer.user: {(way.grant.role, way.why) for way in seer.ways} for seer in who_sees(case.petition).seers}

    assert ways == {
        office.officer: {(Role.OFFICER, Why.OF_STATION)},
        office.head: {(Role.HEAD, Why.OF_REGION)},
        office.committee: {(Role.COMMITTEE, Why.OF_REGION)},
        office.viewer: {(Role.VIEWER, Why.OF_REGION)},
        office.clerk: {(Role.CLERK, Why.HANDED)},
        office.leader: {(Role.LEADER, Why.HANDED)},
        office.deputy: {(Role.DEPUTY, Why.GROUPED)},
    }


def test_the_page_tells_of_links_substitutes_residents_and_looks_and_of_no_identity(client, case, office):
    make_link(case.petition.rounds.get().assignments.get().answer_clock, by=office.head)
    services.reveal(petition=case.petition, actor=office.officer, reason="电话核实地点")
    today = timezone.localdate()
    Leave.objects.create(user=office.clerk, substitute=office.leader, starts_on=today, ends_on=today)
    client.force_login(office.head)

    sight = client.get(page_of(case.petition)).context["sight"]
    page = said(client.get(page_of(case.petition)))

    assert {seer.user for seer in sight.revealing} == {office.officer, office.head, office.committee}
    assert "信都区水务局（凭链接）" in page
    assert "反映人和附议人 1 位" in page
    assert "通知发给代理人局长" in page
    assert [(look["user__name"], look["times"]) for look in sight.looks] == [("联络员", 1)]
    assert "孟庆余" not in page


def test_those_who_received_the_case_and_the_protection_officer_may_ask(client, case, office):
    answers = {}
    for name in ("officer", "head", "committee", "privacy", "viewer", "clerk", "deputy", "other_clerk", "admin"):
        client.force_login(getattr(office, name))
        answers[name] = client.get(page_of(case.petition)).status_code

    assert answers == {"officer": 200, "head": 200, "committee": 200, "privacy": 200} | {
        "viewer": 403,
        "clerk": 403,
        "deputy": 403,
        "other_clerk": 404,
        "admin": 404,
    }


def test_the_protection_officer_reads_the_number_and_nothing_of_the_case(client, case, office):
    client.force_login(office.privacy)

    page = said(client.get(page_of(case.petition)))

    assert case.petition.number in page
    assert case.petition.title not in page


def test_the_number_of_questions_does_not_grow_with_the_people(client, case, office, django_assert_max_num_queries):
    for _number in range(15):
        a_user(Role.OFFICER, office.station)
        a_deputy(user=a_user(Role.DEPUTY), station=office.station)
    client.force_login(office.head)

    with django_assert_max_num_queries(18):
        assert client.get(page_of(case.petition)).status_code == 200
