"""What may be done with a deputy's record now, with which form, and the record as its page shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.services import has_role
from deputies.availability import Availability
from deputies.forms import people as forms
from deputies.models import Absence, Deputy, Mandate, Membership, Standing
from deputies.permissions import REGION_ROLES, kept_deputies, managed_stations
from deputies.services import people as services

TURNS_SHOWN = 12


@dataclass(frozen=True)
class Act:
    """An act: its form, its service, what its target is called there, and of what kind the target is."""

    form: type[forms.ActForm]
    take: Callable
    on: str
    kind: type = Deputy
    for_region: bool = False  # heads and committees only


ACTS = {
    "suspend": Act(forms.SuspendForm, services.suspend_mandate, "mandate", Mandate),
    "resume": Act(forms.ResumeForm, services.resume_mandate, "mandate", Mandate),
    "end": Act(forms.EndMandateForm, services.end_mandate, "mandate", Mandate),
    "regroup": Act(forms.RegroupForm, services.regroup, "membership", Membership),
    "leave": Act(forms.LeaveStationForm, services.leave_station, "membership", Membership),
    "back": Act(forms.BackForm, services.drop_absence, "absence", Absence),
    "portrait": Act(forms.PortraitForm, services.keep_portrait, "deputy"),
    "no-portrait": Act(forms.DropPortraitForm, services.drop_portrait, "deputy"),
    "mandate": Act(forms.AddMandateForm, services.add_mandate, "deputy"),
    "join": Act(forms.JoinForm, services.join_station, "deputy"),
    "absence": Act(forms.AbsenceForm, services.record_absence, "deputy"),
    "account": Act(forms.AccountForm, services.link_account, "deputy", for_region=True),
    "no-account": Act(forms.UnlinkForm, services.link_account, "deputy", for_region=True),
}


@dataclass(frozen=True)
class Offer:
    """An act that may be taken now; ``target`` is the row it is taken on, None for the deputy."""

    action: str
    form: forms.ActForm

    @property
    def key(self):
        return key_of(self.action, self.form.target)


def key_of(action, target):
    return f"{action}-{target.pk}" if target else action


@dataclass
class Record:
    """A deputy's record with the offers of each row; read-only for who does not keep it."""

    deputy: Deputy
    may_keep: bool
    mandates: list[Mandate]
    memberships: list[Membership]
    absences: list[Absence]
    turns: list[Any]
    offers: list[Offer]
    standing: Standing


def target_of(act: Act, deputy: Deputy, pk: str, user):
    """The row an act is to be taken on, among those that the user may change; None for the deputy or for none."""
    rows = {
        Deputy: Deputy.objects.none(),
        Mandate: deputy.mandates,
        Membership: deputy.memberships.filter(station__in=managed_stations(user)).select_related("station"),
        Absence: deputy.absences,
    }[act.kind]
    return rows.filter(pk=pk).first() if pk.isascii() and pk.isdecimal() else None


def open_record(deputy: Deputy, user, *, refused: Offer | None = None) -> Record:
    """Read a deputy's record for a user; ``refused`` is an offer that was just turned down and keeps what was typed."""
    today = timezone.localdate()
    may_keep = kept_deputies(user).filter(pk=deputy.pk).exists()
    managed = set(managed_stations(user).values_list("pk", flat=True)) if may_keep else set()
    mandates = sorted(deputy.mandates.all(), key=lambda mandate: list(Standing).index(mandate.standing(today)))
    memberships = list(deputy.memberships.select_related("station").order_by("-starts_on", "pk"))
    absences = list(deputy.absences.filter(ends_on__gte=today))

    def offer(action, target=None):
        if refused and refused.key == key_of(action, target):
            return refused
        auto_id = f"{key_of(action, target)}-%s"
        return Offer(action, ACTS[action].form(user=user, deputy=deputy, target=target, auto_id=auto_id))

    for mandate in mandates:
        mandate.now = mandate.standing(today)
        mandate.offers = [offer(action, mandate) for action in _for_mandate(mandate.now)] if may_keep else []
    for membership in memberships:
        membership.is_now = membership.is_on(today)
        is_open = membership.ends_on is None or membership.ends_on > today
        may_change = is_open and membership.station_id in managed
        membership.offers = [offer(action, membership) for action in ("regroup", "leave")] if may_change else []
    for absence in absences:
        absence.offers = [offer("back", absence)] if may_keep else []
    return Record(
        deputy=deputy,
        may_keep=may_keep,
        mandates=mandates,
        memberships=memberships,
        absences=absences,
        turns=_turns(deputy, today),
        offers=[offer(action) for action in _for_deputy(deputy, user)] if may_keep else [],
        standing=min((mandate.now for mandate in mandates), key=list(Standing).index, default=Standing.NONE),
    )


def _for_mandate(now):
    return {
        Standing.SERVING: ["suspend", "end"],
        Standing.SUSPENDED: ["resume", "end"],
        Standing.TO_COME: ["end"],
    }.get(now, [])


def _for_deputy(deputy, user):
    actions = ["portrait", "no-portrait"] if deputy.portrait else ["portrait"]
    actions += ["absence", "join", "mandate"]
    if has_role(user, *REGION_ROLES):
        actions.append("no-account" if deputy.user_id else "account")
    return actions


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
