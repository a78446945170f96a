"""A station on the desk of its officer, on a Tuesday on which the calendar of the next year is not out yet."""

import pytest
import time_machine

from accounts.models import Role
from tests.deputies.planning_desk import a_plan
from tests.factories import StationFactory, a_deputy, a_user, load_years


@pytest.fixture
def tuesday():
    """Tuesday, 24 November 2026, 10:00 in Beijing."""
    with time_machine.travel("2026-11-24T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def station(db):
    load_years(2026)
    return StationFactory(name="南大郭镇人大代表之家")


@pytest.fixture
def deputies(station):
    return [a_deputy(name, station=station) for name in ("郑代表", "冯代表", "陈代表", "褚代表")]


@pytest.fixture
def officer(station):
    return a_user(Role.OFFICER, station)


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def day(station, officer, deputies):
    """Wednesday, 2 December 2026, with two deputies, not published yet."""
    return a_plan(station, officer, deputies)[0]
