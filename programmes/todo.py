"""What of programmes, activities and meetings needs this user today; the list of items narrows by the same conditions."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role
from accounts.services import grants_of
from programmes.models import Invitation, Item, Meeting
from programmes.permissions import OFFICE, ORGAN_SIDE

SHOWN = 10
Status = Item.Status
TASKS = {
    "sign_in": gettext_lazy("待签收的督查事项"),
    "report": gettext_lazy("待报告完成的督查事项"),
    "verify": gettext_lazy("待核实的督查事项"),
    "settle": gettext_lazy("待裁定的异议"),
}


@dataclass(frozen=True)
class Row:
    """One thing to do: what it is, where, for whom, and until when (Beijing date)."""

    title: str
    url: str
    facts: str
    due_on: dt.date | None
    late: bool


@dataclass(frozen=True)
class Group:
    """Things of one kind: how many there are, the first of them, and the list of them all."""

    key: str
    title: str
    count: int
    rows: list[Row]
    url: str


def todo_of(user) -> list[Group]:
    """Return what needs this user today, the most pressing first of each group; groups without anything are left out."""
    groups = [*_of_items(user), _invitations(user), _meetings(user)]
    return [group for group in groups if group is not None]


def condition(user, task: str) -> Q:
    """The condition of the items of a task: what the user's own unit owes, and what waits for the user's own office."""
    if task in ("sign_in", "report"):
        return _own(user) & Q(status=Status.OPEN, signed_in_at__isnull=task == "sign_in")
    waiting = Status.REPORTED if task == "verify" else Status.OBJECTED
    return _run(user) & ~_own(user) & Q(status=waiting)


def _own(user):
    """Items of a unit in which the user works, not of those that lie in a place that the user leads."""
    owned = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role in ORGAN_SIDE:
            owned |= Q(owner_organ__isnull=False, owner_organ=grant.organ_id)
        elif grant.role == Role.OFFICER:
            owned |= Q(owner_station__isnull=False, owner_station=grant.station_id)
        elif grant.role in OFFICE:
            owned |= Q(owner_region__isnull=False, owner_region=grant.region_id)
    return owned


def _run(user):
    """Items that wait for the user's own office; a presidium's are those of its villages' stations, too."""
    run = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role == Role.HEAD:
            run |= Q(region__code__startswith=grant.region_id)
        elif grant.role == Role.COMMITTEE:
            run |= Q(region=grant.region_id)
        elif grant.role == Role.OFFICER:
            run |= Q(activity__isnull=False, activity__station=grant.station_id)
    return run


def _of_items(user):
    """One query for all tasks: what is open near the user, sorted into its task."""
    either = Q()
    for task in TASKS:
        either |= condition(user, task)
    items = Item.objects.visible_to(user).filter(either).order_by("due_on", "pk")
    items = items.select_related("owner_organ", "owner_station", "owner_region", "programme")
    found = {task: [] for task in TASKS}
    for item in items:
        found[_task(item)].append(item)
    return [_group(task, items) for task, items in found.items() if items]


def _task(item):
    if item.status == Status.OPEN:
        return "report" if item.signed_in_at else "sign_in"
    return "verify" if item.status == Status.REPORTED else "settle"


def _group(task, items):
    today = timezone.localdate()
    rows = []
    for item in items[:SHOWN]:
        facts = "　".join(filter(None, [item.owner_name, item.programme and item.programme.title]))
        # While the office verifies or decides it is not the unit that is late.
        owed = task in ("sign_in", "report")
        due_on = item.due_on if owed else None
        rows.append(Row(item.title, item.get_absolute_url(), facts, due_on, owed and item.due_on < today))
    return Group(task, str(TASKS[task]), len(items), rows, f"{reverse('programmes:items')}?todo={task}")


def _invitations(user):
    organs = [grant.organ_id for grant in grants_of(user) if grant.role in ORGAN_SIDE]
    waiting = Invitation.objects.filter(
        Q(deputy__user=user) | Q(organ__in=organs),
        answer=Invitation.Answer.PENDING,
        activity__announced_at__isnull=False,
        activity__cancelled_at=None,
        activity__starts_at__gt=timezone.now(),
    )
    waiting = list(
        waiting.select_related("activity__region", "activity__station", "clock").order_by("activity__starts_at")
    )
    if not waiting:
        return None
    today = timezone.localdate()
    rows = []
    for invitation in waiting[:SHOWN]:
        activity, due_on = invitation.activity, invitation.clock and invitation.clock.due_on
        place = f"{activity.station or activity.region}　{activity.place}"
        rows.append(Row(activity.title, activity.get_absolute_url(), place, due_on, bool(due_on and due_on < today)))
    return Group("invitations", _("待回复的活动邀请"), len(waiting), rows, reverse("programmes:activities"))


def _meetings(user):
    places = [grant.region_id for grant in grants_of(user) if grant.role == Role.COMMITTEE]
    if not places:
        return None
    waiting = Meeting.objects.filter(region__in=places, status=Meeting.Status.ASKED).select_related("organ", "clock")
    waiting = list(waiting.order_by("asked_at", "pk"))
    if not waiting:
        return None
    today = timezone.localdate()
    rows = []
    for meeting in waiting[:SHOWN]:
        due_on = meeting.clock and meeting.clock.due_on
        rows.append(
            Row(meeting.title, meeting.get_absolute_url(), meeting.organ.name, due_on, bool(due_on and due_on < today))
        )
    return Group("meetings", _("待安排的约见"), len(waiting), rows, reverse("programmes:meetings"))
