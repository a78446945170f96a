"""A place with its offices, a station with its deputies, and two organs, as activities, meetings and items need them."""

import datetime as dt
from types import SimpleNamespace

from accounts.models import Role
from programmes.models import Activity, Invitation
from programmes.services import activities
from tests.deputies.office import an_office as a_station_office
from tests.deputies.office import moment
from tests.factories import OrganFactory, a_region, a_user

__all__ = ["MONDAY", "a_planned", "an_activity", "an_office", "invited", "moment"]

MONDAY = "2026-11-02 10:00"  # a working day; the day on which activities are planned and announced


def an_office(*, deputies=3) -> SimpleNamespace:
    """The office of ``tests.deputies.office`` with its township and county, and two organs with their people."""
    office = a_station_office(deputies=deputies)
    office.township, office.county = office.station.region, a_region("130503")
    office.organ, office.other_organ = OrganFactory(name="信都区住建局"), OrganFactory(name="信都区水务局")
    office.clerk = a_user(Role.CLERK, office.organ, name="住建局经办人")
    office.leader = a_user(Role.LEADER, office.organ, name="住建局负责人")
    office.viewer = a_user(Role.VIEWER, office.county, name="领导")
    return office


def a_planned(office, *, actor=None, at=MONDAY, **facts) -> Activity:
    """An inspection of the station's, planned for 18 November 2026, 9:00 to 11:00, unless told otherwise."""
    usual = {
        "kind": Activity.Kind.INSPECTION,
        "region": office.township,
        "station": office.station,
        "title": "视察供热管网改造",
        "starts_at": moment("2026-11-18 09:00"),
        "ends_at": moment("2026-11-18 11:00"),
        "place": "振兴路换热站",
        "plan": "实地查看，座谈",
        "guest_limit": 2,
    }
    return activities.plan_activity(activity=Activity(**usual | facts), actor=actor or office.officer, at=moment(at))


def an_activity(office, *, deputies=None, organs=None, at=MONDAY, **facts) -> Activity:
    """The same, with the station's deputies and the first organ invited, and announced."""
    activity = a_planned(office, at=at, **facts)
    activities.invite(
        activity=activity,
        deputies=office.deputies if deputies is None else deputies,
        organs=[office.organ] if organs is None else organs,
        actor=office.officer,
        at=moment(at),
    )
    activities.announce(activity=activity, actor=office.officer, at=moment(at) + dt.timedelta(minutes=5))
    activity.refresh_from_db()
    return activity


def invited(activity, who) -> Invitation:
    """The invitation of a deputy or an organ."""
    return activity.invitations.get(**{type(who).__name__.lower(): who})
