"""An office with everybody in it, and clocks of its organ."""

import datetime as dt
from types import SimpleNamespace

import pytest

from accounts.models import Role
from supervision import services
from supervision.models import Duty
from tests.factories import OrganFactory, StationFactory, a_region, a_user, load_years
from workdays.calendar import BEIJING


def moment(text: str) -> dt.datetime:
    """A moment of Beijing time, e.g. 2026-09-14 10:00."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.fixture
def office(db):
    """A station of 南大郭镇 and an organ, each with its people; the calendars of 2024 to 2026 are loaded."""
    load_years()
    station, organ = StationFactory(), OrganFactory(name="信都区水务局")
    county = a_region("130503")
    return SimpleNamespace(
        station=station,
        organ=organ,
        clerk=a_user(Role.CLERK, organ, name="经办"),
        leader=a_user(Role.LEADER, organ, name="局长"),
        officer=a_user(Role.OFFICER, station, name="联络员"),
        head=a_user(Role.HEAD, station.region, name="主席"),
        committee=a_user(Role.COMMITTEE, county, name="代工委"),
        viewer=a_user(Role.VIEWER, county, name="领导"),
    )


@pytest.fixture
def answer_clock(office):
    """Start the answer clock of the office's organ; ten working days unless told otherwise."""

    def start(at="2026-11-02 10:00", **facts):
        facts = {"duty": Duty.ANSWER, "owner_organ": office.organ, "title": "XD-20261102-00001 答复"} | facts
        return services.start(station=office.station, link="/desk/petitions/XD-20261102-00001/", at=moment(at), **facts)

    return start
