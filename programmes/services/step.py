"""What every action on an item does, in this order: lock, check the table, change, record, clocks, tell; one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.services import holders
from notices import services as notices
from notices.tasks import ring
from programmes import lifecycle
from programmes.errors import ProgrammeError
from programmes.models import Event, Item, ItemClock, Programme, office_name
from programmes.permissions import OWNER, SYSTEM, item_positions
from stations.models import Region
from supervision import services as supervision
from supervision.errors import SupervisionError
from supervision.models import Addressee
from supervision.people import People
from workdays.services import spoken

WITH_PLACES = (
    "region",
    "programme",
    "activity__station",
    "meeting",
    "finding",
    "owner_organ",
    "owner_station__region",
    "owner_region",
    "clock",
    "check_clock",
)


@dataclass
class Step:
    """One action under way on a locked item."""

    item: Item
    action: str
    at: datetime
    actor: User | None
    label: str
    held: set[str]
    came_from: str
    told: int = 0

    def move(self, status: str) -> None:
        """Set the new status; raises ValueError where the table does not lead there, which is a mistake of the action."""
        if status not in lifecycle.ITEM_TABLE[self.action].targets:
            raise ValueError(f"{self.action} does not lead to {status}")
        self.item.status = status

    def record(self, text: str = "") -> None:
        """Write the event of this action."""
        Event.objects.create(
            item=self.item,
            at=self.at,
            action=self.action,
            from_status=self.came_from,
            to_status=self.item.status,
            actor=self.actor,
            actor_label=self.label,
            text=text,
        )

    def start_clock(self, duty: str, **facts):
        """Start a clock of this item, answered for by its office; facts as for ``supervision.services.start``."""
        clock = supervision.start(
            duty=duty,
            region=self.item.region,
            title=clock_title(self.item, duty),
            link=self.item.get_absolute_url(),
            severity=self.item.severity,
            at=self.at,
            **facts,
        )
        ItemClock.objects.create(item=self.item, clock=clock)
        return clock

    def start_check(self, duty: str) -> None:
        """From now on the office has to verify, or to decide an objection."""
        self.item.check_clock = self.start_clock(duty, owner_region=self.item.region)

    def end_check(self) -> None:
        """The office has done what it had to."""
        if self.item.check_clock is not None:
            supervision.stop(self.item.check_clock, at=self.at)
        self.item.check_clock = None

    def tell_owner(self, title: str, body: str = "") -> None:
        """Queue a notice to the people of the unit that has to do it."""
        self._tell(owners_of(self.item, at=self.at), title, body, duty=self.item.clock.topic)

    def tell_office(self, title: str, body: str = "") -> None:
        """Queue a notice to the office that verifies it, and to the officers of the station that ran the activity."""
        people = office_people(self.item.region, at=self.at)
        activity = self.item.activity
        if activity is not None and activity.station_id not in (None, self.item.owner_station_id):
            people = [*people, *holders(Role.OFFICER, station=activity.station, on=timezone.localdate(self.at))]
        self._tell(dict.fromkeys(people), title, body)

    def _tell(self, people, title, body, duty=""):
        self.told += 1
        notices.tell(
            to=list(people),
            title=f"{title}：{self.item.title}",
            body=body,
            link=self.item.get_absolute_url(),
            topic=self.item.topic,
            key=f"{self.item.topic}:{self.action}:{self.at.timestamp()}:{self.told}",
            duty=duty,
            at=self.at,
        )


@contextmanager
def step(item: Item, action: str, *, actor: User | None = None, by_link: str = "", at=None) -> Iterator[Step]:
    """Lock an item for one action and yield the ``Step``; on leaving, the item is saved.

    ``item`` may be stale: it is read again under lock. ``by_link`` is the name of the organ that acts by a one-time link
    of this item's own clock; it stands where the owner stands. Neither actor nor link means the system itself.
    Raises ProgrammeError when the table does not allow the action to this actor now, saying what happened last, and when
    a clock does not allow what is asked of it. An action that happens now rings for a delivery once it is committed.
    """
    with transaction.atomic():
        if at is None:
            transaction.on_commit(ring, robust=True)
        locked = Item.objects.select_for_update(of=("self",)).select_related(*WITH_PLACES).get(pk=item.pk)
        held = _held(locked, actor, by_link)
        try:
            lifecycle.check(lifecycle.ITEM_TABLE, locked, action, held)
        except ProgrammeError as refusal:
            raise ProgrammeError(f"{refusal}{_what_happened(locked, held)}") from None
        under_way = Step(
            item=locked,
            action=action,
            at=at or timezone.now(),
            actor=actor,
            label=_label(locked, actor, by_link, held),
            held=held,
            came_from=locked.status,
        )
        try:
            yield under_way
        except SupervisionError as refusal:
            raise ProgrammeError(str(refusal)) from refusal
        locked.save()


def lock_running(pk: int) -> Programme:
    """A programme read under its row's lock, so that it is not closed meanwhile. Raises ProgrammeError for a closed one."""
    programme = Programme.objects.select_for_update(of=("self",)).select_related("region").get(pk=pk)
    if programme.closed_at:
        facts = {"title": programme.title, "when": spoken(timezone.localdate(programme.closed_at))}
        raise ProgrammeError(_("监督工作“%(title)s”已于%(when)s结束。") % facts)
    return programme


def clock_title(item: Item, duty: str) -> str:
    """How an item's clock is named in reminders and papers; ``duty`` is a member of ``supervision.Duty``."""
    return f"{item.title}（{duty.label}）"


def owners_of(item: Item, *, at: datetime, people: People | None = None) -> list[User]:
    """The people of the unit that has to do it, with their substitutes; ``people`` saves queries for many items."""
    people = people or People(on=timezone.localdate(at))
    return people.reached_by([Addressee.HANDLER, Addressee.LEADER], item.clock)


def office_people(region: Region, *, at: datetime) -> list[User]:
    """The people of a place's office: the township's presidium, above the townships the committee."""
    on = timezone.localdate(at)
    return holders(Role.HEAD, region=region, on=on) or holders(Role.COMMITTEE, region=region, on=on)


def _held(item, actor, by_link):
    if actor is not None:
        return item_positions(item, actor)
    return {OWNER} if by_link else {SYSTEM}


def _label(item, actor, by_link, held):
    if actor is None:
        return by_link[:80] or _("系统")
    return (item.owner_name if OWNER in held else office_name(item.region))[:80]


def _what_happened(item, held):
    """The last step, for those who hold a position."""
    last = item.events.select_related("actor").order_by("-at", "-pk").first()
    if last is None or not held:
        return ""
    facts = {
        "when": date_format(timezone.localtime(last.at), "Y年n月j日 H:i"),
        "who": last.actor.name if last.actor else last.actor_label,
        "what": lifecycle.ITEM_TABLE[last.action].label,
    }
    return _("最近一步：%(who)s于%(when)s“%(what)s”。") % facts
