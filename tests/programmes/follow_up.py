"""Items played through the real actions: who takes them by default, and how an item comes to a status."""

import datetime as dt
from types import SimpleNamespace

from accounts.models import Role
from programmes import services
from programmes.models import Item, Programme
from tests.factories import OrganFactory, StationFactory, a_region, a_user
from tests.petitions.story import moment

MONDAY = moment("2026-11-02 10:00")
HOUR = dt.timedelta(hours=1)
DUE = dt.date(2026, 11, 20)
LATER = dt.date(2026, 12, 4)
PATHS = {
    Item.Status.OPEN: (),
    Item.Status.REPORTED: ("report",),
    Item.Status.OBJECTED: ("object_to",),
    Item.Status.VERIFIED: ("report", "verify"),
    Item.Status.DROPPED: ("drop",),
}
FACTS = {
    "note_progress": {"text": "已进场施工。"},
    "report": {"text": "已全部完成，附照片。"},
    "send_back": {"why": "现场仍有积水。"},
    "object_to": {"ground": "不属本单位职责。"},
    "settle": {"upheld": False, "text": "属你单位职责。"},
    "move_due": {"due_on": LATER, "why": "雨天停工"},
    "press": {"note": "请本周办结。"},
    "drop": {"why": "已列入其他工作。"},
    "reopen": {"due_on": LATER, "why": "问题反弹。"},
}
BY_OWNER = {"sign_in", "note_progress", "report", "object_to"}


def the_offices():
    """A county with its committee and viewer, a township with its presidium and station, two organs, and a stranger."""
    county, township = a_region("130503"), a_region("130503100")
    station, organ, other = StationFactory(), OrganFactory(name="信都区水务局"), OrganFactory(name="信都区住建局")
    return SimpleNamespace(
        county=county,
        township=township,
        station=station,
        organ=organ,
        other_organ=other,
        committee=a_user(Role.COMMITTEE, county, name="代工委"),
        viewer=a_user(Role.VIEWER, county, name="领导"),
        head=a_user(Role.HEAD, township, name="主席"),
        officer=a_user(Role.OFFICER, station, name="联络员"),
        clerk=a_user(Role.CLERK, organ, name="经办"),
        leader=a_user(Role.LEADER, organ, name="局长"),
        other_clerk=a_user(Role.CLERK, other, name="住建经办"),
        stranger=a_user(Role.OFFICER, name="外站联络员"),
    )


def a_programme(office, **facts):
    """A county's topic of the year, as it stands in the table."""
    defaults = {
        "kind": Programme.Kind.TOPIC,
        "region": office.county,
        "title": "大气污染防治监督",
        "year": 2026,
        "starts_on": dt.date(2026, 3, 1),
        "ends_on": dt.date(2026, 12, 31),
        "created_by": office.committee,
        "created_at": MONDAY,
    }
    return Programme.objects.create(**(defaults | facts))


def spec(office, **facts):
    """What one item is raised with: a task of the water bureau, due on 20 November 2026."""
    owners = {"owner_organ", "owner_station", "owner_region"}
    defaults = {"kind": Item.Kind.TASK, "title": "河道清淤", "demand": "清到河底。", "due_on": DUE}
    return defaults | ({} if owners & facts.keys() else {"owner_organ": office.organ}) | facts


def an_item(office, status=Item.Status.OPEN, *, at=MONDAY, programme=None, **facts):
    """One item of a county's programme, brought to a status an hour a step."""
    programme = programme or Programme.objects.first() or a_programme(office)
    (item,) = services.raise_items(
        specs=[spec(office, **facts)], region=programme.region, actor=office.committee, at=at, programme=programme
    )
    for hours, action in enumerate(PATHS[status], start=1):
        take(office, item, action, at=at + hours * HOUR)
    item.refresh_from_db()
    return item


def take(office, item, action, *, at, **facts):
    """Take an action by whoever takes it as a rule."""
    actor = facts.pop("actor", None) or (office.leader if action in BY_OWNER else office.committee)
    getattr(services, action)(item=item, actor=actor, at=at, **(FACTS.get(action, {}) | facts))
    item.refresh_from_db()
    return item
