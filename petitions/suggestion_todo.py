"""What suggestions need somebody now: each task is a condition, the same on the desk's first page and in the list."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.services import grants_of
from petitions.models import Suggestion, SuggestionClock, SuggestionPart, SuggestionPromise, SuggestionReply
from petitions.permissions import ORGAN_SIDE
from stations.models import TOWNSHIP_DIGITS
from supervision.models import Reminder

Status, Promised = Suggestion.Status, SuggestionPromise.State


@dataclass(frozen=True)
class Task:
    """A kind of work that waits: its key in addresses, its words, and which of the visible suggestions it means."""

    key: str
    title: str
    condition: Q


def tasks_of(user) -> list[Task]:
    """The tasks of a user's roles, most owed first."""
    office, tasks = Q(), []
    organs, led = [], []
    is_deputy = False
    for grant in grants_of(user):
        is_deputy |= grant.role == Role.DEPUTY
        if grant.role in ORGAN_SIDE:
            organs.append(grant.organ_id)
            led += [grant.organ_id] if grant.role == Role.LEADER else []
        elif grant.role == Role.COMMITTEE or (grant.role == Role.HEAD and len(grant.region_id) == TOWNSHIP_DIGITS):
            office |= Q(region=grant.region_id)
    if office:
        asked = SuggestionPart.Asked.ASKED
        tasks += [
            Task("hand_over", _("代表建议待交办"), office & Q(status=Status.RAISED)),
            Task("decide_return", _("代表建议退回申请待决定"), office & _part(return_state=asked)),
            Task("decide_extension", _("代表建议延长申请待决定"), office & _part(extension_state=asked)),
            Task("verify_delivery", _("代表建议承诺待核实"), office & _promise(state=Promised.DELIVERED)),
        ]
    if organs:
        drafted = SuggestionReply.objects.filter(part=OuterRef("pk"), state=SuggestionReply.State.DRAFT)
        owed = Reminder.objects.filter(
            clock__suggestion_link__suggestion=OuterRef("pk"),
            clock__owner_organ__in=organs,
            must_acknowledge=True,
            acknowledged_at=None,
        )
        tasks += [
            Task(
                "acknowledge", _("代表建议督办单待回执"), Q(Exists(owed), status__in=[*Suggestion.OPEN, Status.CLOSED])
            ),
            Task("sign_in", _("代表建议待签收"), _part(organ__in=organs, signed_in_at=None)),
            Task("answer", _("代表建议待答复"), _part(organ__in=organs, signed_in_at__isnull=False)),
            Task(
                "report_delivery",
                _("代表建议承诺待兑现"),
                _promise(state=Promised.OPEN, reply__part__organ__in=organs),
            ),
        ]
        if led:
            tasks.append(Task("sign_off", _("代表建议答复待签发"), _part(Exists(drafted), organ__in=led)))
    if is_deputy:
        tasks.append(Task("rate", _("代表建议待评价"), Q(deputy__user=user, status=Status.ANSWERED)))
    return tasks


def _part(*conditions, **facts):
    open_ones = SuggestionPart.objects.open().filter(*conditions, round__suggestion=OuterRef("pk"), **facts)
    return Q(Exists(open_ones), status=Status.HANDLING)


def _promise(**facts):
    promises = SuggestionPromise.objects.filter(reply__part__round__suggestion=OuterRef("pk"), **facts)
    return Q(Exists(promises), status__in=[Status.ANSWERED, Status.CLOSED])


def waiting(user, key):
    """The suggestions of one task of a user, by its key in an address; none when the user has no such task."""
    wanted = [task.condition for task in tasks_of(user) if task.key == key]
    seen = Suggestion.objects.visible_to(user)
    return seen.filter(wanted[0]) if wanted else seen.none()


def first_due():
    """An expression over suggestions: the due date of the running clock that is due first, or nothing."""
    running = SuggestionClock.objects.filter(suggestion=OuterRef("pk"), clock__stopped_at=None, clock__paused_on=None)
    return Subquery(running.order_by("clock__due_on").values("clock__due_on")[:1])


def attach_clocks(suggestions, calendar, today) -> None:
    """Give each suggestion ``clock``: its running clock that is due first, with its reading, or None. One query for all."""
    running = {}
    links = SuggestionClock.objects.filter(suggestion__in=[one.pk for one in suggestions], clock__stopped_at=None)
    owners = ("clock__owner_organ", "clock__owner_region", "clock__owner_user")
    for link in links.select_related(*owners):
        running.setdefault(link.suggestion_id, []).append(link.clock)
    for one in suggestions:
        clocks = sorted(running.get(one.pk, []), key=lambda clock: (clock.is_paused, clock.due_on, clock.pk))
        one.clock = clocks[0] if clocks else None
        if one.clock is not None:
            one.clock.now = one.clock.reading(calendar, today)
