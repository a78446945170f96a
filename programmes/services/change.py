"""What every change of an activity shares: the lock, the guards, the event, and telling those it concerns."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Role, User
from accounts.services import holders
from notices import services as notices
from notices.services import Letter, queue
from notices.tasks import ring
from programmes.errors import ProgrammeError
from programmes.models import Activity, Event, Invitation
from programmes.permissions import may_run_activity
from supervision.errors import SupervisionError
from workdays.services import spoken

# What the record calls each change of an activity.
ACTIONS = {
    "plan": _lazy("拟定活动"),
    "edit": _lazy("修改方案"),
    "invite": _lazy("邀请"),
    "uninvite": _lazy("取消邀请"),
    "announce": _lazy("发出邀请"),
    "answer": _lazy("回复邀请"),
    "move": _lazy("改期或改地点"),
    "cancel": _lazy("取消活动"),
    "attendance": _lazy("登记到会"),
    "documents": _lazy("上传材料"),
    "remove": _lazy("移除材料"),
    "reveal": _lazy("查看报名群众"),
    "minutes": _lazy("形成纪要"),
    "items": _lazy("提出督查事项"),
}


@dataclass
class Change:
    """One change under way on a locked activity."""

    activity: Activity
    at: dt.datetime
    actor: User | None
    label: str
    told: int = 0
    event: Event | None = None

    def record(self, action: str, text: str = "") -> None:
        """Write the event of this change; ``action`` is a key of ``ACTIONS``."""
        self.event = Event.objects.create(
            activity=self.activity,
            at=self.at,
            action=action,
            actor=self.actor,
            actor_label=self.label[:80],
            text=text,
        )

    def tell_invited(self, invitations: list[Invitation], title: str, body: str = "") -> None:
        """Tell deputies with an account, themselves and not their substitutes, and the people of organs."""
        users = [each.deputy.user for each in invitations if each.deputy and each.deputy.user]
        deputies = [user for user in users if user.is_active]
        letter = Letter(deputies, title, self.activity.topic, self._key(), body, self.activity.get_absolute_url())
        queue([letter], at=self.at)
        self.tell([user for each in invitations if each.organ for user in people_of(each.organ, self.at)], title, body)

    def tell(self, people: list[User], title: str, body: str = "") -> None:
        """Tell people of offices, with a link to the activity's page on the desk."""
        notices.tell(
            to=list(dict.fromkeys(people)),
            title=title,
            body=body,
            topic=self.activity.topic,
            key=self._key(),
            link=self.activity.get_absolute_url(),
            at=self.at,
        )

    def tell_guests(self, title: str, body: str = "") -> None:
        """Tell residents who signed up and left a way to reach them."""
        guests = self.activity.guests.filter(cancelled_at=None, identity__isnull=False).select_related("identity")
        key, link = self._key(), self.activity.public_url
        letters = [
            Letter(guest.identity.outside_key, title, self.activity.topic, f"{key}:{guest.pk}", body, link)
            for guest in guests
        ]
        queue(letters, at=self.at)

    def _key(self) -> str:
        self.told += 1
        return f"{self.activity.topic}:{self.event.pk}:{self.told}"


@contextmanager
def change(
    activity: Activity, *, actor: User | None, at: dt.datetime | None = None, may_be_closed: bool = False
) -> Iterator[Change]:
    """Lock an activity, read it again, and let its office make one change in one transaction; it is saved on leaving.

    Raises ProgrammeError for who does not run it, and when it has been cancelled or closed meanwhile.
    """
    with locked_activity(activity, at=at, may_be_closed=may_be_closed) as (standing, moment):
        if not may_run_activity(actor, standing):
            raise ProgrammeError(_("只有组织单位可以办理这项活动。"))
        making = Change(standing, moment, actor, standing.organiser)
        try:
            yield making
        except SupervisionError as refusal:
            raise ProgrammeError(str(refusal)) from refusal
        standing.save()


@contextmanager
def locked_activity(
    activity: Activity, *, at: dt.datetime | None = None, may_be_closed: bool = False
) -> Iterator[tuple[Activity, dt.datetime]]:
    """The activity, locked and read again, with the moment; who comes second reads what happened, as ProgrammeError."""
    with transaction.atomic():
        if at is None:
            transaction.on_commit(ring, robust=True)
        rows = Activity.objects.select_for_update(of=("self",)).select_related("region", "station", "minutes_clock")
        standing = rows.get(pk=activity.pk)
        if standing.cancelled_at:
            facts = {"when": spoken(timezone.localdate(standing.cancelled_at)), "why": standing.cancelled_why}
            raise ProgrammeError(_("这项活动已于%(when)s取消：%(why)s") % facts)
        if standing.closed_at and not may_be_closed:
            when = spoken(timezone.localdate(standing.closed_at))
            raise ProgrammeError(_("这项活动已于%(when)s形成纪要，不能再改。") % {"when": when})
        yield standing, at or timezone.now()


def office_of(activity: Activity, at: dt.datetime) -> list[User]:
    """The people who run it: the station's officers, or those of the place's office."""
    on = timezone.localdate(at)
    officers = holders(Role.OFFICER, station=activity.station, on=on) if activity.station_id else []
    heads = officers or holders(Role.HEAD, region=activity.region, on=on)
    return heads or holders(Role.COMMITTEE, region=activity.region, on=on)


def people_of(organ, at: dt.datetime) -> list[User]:
    """The people of an organ: its clerks, or where there are none its leaders."""
    on = timezone.localdate(at)
    return holders(Role.CLERK, organ=organ, on=on) or holders(Role.LEADER, organ=organ, on=on)


def when_and_where(activity: Activity) -> str:
    """E.g. 2026年11月18日9:00–11:00，振兴路换热站."""
    begins, ends = timezone.localtime(activity.starts_at), timezone.localtime(activity.ends_at)
    last = date_format(ends, "G:i" if begins.date() == ends.date() else "Y年n月j日G:i")
    facts = {"begins": date_format(begins, "Y年n月j日G:i"), "ends": last, "place": activity.place}
    return _("%(begins)s–%(ends)s，%(place)s") % facts
