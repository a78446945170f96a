"""What every change of a reception day shares: the lock, the guards, the event, and telling those it concerns."""

import datetime as dt
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from deputies.errors import ReceptionError
from deputies.models import Deputy, Reception, ReceptionEvent
from deputies.services.planning import lock_stations, short_day
from notices.services import Letter, queue, withdraw
from notices.tasks import ring
from workdays.services import spoken


@dataclass
class Change:
    """One change under way on a locked reception day (``day``)."""

    day: Reception
    at: dt.datetime
    actor: User | None
    event: ReceptionEvent | None = None

    def record(self, what: str) -> None:
        self.event = ReceptionEvent.objects.create(reception=self.day, at=self.at, actor=self.actor, what=what[:300])

    def tell_deputies(self, deputies: list[Deputy], title: str, body: str = "") -> None:
        """Tell deputies who have an account about the change just recorded.

        They are told themselves, on leave or not: a substitute of the account cannot sit at the desk.
        """
        users = [deputy.user for deputy in deputies if deputy.user and deputy.user.is_active]
        key = f"{self.day.topic}:{self.event.pk}"
        queue([Letter(users, title, self.day.topic, key, body, self.day.get_absolute_url())], at=self.at)


@contextmanager
def change(reception: Reception, *, actor, at: dt.datetime | None = None, may_be_over: bool = False):
    """Lock the station and the day, read it again, and let one change be made in one transaction.

    Raises ReceptionError when the day has been cancelled, closed or opened meanwhile, or its hours are over: what
    happened at the desk then is recorded there.
    """
    live = at is None
    with transaction.atomic():
        lock_stations([reception.station_id])
        days = Reception.objects.select_for_update(of=("self",)).select_related("station__region", "plan")
        making = Change(days.get(pk=reception.pk), at or timezone.now(), actor)
        _require_not_begun(making.day)
        if making.day.ends_at <= making.at and not may_be_over:
            raise ReceptionError(_("%(date)s的接待日已经过去。") % {"date": spoken(making.day.date)})
        yield making
        if live:
            transaction.on_commit(ring, robust=True)


def _require_not_begun(day: Reception) -> None:
    if day.cancelled_at:
        facts = {"when": spoken(timezone.localdate(day.cancelled_at)), "why": day.cancelled_why}
        raise ReceptionError(_("这个接待日已于%(when)s取消：%(why)s") % facts)
    if day.closed_at:
        when = spoken(timezone.localdate(day.closed_at))
        raise ReceptionError(_("这个接待日已于%(when)s形成小结，不能再改。") % {"when": when})
    if day.opened_at:
        raise ReceptionError(_("接待已经开始，请在接待页登记实际到岗的代表。"))


def day_words(day: Reception) -> str:
    """When and where, as deputies and residents are told, e.g. 2026年12月3日9:00–11:30，南大郭站代表接待室."""
    facts = {
        "date": spoken(day.date),
        "starts": f"{day.starts:%-H:%M}",
        "ends": f"{day.ends:%-H:%M}",
        "station": day.station,
        "place": day.place,
    }
    return _("%(date)s%(starts)s–%(ends)s，%(station)s（%(place)s）") % facts


def title_words(day: Reception) -> str:
    """Which day, as it stands in a message's title, e.g. 南大郭站12月3日接待日."""
    return _("%(station)s%(day)s接待日") % {"station": day.station, "day": short_day(day.date)}


def names_of(deputies: Iterable[Deputy]) -> str:
    return "、".join(deputy.name for deputy in deputies)


def reminder_topic(day: Reception, deputy_pk: int) -> str:
    """What a deputy's reminder of a day is filed under, to be taken back when the turn falls away."""
    return f"{day.topic}:remind:{deputy_pk}"


def conflict_topic(day: Reception, deputy_pk: int) -> str:
    """What the station is told under about a deputy who cannot come that day, to be taken back with the turn."""
    return f"{day.topic}:conflict:{deputy_pk}:{day.date}"


def take_messages_back(day: Reception, deputy_pk: int) -> None:
    """Withdraw what is queued about a deputy's turn, which falls away or is another day now."""
    withdraw(reminder_topic(day, deputy_pk))
    withdraw(conflict_topic(day, deputy_pk))
