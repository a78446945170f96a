"""What an organ without an account sees of its one duty, and may do with it, by a one-time link: no identity, no ledger."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from petitions import lifecycle
from petitions.forms.desk import FORMS
from petitions.forms.organ import DraftReplyByLinkForm, NoteProgressByLinkForm
from petitions.models import Assignment, Commitment, Petition
from petitions.offers import OWED, Offer, key_of
from petitions.permissions import ORGAN_SIDE
from stations.models import CITY_DIGITS, COUNTY_DIGITS, Organ, of_county_or_city
from supervision.models import Clock, OrganLink, Reminder
from supervision.people import by_link_label
from supervision.services import attach_readings

# A draft for a leader's signature is no use where nobody has an account.
DONE_BY_LINK = {
    "acknowledge": FORMS["acknowledge"],
    "sign_in": FORMS["sign_in"],
    "draft_reply": DraftReplyByLinkForm,
    "report_delivery": FORMS["report_delivery"],
    "note_progress": NoteProgressByLinkForm,
    "ask_extension": FORMS["ask_extension"],
    "ask_return": FORMS["ask_return"],
}
LAST = ("draft_reply", "report_delivery")  # with these the link is used


@dataclass
class LinkedDuty:
    """One organ's open part of a case, or an open promise of its own, with the 督办单 that it has to acknowledge."""

    link: OrganLink
    petition: Petition
    organ: Organ
    clocks: list[Clock]
    assignment: Assignment | None = None
    commitment: Commitment | None = None

    @cached_property
    def reminders(self):
        """督办单 that wait for a 回执."""
        orders = Reminder.objects.filter(clock__in=self.clocks, must_acknowledge=True, paper__isnull=False)
        return list(orders.filter(acknowledged_at=None).select_related("paper", "clock__owner_organ"))

    @cached_property
    def organ_choices(self):
        """Organs that a return may propose, grouped by place."""
        code = self.petition.station.region_id
        near = Organ.objects.filter(of_county_or_city(code[:COUNTY_DIGITS], code[:CITY_DIGITS]), active=True)
        groups = {}
        for organ in near.exclude(pk=self.organ.pk).select_related("region"):
            groups.setdefault(organ.region.name, []).append((organ.pk, organ.name))
        return list(groups.items())

    @cached_property
    def photos(self):
        """The resident's photos, and those that this organ has sent by link."""
        return list(self.petition.photos.filter(added_by_label__in=["", by_link_label(self.organ)]))

    def targets(self, per):
        """What an action of this kind may be taken on."""
        found = {"assignment": [self.assignment], "commitment": [self.commitment], "reminder": self.reminders}
        return [target for target in found.get(per, []) if target is not None]

    def target(self, action, key):
        """What an action is to be taken on, by its key as text; None for another's, and for an action no link gives."""
        if action not in DONE_BY_LINK:
            return None
        return next((one for one in self.targets(lifecycle.TABLE[action].per) if str(one.pk) == key), None)

    def form(self, action, target, data=None, files=None):
        """The form of an action on a target, with ids of its own."""
        ids = f"{key_of(action, target)}-%s"
        return DONE_BY_LINK[action](data, files, case=self, target=target, auto_id=ids)

    def offers(self, refused=None):
        """What may be done now, what is owed first; ``refused`` stands open with everything that was typed."""
        found = [
            Offer(row, target, self.form(row.action, target))
            for per in ("reminder", "assignment", "commitment")
            for target in self.targets(per)
            for row in lifecycle.open_actions(self.petition, per, set(ORGAN_SIDE), target)
            if row.action in DONE_BY_LINK
        ]
        found.sort(key=lambda offer: OWED.index(offer.row.action) if offer.row.action in OWED else len(OWED))
        if refused is not None:
            found = [refused, *(offer for offer in found if offer.key != refused.key)]
        for first in found[:1]:
            first.is_open = True
        return found


def duty_of(link):
    """Return the ``LinkedDuty`` of an ``OrganLink``, or None when it has ended or was taken back meanwhile."""
    along = [f"round__petition__{name}" for name in ("station__region", "region", "category")]
    parts = Assignment.objects.open().filter(Q(answer_clock=link.clock_id) | Q(sign_in_clock=link.clock_id))
    parts = parts.select_related("organ", "answer_clock", "sign_in_clock", *along).prefetch_related("replies")
    for part in parts:
        clocks = [part.answer_clock, part.sign_in_clock]
        return _read(LinkedDuty(link, part.round.petition, part.organ, clocks, assignment=part))
    promises = Commitment.objects.filter(clock=link.clock_id, state=Commitment.State.OPEN)
    for promise in promises.select_related("organ", "clock", *along):
        return _read(LinkedDuty(link, promise.round.petition, promise.organ, [promise.clock], commitment=promise))
    return None


def _read(duty):
    attach_readings(duty.clocks)
    return duty
