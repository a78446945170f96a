"""What may be done with a deputy's record now, with which form, and the record as its page shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.services import has_role
from deputies.availability import Availability
from deputies.forms import people as forms
from deputies.models import Absence, Deputy, Mandate, Membership, Standing
from deputies.permissions import REGION_ROLES, managed_stations
from deputies.services import people as services

TURNS_SHOWN = 12


@dataclass(frozen=True)
class Act:
    """An act: its form, its service, what its target is called there, and of what kind the target is."""

    form: type[forms.ActForm]
    take: Callable
    on: str
    kind: type = Deputy
    for_region: bool = False  # heads and committees only: a seat is the congress's matter, not its station's
    has_page: bool = False  # a page of its own, since its form offers a long list


ACTS = {
    "suspend": Act(forms.SuspendForm, services.suspend_mandate, "mandate", Mandate, for_region=True),
    "resume": Act(forms.ResumeForm, services.resume_mandate, "mandate", Mandate, for_region=True),
    "end": Act(forms.EndMandateForm, services.end_mandate, "mandate", Mandate, for_region=True),
    "regroup": Act(forms.RegroupForm, services.regroup, "membership", Membership),
    "leave": Act(forms.LeaveStationForm, services.leave_station, "membership", Membership),
    "back": Act(forms.BackForm, services.drop_absence, "absence", Absence),
    "portrait": Act(forms.PortraitForm, services.keep_portrait, "deputy"),
    "no-portrait": Act(forms.DropPortraitForm, services.drop_portrait, "deputy"),
    "mandate": Act(forms.AddMandateForm, services.add_mandate, "deputy", for_region=True),
    "join": Act(forms.JoinForm, services.join_station, "deputy", has_page=True),
    "absence": Act(forms.AbsenceForm, services.record_absence, "deputy"),
    "account": Act(forms.AccountForm, services.link_account, "deputy", for_region=True, has_page=True),
    "no-account": Act(forms.UnlinkForm, services.link_account, "deputy", for_region=True),
}


@dataclass(frozen=True)
class Offer:
    """An act that may be taken now, with its form; without one where the act has a page of its own."""

    action: str
    form: forms.ActForm | None

    @property
    def label(self):
        return ACTS[self.action].form.label

    @property
    def key(self):
        return key_of(self.action, self.form and self.form.target)


def key_of(action, target):
    return f"{action}-{target.pk}" if target else action


@dataclass
class Record:
    """A deputy's record with the offers of each row; read-only for who does not keep it.

    ``stray`` is an act that was turned down and is not offered any more, such as a second press of the same button.
    """

    deputy: Deputy
    may_keep: bool
    mandates: list[Mandate]
    memberships: list[Membership]
    absences: list[Absence]
    turns: list[Any]
    offers: list[Offer]
    standing: Standing
    stray: Offer | None


def may_take(act: Act, user) -> bool:
    """Whether an act is open to those who keep the record, as this user does."""
    return not act.for_region or has_role(user, *REGION_ROLES)


def target_of(act: Act, deputy: Deputy, pk: str, user):
    """The row an act is to be taken on, among those that the user may change; None for the deputy or for none."""
    rows = {
        Deputy: Deputy.objects.none(),
        Mandate: deputy.mandates,
        Membership: deputy.memberships.filter(station__in=managed_stations(user)).select_related("station"),
        Absence: deputy.absences,
    }[act.kind]
    return next((row for row in rows.all() if str(row.pk) == pk), None)


def open_record(deputy: Deputy, user, *, may_keep: bool, refused: Offer | None = None) -> Record:
    """Read a deputy's record for a user. ``refused`` is an act that was just turned down: its form keeps what was typed."""
    today = timezone.localdate()
    mandates = sorted(deputy.mandates.all(), key=lambda mandate: list(Standing).index(mandate.standing(today)))
    managed = managed_stations(user).filter(pk=OuterRef("station"))
    memberships = deputy.memberships.annotate(is_managed=Exists(managed)).select_related("station")
    memberships = list(memberships.order_by("-starts_on", "pk"))
    absences = list(deputy.absences.filter(ends_on__gte=today))

    def offers(actions, target=None):
        open_to = [action for action in actions if may_take(ACTS[action], user)] if may_keep else []
        return [_offer(action, target, deputy, user, refused) for action in open_to]

    for mandate in mandates:
        mandate.now = mandate.standing(today)
        mandate.offers = offers(_for_mandate(mandate.now), mandate)
    for membership in memberships:
        membership.is_now = membership.is_on(today)
        is_open = membership.ends_on is None or membership.ends_on > today
        membership.offers = offers(["regroup", "leave"] if is_open and membership.is_managed else [], membership)
    for absence in absences:
        absence.offers = offers(["back"], absence)
    own = offers(_for_deputy(deputy))
    made = [*own, *(offer for row in (*mandates, *memberships, *absences) for offer in row.offers)]
    return Record(
        deputy=deputy,
        may_keep=may_keep,
        mandates=mandates,
        memberships=memberships,
        absences=absences,
        turns=_turns(deputy, today),
        offers=own,
        standing=mandates[0].now if mandates else Standing.NONE,
        stray=None if refused in made else refused,
    )


def _offer(action, target, deputy, user, refused):
    if refused and refused.key == key_of(action, target):
        return refused
    form = None if ACTS[action].has_page else form_of(action, deputy, user, target=target)
    return Offer(action, form)


def form_of(action: str, deputy: Deputy, user, *, target=None, data=None, files=None) -> forms.ActForm:
    """The form of an act, with ids that are its own on a page with several."""
    auto_id = f"{key_of(action, target)}-%s"
    return ACTS[action].form(data, files, user=user, deputy=deputy, target=target, auto_id=auto_id)


def _for_mandate(now):
    return {
        Standing.SERVING: ["suspend", "end"],
        Standing.SUSPENDED: ["resume", "end"],
        Standing.TO_COME: ["end"],
    }.get(now, [])


def _for_deputy(deputy):
    actions = ["portrait", "no-portrait"] if deputy.portrait else ["portrait"]
    return [*actions, "absence", "join", "mandate", "no-account" if deputy.user_id else "account"]


def _turns(deputy, today):
    """The deputy's turns to come, each with why they cannot be there (``why_not``), empty where they can."""
    turns = deputy.turns.filter(planned=True, reception__date__gte=today, reception__cancelled_at=None)
    turns = list(
        turns.select_related("reception__station", "reception__plan").order_by("reception__date")[:TURNS_SHOWN]
    )
    if turns:
        first, last = turns[0].reception.date, turns[-1].reception.date
        availability = Availability(Deputy.objects.filter(pk=deputy.pk), first=first, last=last)
        for turn in turns:
            turn.why_not = availability.why_not(deputy.pk, turn.reception)
    return turns
