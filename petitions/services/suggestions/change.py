"""What every change of a suggestion does, in this order: lock, check the table, change, record, clocks, tell."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.services import holders
from notices import services as notices
from notices.tasks import ring
from petitions import suggestion_lifecycle as lifecycle
from petitions.errors import ActionError
from petitions.models import (
    Petition,
    Suggestion,
    SuggestionClock,
    SuggestionEvent,
    SuggestionPart,
    SuggestionPromise,
)
from petitions.search import enter_anew
from petitions.suggestion_permissions import LEAD, OFFICE, SPONSOR, SYSTEM, office_role, suggestion_positions
from supervision import services as supervision
from supervision.errors import SupervisionError
from supervision.models import Clock, Reminder

OWNED_BY = {
    SuggestionPart: "round__suggestion",
    SuggestionPromise: "reply__part__round__suggestion",
    Reminder: "clock__suggestion_link__suggestion",
}


@dataclass
class Change:
    """One action under way on a locked suggestion."""

    suggestion: Suggestion
    action: str
    at: datetime
    actor: User | None = None
    label: str = ""
    target: object = None
    came_from: str = ""
    told: int = 0

    @property
    def today(self):
        """The Beijing date of the action."""
        return timezone.localdate(self.at)

    @property
    def round(self):
        """The round under way."""
        return self.suggestion.rounds.order_by("number").last()

    def move(self, status):
        """Set the new status; raises ValueError where the table does not lead there, a mistake in the action."""
        if not lifecycle.TABLE[self.action].leads(self.came_from, status):
            raise ValueError(f"{self.action} does not lead from {self.came_from} to {status}")
        self.suggestion.status = status

    def record(self, text=""):
        """Write the event of this action."""
        SuggestionEvent.objects.create(
            suggestion=self.suggestion,
            at=self.at,
            action=self.action,
            from_status=self.came_from,
            to_status=self.suggestion.status,
            actor=self.actor,
            actor_label=self.label,
            text=text,
        )

    def start_clock(self, duty, **facts):
        """Start a clock of this suggestion; facts as for ``supervision.services.start``."""
        clock = supervision.start(
            duty=duty,
            region=self.suggestion.region,
            title=f"{self.suggestion.number} {duty.label}",
            link=self.suggestion.get_absolute_url(),
            at=self.at,
            **facts,
        )
        SuggestionClock.objects.create(suggestion=self.suggestion, clock=clock)
        return clock

    def stage(self, duty=None, **facts):
        """Stop the clock of the stage that ends and start that of the next (none when ``duty`` is None)."""
        if self.suggestion.stage_clock is not None:
            supervision.stop(self.suggestion.stage_clock, at=self.at)
        self.suggestion.stage_clock = self.start_clock(duty, **facts) if duty else None

    def stop_all_clocks(self, *, but=()):
        """Stop whatever still runs for this suggestion, less the duties ``but``: a promise outlives the handling."""
        running = Clock.objects.running().filter(suggestion_link__suggestion=self.suggestion)
        for clock in running.exclude(duty__in=but):
            supervision.stop(clock, at=self.at)
        self.suggestion.stage_clock = None

    def tell(self, people, title, body=""):
        """Queue a notice to users: the number and a link."""
        self.told += 1
        notices.tell(
            to=[person for person in people if person is not None],
            title=f"{self.suggestion.number} {title}",
            body=body,
            link=self.suggestion.get_absolute_url(),
            topic=self.suggestion.topic,
            key=f"suggestion:{self.suggestion.pk}:{self.action}:{self.at.timestamp()}:{self.told}",
            at=self.at,
        )

    def office(self):
        """The people of the office that hands the suggestion over."""
        region = self.suggestion.region
        return holders(office_role(region), region=region, on=self.today)

    def sponsors(self):
        """The accounts of the lead deputy and the co-sponsors; who has none is reached by the office."""
        return [self.suggestion.deputy.user, *(one.user for one in self.suggestion.co_sponsors.select_related("user"))]

    def people_of(self, organ):
        """Clerks and leaders of an organ."""
        return holders(Role.CLERK, organ=organ, on=self.today) + self.leaders_of(organ)

    def leaders_of(self, organ):
        return holders(Role.LEADER, organ=organ, on=self.today)

    def hold_cases(self):
        """Lock all linked cases in one order, so that whoever acts on several of them never waits for us in turn."""
        linked = Petition.objects.select_for_update(of=("self",)).filter(suggestion_links__suggestion=self.suggestion)
        list(linked.order_by("pk").values_list("pk"))

    def enter_cases(self):
        """Enter all linked cases in the search again: an organ or an answer of the suggestion is news of theirs, too."""
        self.hold_cases()
        linked = Petition.objects.filter(suggestion_links__suggestion=self.suggestion)
        enter_anew(list(linked.select_related("station")))

    def on_cases(self, service, *, awaiting, **facts):
        """Call a service of ``services.raising`` for the cases that wait for the answer (or those that have it).

        Cases whose answer the resident has been told already, or that went another way, are left alone.
        """
        self.hold_cases()
        links = self.suggestion.links.filter(awaits=awaiting).select_related("petition").order_by("petition")
        for link in links:
            if awaiting or _is_under_review(link):
                service(petition=link.petition, suggestion=self.suggestion, label=self.label, at=self.at, **facts)


def _is_under_review(link):
    """Whether the case still reviews this suggestion's answer: in the round in which the suggestion was raised."""
    return link.petition.status == "reviewing" and link.petition.current_round == link.round


@contextmanager
def change(suggestion, action, *, actor=None, target=None, organ=None, at=None):
    """Lock a suggestion for one action and yield the ``Change``; on leaving, the suggestion is saved.

    ``suggestion`` may be stale: it is read again under lock, and so is ``target`` (an organ's part, a
    promise or a reminder). Without
    an actor it is the system that acts. Raises ``ActionError`` when the table does not allow the action to this actor now,
    naming who was there first, and when a clock does not allow what is asked of it.
    """
    with transaction.atomic():
        if at is None:
            transaction.on_commit(ring, robust=True)
        locked = Suggestion.objects.select_for_update(of=("self",)).select_related(
            "region", "deputy__user", "stage_clock"
        )
        case = locked.get(pk=suggestion.pk)
        held = suggestion_positions(case, actor, organ=organ) if actor is not None else {SYSTEM}
        target = target and _read_again(case, target)
        try:
            lifecycle.check(case, action, held, target)
        except ActionError as refusal:
            raise ActionError(f"{refusal} {_what_happened(case, held)}".strip()) from None
        under_way = Change(
            suggestion=case,
            action=action,
            at=at or timezone.now(),
            actor=actor,
            label=label_of(case, actor, held, organ),
            target=target,
            came_from=case.status,
        )
        try:
            yield under_way
        except SupervisionError as refusal:
            raise ActionError(str(refusal)) from refusal
        case.save()


def label_of(suggestion, actor, held, organ=None):
    """The side that a person acts for, as events name it."""
    if actor is None:
        return _("系统")
    if organ is not None and held & {Role.CLERK, Role.LEADER}:
        return organ.name
    if OFFICE in held:
        if office_role(suggestion.region) == Role.HEAD:
            return _("%(place)s人大主席团") % {"place": suggestion.region.name}
        return _("%(place)s人大常委会代工委") % {"place": suggestion.region.name}
    return _("人大代表%(name)s") % {"name": actor.name} if held & {LEAD, SPONSOR} else actor.name


def _read_again(case, target):
    """The target as it is now, which must be this suggestion's own: rights to one open no other."""
    owned = type(target).objects.filter(pk=target.pk, **{OWNED_BY[type(target)]: case}).first()
    if owned is None:
        raise ActionError(_("此建议没有您选择的这一项。"))
    return owned


def _what_happened(case, held):
    last = case.events.order_by("-at", "-pk").select_related("actor").first()
    if last is None or not held:
        return ""
    facts = {
        "when": date_format(timezone.localtime(last.at), "Y年n月j日 H:i"),
        "who": last.actor.name if last.actor else last.actor_label,
        "what": lifecycle.label_of(last.action),
    }
    return _("最近一步：%(who)s于%(when)s“%(what)s”。") % facts


def next_number(at):
    """A suggestion's number, such as JY-2026-00042; from a sequence, so that nobody waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('suggestion_number')")
        (number,) = cursor.fetchone()
    return f"JY-{timezone.localdate(at).year}-{number:05d}"
