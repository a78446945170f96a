"""Who keeps a deputy's record and who only reads it; which days a deputy finds."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Role
from deputies.importing import Outcome, scope_of
from deputies.models import Mandate, Reception
from deputies.permissions import kept_deputies, seen_deputies
from tests.deputies.sheets import a_row, brought
from tests.factories import StationFactory, a_deputy, a_reception, a_user, grant, load_years
from tests.ledgers import lines

pytestmark = pytest.mark.django_db

PHONE = "13800000077"


@pytest.fixture(autouse=True)
def today(time_machine):
    """Tuesday, 24 November 2026."""
    time_machine.move_to("2026-11-24T12:00:00+08:00", tick=False)
    load_years()


@pytest.fixture
def former(client):
    """The station that a deputy left in June, with its officer signed in."""
    station = StationFactory()
    officer = a_user(Role.OFFICER, station)
    client.force_login(officer)
    return officer


@pytest.fixture
def deputy(former):
    """A deputy who left the former station for another one."""
    deputy = a_deputy("郑代表")
    deputy.phone = PHONE
    deputy.save()
    left = former.grants.get().station
    deputy.memberships.create(station=left, starts_on=dt.date(2021, 1, 1), ends_on=dt.date(2026, 6, 30))
    deputy.memberships.create(station=StationFactory(), starts_on=dt.date(2026, 7, 1))
    return deputy


def test_a_station_that_a_deputy_left_for_another_reads_the_record_and_changes_nothing(client, former, deputy):
    page = reverse("deputies:desk_deputy", args=[deputy.code])

    response = client.get(page)

    assert response.status_code == 200
    assert PHONE not in response.content.decode()
    target = {"target": deputy.mandates.get().pk}
    act = client.post(reverse("deputies:deputy_act", args=[deputy.code, "suspend"]), target)
    assert act.status_code == 404
    assert deputy.mandates.get().status == Mandate.Status.NORMAL


def test_whoever_left_for_nowhere_stays_with_the_station(former, deputy):
    deputy.memberships.filter(ends_on=None).delete()

    assert deputy in kept_deputies(former)


def test_whoever_reads_the_duty_record_of_the_years_here_goes_on_reading_it(client, former, deputy):
    assert client.get(reverse("insights:duty_record", args=[deputy.code])).status_code == 200


def test_the_file_tells_the_telephones_of_kept_deputies_only(client):
    station, elsewhere = StationFactory(), StationFactory()
    officer = a_user(Role.OFFICER, station)
    grant(officer, Role.VIEWER, elsewhere.region)
    for place, name, phone in ((station, "郑代表", PHONE), (elsewhere, "冯代表", "13800000088")):
        deputy = a_deputy(name, station=place)
        deputy.phone = phone
        deputy.save()
    client.force_login(officer)

    phones = {line["姓名"]: line["联系电话"] or "" for line in lines(client, "deputies")}

    assert seen_deputies(officer).count() == 2
    assert phones == {"郑代表": PHONE, "冯代表": ""}


def test_a_deputy_finds_the_day_of_their_turn_before_their_group_begins(client):
    user = a_user(Role.DEPUTY)
    deputy, station = a_deputy(user=user), StationFactory()
    deputy.memberships.create(station=station, starts_on=dt.date(2026, 12, 1))
    mine = a_reception(station, days=9, deputies=[deputy])
    a_reception(station, days=10)

    client.force_login(user)

    assert list(Reception.objects.visible_to(user)) == [mine]
    assert client.get(mine.get_absolute_url()).status_code == 200


def test_an_old_sheet_of_the_former_station_enters_nobody_twice_and_leaves_the_record(former, deputy):
    mandate = deputy.mandates.get()
    row = a_row(
        name=deputy.name,
        constituency=mandate.constituency,
        term=mandate.term,
        phone="13800000099",
        station="",
        group="",
    )

    [(outcome, _said)] = brought(scope_of(former), row)

    deputy.refresh_from_db()
    assert outcome == Outcome.SAME
    assert deputy.phone == PHONE
    assert type(deputy).objects.filter(name=deputy.name).count() == 1
