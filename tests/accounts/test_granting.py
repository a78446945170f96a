"""Who gives which right to whom, what is put on record, and how people leave office."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, transaction

from accounts import granting, leaving
from accounts.models import AccountChange, Leave, Role, User
from accounts.services import AccountError
from accounts.tasks import close_accounts
from tests.factories import OrganFactory, StationFactory, UserFactory, a_region, a_user, grant

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel("2026-11-24 10:00 +0800", tick=False):
        yield


@pytest.fixture
def places():
    """A city, two counties, a township of each, a station and an organ in the first, and one each in the second."""
    here, there = a_region("130503100"), a_region("130502100")
    return {
        "city": a_region("1305"),
        "county": a_region("130503"),
        "township": here,
        "station": StationFactory(region=here),
        "organ": OrganFactory(region=a_region("130503")),
        "other county": a_region("130502"),
        "other township": there,
        "other station": StationFactory(region=there),
        "other organ": OrganFactory(region=a_region("130502")),
    }


# For each giver: what they may give where, and nothing else of all roles over all places.
MAY_GIVE = {
    (Role.ADMIN, None): {
        *((Role.COMMITTEE, place) for place in ("city", "county", "township", "other county", "other township")),
        (Role.ADMIN, None),
        (Role.PRIVACY, None),
    },
    (Role.COMMITTEE, "county"): {
        (Role.COMMITTEE, "township"),
        (Role.HEAD, "county"),
        (Role.HEAD, "township"),
        (Role.VIEWER, "county"),
        (Role.VIEWER, "township"),
        (Role.OFFICER, "station"),
        (Role.CLERK, "organ"),
        (Role.LEADER, "organ"),
        (Role.DEPUTY, None),
    },
    (Role.HEAD, "township"): {(Role.OFFICER, "station"), (Role.DEPUTY, None)},
    (Role.LEADER, "organ"): {(Role.CLERK, "organ")},
    (Role.OFFICER, "station"): set(),
    (Role.CLERK, "organ"): set(),
    (Role.VIEWER, "city"): set(),
    (Role.PRIVACY, None): set(),
    (Role.DEPUTY, None): set(),
}


@pytest.mark.parametrize(("giver", "allowed"), MAY_GIVE.items(), ids=[giver[0].value for giver in MAY_GIVE])
def test_each_gives_exactly_what_the_table_says_and_only_within_their_own_scope(giver, allowed, places):
    role, place = giver
    actor = a_user(role, places.get(place)) if place else a_user(role)

    given = {
        (role, name)
        for role in Role
        for name, scope in [*places.items(), (None, None)]
        if granting.may_give(actor, role, scope)
    }

    assert given == allowed


def test_a_right_is_given_and_ended_and_both_stand_on_record(places):
    head, officer = a_user(Role.HEAD, places["township"]), UserFactory()

    right = granting.give(actor=head, user=officer, role=Role.OFFICER, scope=places["station"], starts_on=TODAY)
    granting.end(actor=head, grant=right, on=TODAY + DAY)

    right.refresh_from_db()
    assert right.ends_on == TODAY + DAY
    assert [(change.what, change.actor) for change in officer.account_changes.all()] == [
        ("grant_ended", head),
        ("granted", head),
    ]


def test_a_right_ended_at_once_is_gone_today(places):
    head, station = a_user(Role.HEAD, places["township"]), places["station"]
    officer = a_user(Role.OFFICER, station)
    coming = granting.give(actor=head, user=a_user(), role=Role.OFFICER, scope=station, starts_on=TODAY)

    granting.end(actor=head, grant=officer.grants.get())
    granting.end(actor=head, grant=coming)

    assert officer.grants.get().ends_on == TODAY - DAY
    assert not coming.user.grants.filter(station=station).exists()
    assert "已撤销" in coming.user.account_changes.first().text


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"user": "self"}, "不能给自己授权"),
        ({"scope": "other station"}, "不归您管"),
        ({"starts_on": TODAY - DAY}, "不能补记过去"),
        ({"ends_on": TODAY - DAY}, "结束日期不能早于开始日期"),
        ({"user": "holder"}, "已有同样的授权"),
        ({"user": "closed"}, "这个账号已停用"),
    ],
)
def test_what_may_not_be_given_is_said_in_a_sentence_and_changes_nothing(facts, sentence, places):
    head = a_user(Role.HEAD, places["township"])
    people = {
        "self": head,
        "holder": a_user(Role.OFFICER, places["station"]),
        "closed": UserFactory(is_active=False),
        None: UserFactory(),
    }
    asked = {"role": Role.OFFICER, "starts_on": TODAY, **facts}
    asked |= {"scope": places[facts.get("scope", "station")], "user": people[facts.get("user")]}

    with pytest.raises(AccountError, match=sentence):
        granting.give(actor=head, **asked)

    assert not AccountChange.objects.exists()


def test_nobody_ends_what_they_may_not_give_nor_their_own(places):
    committee, head = a_user(Role.COMMITTEE, places["county"]), a_user(Role.HEAD, places["township"])

    for actor, right in ((head, committee.grants.get()), (committee, committee.grants.get())):
        with pytest.raises(AccountError, match="不归您管"):
            granting.end(actor=actor, grant=right)


def test_the_record_of_accounts_can_be_neither_changed_nor_removed(places):
    granting.note_change(UserFactory(), AccountChange.What.INVITED, "测试", by=None)

    for act in (lambda rows: rows.update(text="别的"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(AccountChange.objects.all())


def test_the_first_administrator_of_an_office_gives_the_first_committee_its_right(places):
    root = User.objects.create_superuser("root", "系统管理员", "x")

    granting.give(actor=root, user=UserFactory(), role=Role.COMMITTEE, scope=places["city"], starts_on=TODAY)

    assert root.account_changes.get().actor is None


def test_a_leaver_is_followed_by_a_successor_with_the_same_rights_and_substitutions(places):
    head, station = a_user(Role.HEAD, places["township"]), places["station"]
    leaver, successor = a_user(Role.OFFICER, station), a_user(Role.OFFICER, StationFactory(region=places["township"]))
    absent = a_user(Role.OFFICER, station)
    Leave.objects.create(user=absent, substitute=leaver, starts_on=TODAY, ends_on=TODAY + 9 * DAY)
    last_day = TODAY + 3 * DAY

    leaving.leave_office(actor=head, user=leaver, last_day=last_day, successor=successor)

    assert leaver.grants.get().ends_on == last_day
    assert successor.grants.get(station=station).starts_on == last_day + DAY
    assert list(Leave.objects.values_list("substitute", "starts_on", "ends_on")) == [
        (leaver.pk, TODAY, last_day),
        (successor.pk, last_day + DAY, TODAY + 9 * DAY),
    ]
    assert leaver.account_changes.first().what == AccountChange.What.LEFT
    assert "接任人" in leaver.account_changes.first().text


def test_behind_the_last_day_the_account_is_closed_and_its_session_over(client, places):
    head, leaver = a_user(Role.HEAD, places["township"]), a_user(Role.OFFICER, places["station"])
    leaving.leave_office(actor=head, user=leaver, last_day=TODAY, confirmed=True)
    with time_machine.travel("2026-11-24 20:00 +0800", tick=False):
        client.force_login(leaver)
        assert client.get("/desk/").status_code == 200

    with time_machine.travel("2026-11-25 00:10 +0800", tick=False):
        assert client.get("/desk/").status_code == 403
        assert (close_accounts(), close_accounts()) == (1, 0)
        assert client.get("/desk/").status_code == 302

    leaver.refresh_from_db()
    assert not leaver.is_active
    assert leaver.account_changes.first().actor is None


def test_who_left_and_is_given_a_right_again_may_sign_in_again(places):
    head, leaver = a_user(Role.HEAD, places["township"]), a_user(Role.OFFICER, places["station"])
    leaving.leave_office(actor=head, user=leaver, last_day=TODAY - DAY, confirmed=True)
    leaver.refresh_from_db()
    assert not leaver.is_active

    granting.give(actor=head, user=leaver, role=Role.OFFICER, scope=places["station"], starts_on=TODAY)

    leaver.refresh_from_db()
    assert (leaver.is_active, leaver.leaves_on) == (True, None)


def test_an_account_that_was_switched_off_is_opened_neither_by_leaving_nor_by_a_right(places):
    head, leaver = a_user(Role.HEAD, places["township"]), a_user(Role.OFFICER, places["station"])
    User.objects.filter(pk=leaver.pk).update(is_active=False)

    leaving.leave_office(actor=head, user=leaver, last_day=TODAY - DAY, confirmed=True)
    with pytest.raises(AccountError, match="已停用"):
        granting.give(actor=head, user=leaver, role=Role.OFFICER, scope=places["station"], starts_on=TODAY)

    leaver.refresh_from_db()
    assert (leaver.is_active, leaver.leaves_on) == (False, None)


def test_an_office_is_left_without_anybody_only_where_that_is_confirmed(places):
    head, leaver = a_user(Role.HEAD, places["township"]), a_user(Role.OFFICER, places["station"])

    with pytest.raises(leaving.LeftAloneError, match="没有人了"):
        leaving.leave_office(actor=head, user=leaver, last_day=TODAY)
    grant(a_user(), Role.OFFICER, places["station"])
    leaving.leave_office(actor=head, user=leaver, last_day=TODAY)

    assert leaver.grants.get().ends_on == TODAY


def test_nobody_sees_off_a_person_who_holds_a_right_beyond_the_actors_own(places):
    head, leaver = a_user(Role.HEAD, places["township"]), a_user(Role.OFFICER, places["station"])
    grant(leaver, Role.VIEWER, places["other county"])

    with pytest.raises(AccountError, match=r"不归您管的授权.*领导查看"):
        leaving.leave_office(actor=head, user=leaver, last_day=TODAY, confirmed=True)

    assert leaver.grants.filter(ends_on=None).count() == 2
