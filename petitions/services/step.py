"""What every action does, in this order: lock the case, check the table, change, record, clocks, tell; one transaction."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.services import holders
from deputies.models import Deputy
from notices import services as notices
from notices import wording
from notices.services import Letter
from notices.tasks import ring
from petitions import lifecycle
from petitions.errors import ActionError
from petitions.models import (
    OVER,
    Assignment,
    ClockLink,
    Commitment,
    Event,
    Petition,
    Proposer,
    Round,
    Status,
    ToCount,
    township_of,
)
from petitions.permissions import NEIGHBOUR, RESIDENT, SYSTEM, link_positions, positions
from petitions.search import enter_anew
from petitions.services.together import insert_together
from supervision import services as supervision
from supervision.errors import SupervisionError
from supervision.in_force import load_rules
from supervision.links import organ_people
from supervision.models import Clock, Reminder
from supervision.people import by_link_label

OWNED_BY = {
    Assignment: "round__petition",
    Commitment: "round__petition",
    Reminder: "clock__petition_link__petition",
}


@dataclass
class Step:
    """One action under way on a locked case; ``changes_entry``: the search has to know what it brought."""

    petition: Petition
    action: str
    at: datetime
    actor: User | None = None
    proposer: Proposer | None = None
    label: str = ""
    target: object = None
    came_from: str = ""
    told: int = 0
    changes_entry: bool = False

    @cached_property
    def rules(self):
        """The rules in force when the action first asked for them."""
        return load_rules()

    def move(self, status):
        """Set the new status; the event that ``record`` writes holds where the case came from.

        Raises ValueError where the table does not lead there, which is a mistake in the action, not of the actor.
        """
        if not lifecycle.TABLE[self.action].leads(self.came_from, status):
            raise ValueError(f"{self.action} does not lead from {self.came_from} to {status}")
        self.petition.status = status
        self.changes_entry |= (status in OVER) != (self.came_from in OVER)

    def record(self, text="", *, public=True, link=""):
        """Write the event of this action; ``link`` is a page of the desk that tells more."""
        insert_together(*self.records(text, public=public, link=link))

    def records(self, text="", *, public=True, link=""):
        """The event of this action, and that its station has to be counted anew; not stored yet."""
        event = Event(
            petition=self.petition,
            at=self.at,
            action=self.action,
            from_status=self.came_from,
            to_status=self.petition.status,
            actor=self.actor,
            actor_label=self.label,
            text=text,
            public=public,
            link=link,
        )
        return event, ToCount(station_id=self.petition.station_id)

    @property
    def round(self):
        """The round under way."""
        return self.petition.rounds.order_by("number").last()

    def start_clock(self, duty, **facts):
        """Start a clock of this case; facts as for ``supervision.services.start``."""
        clock = self.clock(duty, **facts)
        self.link_to(clock).save()
        return clock

    def clock(self, duty, **facts):
        """Start a clock that the caller links to the case."""
        return supervision.start(
            duty=duty,
            station=self.petition.station,
            title=f"{self.petition.number} {duty.label}",
            link=self.petition.get_absolute_url(),
            severity=self.petition.severity,
            category=self.petition.topic_name,
            at=self.at,
            rules=self.rules,
            **facts,
        )

    def link_to(self, clock):
        """That a clock belongs to this case; not stored yet."""
        return ClockLink(petition=self.petition, clock=clock, round=self.petition.current_round)

    def stage(self, duty=None, **facts):
        """Stop the clock of the stage that ends and start that of the next (none when ``duty`` is None)."""
        if self.petition.stage_clock is not None:
            supervision.stop(self.petition.stage_clock, at=self.at)
        self.petition.stage_clock = self.start_clock(duty, **facts) if duty else None

    def stop_all_clocks(self):
        """Stop whatever still runs for this case."""
        for clock in Clock.objects.running().filter(petition_link__petition=self.petition):
            supervision.stop(clock, at=self.at)
        self.petition.stage_clock = None

    def tell(self, people, title, body="", *, duty=None):
        """Queue a notice to officials; the number and a link, never an identity or the resident's words.

        ``duty`` is the clock that an organ without an account is given a link to.
        """
        self.send([self.notice(people, title, body, duty=duty)])

    def notice(self, people, title, body="", *, duty=None):
        """What ``tell`` queues."""
        self.told += 1
        return Letter(
            to=notices.who_is_there(list(people), at=self.at),
            title=f"{self.petition.number} {title}",
            body=body,
            link=self.petition.get_absolute_url(),
            topic=self.petition.topic,
            key=f"petition:{self.petition.pk}:{self.action}:{self.at.timestamp()}:{self.told}",
            duty=duty.topic if duty else "",
        )

    def tell_residents(self, name, said="", days=0):
        """Queue an e-mail to every proposer who left an address; all others read it on the tracking page.

        ``name`` is that of the message (``notices.wording``), ``said`` what the office writes to the residents, ``days``
        a term in working days. Those whose own case was merged into this one are told, too.
        """
        proposers = Proposer.objects.filter(Q(petition=self.petition) | Q(petition__merged_into=self.petition))
        reached = proposers.filter(wants_mail=True, identity__isnull=False).select_related("petition", "identity")
        self.send(self.letters_to(reached, name, said, days))

    def letters_to(self, proposers, name, said="", days=0):
        """What ``tell_residents`` queues, of these proposers."""
        self.told += 1
        wanted = [proposer for proposer in proposers if proposer.wants_mail and proposer.identity is not None]
        return [self._letter_to(proposer, name, said, days) for proposer in wanted]

    def send(self, letters):
        """Queue letters of this step."""
        if letters:
            notices.queue(letters, at=self.at, calendar=self.rules.calendar)

    def _letter_to(self, proposer, name, said, days):
        facts = {wording.NUMBER: proposer.petition.number, wording.SAID: said, wording.DAYS: str(days)}
        title, body = wording.say(name, facts, self.rules.wordings)
        return Letter(
            to=proposer.identity.outside_key,
            title=title,
            body=body,
            link=proposer.petition.tracking_url,
            topic=self.petition.topic,
            key=f"proposer:{proposer.pk}:{self.action}:{self.at.timestamp()}:{self.told}",
        )

    def officers(self):
        return holders(Role.OFFICER, station=self.petition.station, on=timezone.localdate(self.at))

    def heads(self):
        return holders(Role.HEAD, region=self.petition.station.region, on=timezone.localdate(self.at))

    def committee(self):
        return holders(Role.COMMITTEE, region=self.petition.station.region, on=timezone.localdate(self.at))

    def people_of(self, organ):
        """Clerks and leaders of an organ, or the organ itself, where nobody has an account for it."""
        return organ_people(organ, on=timezone.localdate(self.at))

    def leaders_of(self, organ):
        return holders(Role.LEADER, organ=organ, on=timezone.localdate(self.at))


@contextmanager
def step(
    petition,
    action,
    *,
    actor=None,
    proposer=None,
    by_link=None,
    held=None,
    target=None,
    organ=None,
    label="",
    at=None,
):
    """Lock a case for one action and yield the ``Step``; on leaving, the case is saved.

    ``petition`` may be stale: it is read again under lock, and so is ``target`` (assignment, commitment or
    reminder). Raises ``ActionError`` when the table does not allow the action to this actor now, naming who was there
    first when the case has moved on meanwhile, and when a clock does not allow what is asked of it. ``held`` names the
    position of one who has none by rights, such as a neighbour who joins; ``by_link`` is the ``OrganLink`` of an organ
    without an account, which acts on its own duty only. None of these means the system itself, which signs as ``label``
    where it follows what somebody did elsewhere.

    An action that happens now (``at`` is None) rings for a delivery once it is committed.
    """
    with transaction.atomic():
        if at is None:
            transaction.on_commit(ring, robust=True)
        locked = Petition.objects.select_for_update(of=("self",)).select_related(
            "station__region__parent", "deputy", "stage_clock", "category"
        )
        case = locked.get(pk=petition.pk)
        target = target and _read_again(case, target)
        if by_link is not None:
            held, label = link_positions(by_link, target, at=at or timezone.now()), by_link_label(organ)
        elif held is None:
            held = _held(case, actor, proposer, organ)
        try:
            lifecycle.check(case, action, held, target)
        except ActionError as refusal:
            raise ActionError(f"{refusal} {_what_happened(case, held)}".strip()) from None
        under_way = Step(
            petition=case,
            action=action,
            at=at or timezone.now(),
            actor=actor,
            proposer=proposer,
            label=label or _label(case, actor, proposer, organ),
            target=target,
            came_from=case.status,
        )
        try:
            yield under_way
        except SupervisionError as refusal:
            raise ActionError(str(refusal)) from refusal
        case.save()
        if under_way.changes_entry:
            enter_anew([case])


def _read_again(case, target):
    """The target as it is now, which must be this case's own: rights to one case open no other."""
    owned = type(target).objects.filter(pk=target.pk, **{OWNED_BY[type(target)]: case}).first()
    if owned is None:
        raise ActionError(_("此件没有您选择的这一项。"))
    return owned


def _held(case, actor, proposer, organ):
    if actor is not None:
        return positions(case, actor, organ=organ)
    if proposer is None:
        return {SYSTEM}
    # Somebody who joined reads everything, but the case is the first proposer's to withdraw or to rate.
    return {RESIDENT} if proposer.is_first and proposer.petition_id == case.pk else set()


def _label(case, actor, proposer, organ):
    if actor is None:
        return _("反映人") if proposer is not None else _("系统")
    if organ is not None and positions(case, actor, organ=organ) & {Role.CLERK, Role.LEADER}:
        return organ.name
    held = positions(case, actor)
    for role, name in (
        (Role.OFFICER, case.station.name),
        (Role.HEAD, _("%(place)s人大主席团") % {"place": township_of(case.station).name}),
        (Role.COMMITTEE, _("人大常委会代工委")),
    ):
        if role in held:
            return name
    deputy = Deputy.objects.filter(user=actor).first()
    return _("人大代表%(name)s") % {"name": deputy.name} if deputy else actor.name


def _what_happened(case, held):
    """The last step, for those who hold a position: a resident reads public steps, and of staff the office only."""
    inside = bool(held - {RESIDENT, NEIGHBOUR})
    events = case.events.all() if inside else case.events.filter(public=True)
    last = events.order_by("-at", "-pk").select_related("actor").first()
    if last is None or not held:
        return ""
    facts = {
        "when": date_format(timezone.localtime(last.at), "Y年n月j日 H:i"),
        "who": last.actor.name if last.actor and inside else last.actor_label,
        "what": lifecycle.TABLE[last.action].label if last.action in lifecycle.TABLE else last.action,
    }
    return _("最近一步：%(who)s于%(when)s“%(what)s”。") % facts


def open_round(case, *, why=""):
    """Open the next round of a case that is under way in ``case`` (a ``Step``), ending the one before."""
    last = case.round
    if last is not None and last.closed_at is None:
        last.closed_at = case.at
        last.save(update_fields=["closed_at"])
    case.petition.current_round = last.number + 1 if last else 1
    return Round.objects.create(
        petition=case.petition, number=case.petition.current_round, opened_at=case.at, why=why[:300]
    )


def recall_assignments(case):
    """Take back what organs have of the round, with its clocks, because the case ends or goes another way."""
    for assignment in (
        Assignment.objects.current().filter(round=case.round).select_related("organ", "sign_in_clock", "answer_clock")
    ):
        assignment.state = Assignment.State.RECALLED
        assignment.save(update_fields=["state"])
        supervision.stop(assignment.sign_in_clock, at=case.at)
        supervision.stop(assignment.answer_clock, at=case.at)
        case.tell(case.people_of(assignment.organ), _("已收回，不再需要办理"))


def end(case, status):
    """Bring a case to one of its ends: nothing runs on, the round is closed."""
    if status != Status.CLOSED:
        # Replied or not: if the case comes back by an objection, its round is handed over anew.
        recall_assignments(case)
    case.stop_all_clocks()
    last = case.round
    if last.closed_at is None:
        last.closed_at = case.at
        last.save(update_fields=["closed_at"])
    case.move(status)
    if status == Status.CLOSED:
        case.petition.closed_at = case.at
