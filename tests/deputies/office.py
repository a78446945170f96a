"""A station as its roster is planned and kept: its people, its deputies, and its days."""

import datetime as dt
from types import SimpleNamespace

from accounts.models import Role
from deputies import services
from deputies.models import Mandate, Plan, Reception
from tests.factories import StationFactory, a_deputy, a_user, load_years
from workdays.calendar import BEIJING
from workdays.rhythm import Rhythm, WhenRest

PLACE = "代表接待室"
NAMES = ["安代表", "白代表", "柴代表", "丁代表", "易代表", "方代表"]


def moment(text) -> dt.datetime:
    """A moment of Beijing time, e.g. 2026-11-02 10:00."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def an_office(*, deputies=4) -> SimpleNamespace:
    """A station with its officer, head and committee, and deputies with accounts, of township and county in turn."""
    load_years()
    station = StationFactory(name="南大郭联络站")
    group = [a_deputy(name, user=a_user(Role.DEPUTY, name=name), station=station) for name in NAMES[:deputies]]
    for deputy in group[1::2]:
        deputy.mandates.update(level=Mandate.Level.COUNTY)
    return SimpleNamespace(
        station=station,
        deputies=group,
        officer=a_user(Role.OFFICER, station, name="联络员"),
        head=a_user(Role.HEAD, station.region, name="主席"),
        committee=a_user(Role.COMMITTEE, name="代工委"),
        stranger=a_user(Role.OFFICER, name="外站联络员"),
    )


def a_plan(office, **facts) -> Plan:
    """An unsaved plan of market days 逢2·5·8 for the fourth quarter of 2026, unless told otherwise."""
    usual = {
        "starts_on": dt.date(2026, 10, 1),
        "ends_on": dt.date(2026, 12, 31),
        "rhythm": Rhythm.MARKET,
        "days": [2, 5, 8],
        "when_rest": WhenRest.NEXT,
        "starts": dt.time(9),
        "ends": dt.time(11),
        "place": PLACE,
        "per_day": 2,
        "slot_minutes": 20,
    }
    return Plan(station=office.station, made_by=office.officer, **usual | facts)


def planned(office, *, at="2026-09-01 10:00", organs=(), **facts) -> list[Reception]:
    """The days of a plan that was saved."""
    return services.save_plan(plan=a_plan(office, **facts), organs=list(organs), actor=office.officer, at=moment(at))


def a_day(office, date="2026-12-03", *, at="2026-09-01 09:00", is_published=False, staffed=True, **facts) -> Reception:
    """One reception day, planned, staffed by rotation and published where asked for."""
    date = dt.date.fromisoformat(date)
    facts = {"rhythm": Rhythm.MONTH_DAY, "days": [date.day], "when_rest": WhenRest.KEEP} | facts
    [day] = planned(office, at=at, starts_on=date, ends_on=date, **facts)
    if staffed:
        services.fill(receptions=[day], actor=office.officer, at=moment(at))
    if is_published:
        services.publish(reception=day, actor=office.officer, at=moment(at))
    day.refresh_from_db()
    return day


def on_duty(day) -> list[str]:
    """Names on a day's roster, in the order in which they were put on it."""
    return [turn.deputy.name for turn in day.turns.select_related("deputy")]


def said_of(day) -> list[str]:
    """What the day's own record says, oldest first."""
    return list(day.events.values_list("what", flat=True))
