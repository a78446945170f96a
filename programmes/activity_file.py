"""Everything that an activity's page on the desk shows, in few queries whatever the number of rows."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import OuterRef
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from petitions.short_lists import events_of, happenings
from programmes.models import Activity, Document, Event, Guest, Invitation, Item
from programmes.permissions import may_answer, may_run_activity
from programmes.services.change import ACTIONS
from supervision.models import Clock
from supervision.services import attach_readings

SHOWN_AT_ONCE = 12  # events of the timeline that are not folded
State = Activity.State


@dataclass
class ActivityFile:
    """An activity as one user may see it on the desk at a moment."""

    activity: Activity
    user: User
    at: dt.datetime
    invitations: list[Invitation]
    guests: list[Guest]
    documents: list[Document]
    items: list[Item]
    clocks: list[Clock] = field(default_factory=list)

    @cached_property
    def may_run(self):
        return may_run_activity(self.user, self.activity)

    @property
    def state(self):
        return self.activity.state

    @property
    def today(self):
        """The Beijing date, by which an item is overdue."""
        return timezone.localdate(self.at)

    @property
    def is_planned(self):
        return self.state == State.PLANNED

    @property
    def has_begun(self):
        """Whether coming may be noted: announced, begun, and not over with its minutes."""
        return self.state in (State.ANNOUNCED, State.OVER) and self.activity.starts_at <= self.at

    @property
    def is_ahead(self):
        """Whether it was announced and has not begun: it may be moved, and answered to."""
        return self.state == State.ANNOUNCED and self.activity.starts_at > self.at

    @property
    def may_invite(self):
        return self.may_run and (self.is_planned or self.is_ahead) and self.activity.starts_at > self.at

    @cached_property
    def own_invitations(self):
        """Those that this user answers for themselves: the deputy's own, and those of their organ."""
        return [each for each in self.invitations if not self.may_run and self._is_own(each)]

    def _is_own(self, invitation):
        return may_answer(self.user, invitation, self.activity)

    @property
    def deputies(self):
        return [each for each in self.invitations if each.deputy_id]

    @property
    def organs(self):
        return [each for each in self.invitations if each.organ_id]

    @property
    def photos(self):
        return [each for each in self.documents if each.kind == Document.Kind.PHOTO]

    @property
    def materials(self):
        return [each for each in self.documents if each.kind != Document.Kind.PHOTO]

    @property
    def has_named_guests(self):
        return any(guest.identity_id for guest in self.guests)

    @cached_property
    def events(self):
        """The timeline, newest first."""
        return happenings(self.activity.event_rows, ACTIONS.__getitem__)

    @property
    def latest_events(self):
        return self.events[:SHOWN_AT_ONCE]

    @property
    def earlier_events(self):
        return self.events[SHOWN_AT_ONCE:]


def open_activity(pk: int, user: User) -> ActivityFile:
    """Read an activity for a user. Raises ``Activity.DoesNotExist`` for one they may not see."""
    rows = Activity.objects.visible_to(user).select_related("region", "station__region", "programme")
    rows = rows.annotate(event_rows=events_of(Event.objects.filter(activity=OuterRef("pk"))))
    activity = rows.select_related("minutes_clock__owner_station", "minutes_clock__owner_region").get(pk=pk)
    invitations = list(activity.invitations.select_related("deputy", "organ", "clock__owner_organ"))
    clocks = [each.clock for each in invitations if each.clock] + [activity.minutes_clock]
    clocks = [clock for clock in clocks if clock and clock.stopped_at is None]
    attach_readings(clocks)
    items = Item.objects.visible_to(user).filter(activity=activity)
    return ActivityFile(
        activity=activity,
        user=user,
        at=timezone.now(),
        invitations=invitations,
        guests=list(activity.guests.filter(cancelled_at=None)),
        documents=list(activity.documents.all()),
        items=list(items.select_related("owner_organ", "owner_station", "owner_region").distinct()),
        clocks=clocks,
    )
