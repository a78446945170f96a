"""Everything that an item's page shows, and what its reader may do with it now."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.functional import cached_property

from accounts.models import User
from petitions.short_lists import events_of, happenings
from programmes import lifecycle
from programmes.forms.items import FORMS, ActionForm
from programmes.models import Activity, Event, Item, Meeting, Programme, office_name
from programmes.permissions import OWNER, item_positions
from programmes.services.items import acknowledged_by
from supervision.models import Clock, Reminder
from supervision.services import attach_readings

# What is owed comes first, the very first of it stands open; everything else follows in the table's order.
OWED = ("acknowledge", "sign_in", "report", "verify", "settle")


@dataclass
class Offer:
    """One action on an item, or on one of its reminders, with its form."""

    row: lifecycle.Transition
    target: Reminder | None
    form: ActionForm
    is_open: bool = False

    @property
    def key(self):
        return key_of(self.row.action, self.target)

    @property
    def button(self):
        return self.form.button or self.row.label


def key_of(action, target):
    """What tells the forms of a page apart."""
    return f"{action}-{target.pk}" if target is not None else action


def form_for(action, item, target=None, data=None, files=None):
    """The form of an action, with ids of its own."""
    return FORMS[action](data, files, item=item, target=target, auto_id=f"{key_of(action, target)}-%s")


@dataclass
class ItemFile:
    """An item as one user may see it."""

    item: Item
    user: User

    @cached_property
    def held(self):
        return item_positions(self.item, self.user)

    @cached_property
    def clocks(self):
        """Every clock that the item has had, those that run first."""
        clocks = Clock.objects.filter(item_link__item=self.item)
        clocks = clocks.select_related("owner_organ", "owner_station", "owner_region")
        clocks = sorted(clocks, key=lambda clock: (clock.is_stopped, -clock.pk))
        attach_readings(clocks)
        return clocks

    @property
    def running(self):
        return [clock for clock in self.clocks if not clock.is_stopped]

    @property
    def stopped(self):
        return [clock for clock in self.clocks if clock.is_stopped]

    @cached_property
    def reminders(self):
        """What the ladder and the office have sent, newest first; each knows its clock."""
        reminders = Reminder.objects.filter(clock__in=self.clocks).select_related("paper", "acknowledged_by")
        by_key = {clock.pk: clock for clock in self.clocks}
        found = list(reminders.order_by("-at", "-pk"))
        for reminder in found:
            reminder.clock = by_key[reminder.clock_id]
        return found

    @cached_property
    def events(self):
        """The timeline, newest first."""
        return happenings(self.item.event_rows, lambda action: lifecycle.ITEM_TABLE[action].label)

    @cached_property
    def parts(self):
        """The items of the level below that help to fulfil it."""
        parts = self.item.parts.select_related("owner_organ", "owner_station", "owner_region", "programme")
        return list(parts.order_by("due_on", "pk"))

    @property
    def parts_done(self):
        return sum(part.status == Item.Status.VERIFIED for part in self.parts)

    @property
    def origin(self):
        """The programme, activity, meeting or inspection that it comes from."""
        item = self.item
        return item.programme or item.activity or item.meeting or item.finding.inspection

    @property
    def may_open_origin(self):
        """Whether the user may open where it comes from: a unit that owes what was found need not have been invited."""
        return self.item.finding_id is not None or self.item.sees_origin

    @property
    def office(self):
        """The office that verifies it."""
        return office_name(self.item.region)

    @cached_property
    def documents(self):
        return list(self.item.documents.all())

    @property
    def may_break_down(self):
        """Whether the user's office may answer it with a programme of its own."""
        item = self.item
        return bool(
            item.programme_id and item.owner_region_id and item.status == Item.Status.OPEN and OWNER in self.held
        )

    def waiting_reminders(self):
        """The reminders that somebody in this user's position still has to acknowledge."""
        return [
            reminder
            for reminder in self.reminders
            if reminder.must_acknowledge and reminder.acknowledged_at is None and acknowledged_by(reminder) in self.held
        ]

    def offers(self, refused=None):
        """What this user may do now, what is owed first. ``refused`` is a form not taken: it stands open as typed."""
        rows = lifecycle.open_actions(lifecycle.ITEM_TABLE, self.item, self.held)
        found = [
            Offer(row, target, form_for(row.action, self.item, target))
            for row in rows
            if row.action in FORMS
            for target in (self.waiting_reminders() if row.action == "acknowledge" else [None])
        ]
        found.sort(key=lambda offer: OWED.index(offer.row.action) if offer.row.action in OWED else len(OWED))
        if refused is not None:
            refused.is_open = True
            return [refused, *(offer for offer in found if offer.key != refused.key)]
        for first in found[:1]:
            first.is_open = first.row.action in OWED
        return found


def open_item(pk, user):
    """The file of an item; raises Item.DoesNotExist where the user may not see it."""
    items = Item.objects.visible_to(user).select_related(
        "programme__region",
        "activity__station",
        "meeting",
        "finding__inspection__station",
        "parent",
        "region",
        "owner_organ",
        "owner_station",
        "owner_region",
    )
    items = items.annotate(
        event_rows=events_of(Event.objects.filter(item=OuterRef("pk"))),
        sees_origin=_sees(Programme, "programme", user)
        | _sees(Activity, "activity", user)
        | _sees(Meeting, "meeting", user),
    )
    return ItemFile(items.get(pk=pk), user)


def _sees(model, name, user):
    """Whether the user may open what an item comes from, where it comes from such a thing."""
    return Exists(model.objects.visible_to(user).order_by().filter(pk=OuterRef(name)))
