"""What of suggestions, items, activities and meetings needs this user today; their lists narrow by the same conditions."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import CharField, Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role
from accounts.services import grants_of
from petitions import suggestion_todo
from petitions.models import Suggestion
from programmes.models import Invitation, Item, Meeting, office_name
from programmes.permissions import OFFICE, ORGAN_SIDE
from stations.models import Region

SHOWN = 5
NOTHING = Value("")
Status = Item.Status
TASKS = {
    "sign_in": gettext_lazy("待签收的督查事项"),
    "report": gettext_lazy("待报告完成的督查事项"),
    "verify": gettext_lazy("待核实的督查事项"),
    "settle": gettext_lazy("待裁定的异议"),
}
# What every row says, whatever it is of: which task, when it is due, its place among its like, how many there are, the key
# of its page, its title, the unit or place (with its level where it is a region's office), and where it belongs.
COLUMNS = ("task", "due", "pk", "total", "page", "said", "whose", "level", "within")


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
    """Return what needs this user today, the most pressing first of each group; groups without anything are left out.

    One query, and five rows of each group at the most, however many there are.
    """
    tasks = {task.key: task for task in (*_suggestions(user), *_items(user), _invitations(user), _meetings(user))}
    today, groups = timezone.localdate(), {}
    first, *others = [task.first for task in tasks.values()]
    rows = first.union(*others, all=True)
    for key, due_on, _pk, total, *facts in sorted(rows, key=lambda row: (row[1] or dt.date.max, row[2])):
        task = tasks[key]
        group = groups.setdefault(key, Group(key, str(task.title), total, [], task.listed))
        group.rows.append(_row(task, due_on, today, *facts))
    return [groups[key] for key in tasks if key in groups]


@dataclass(frozen=True)
class _Task:
    """A kind of work that waits: its words, the page of one, the address of the list, and the query of its first ones."""

    key: str
    title: str
    page: str
    listed: str
    first: QuerySet


def _row(task, due_on, today, page, title, whose, level, within):
    whose = office_name(Region(name=whose, level=level)) if level else whose
    facts = "　".join(filter(None, [whose, within]))
    return Row(title, reverse(task.page, args=[page]), facts, due_on, bool(due_on and due_on < today))


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


def _suggestions(user):
    visible = Suggestion.objects.visible_to(user)
    for task in suggestion_todo.tasks_of(user):
        key, listed = f"suggestion-{task.key}", f"{reverse('petitions:suggestions')}?todo={task.key}"
        rows = visible.filter(task.condition)
        facts = {
            "due": suggestion_todo.first_due(),
            "page": F("number"),
            "said": F("title"),
            "whose": F("region__name"),
        }
        yield _Task(key, task.title, "petitions:suggestion", listed, _first(rows, key, within=F("number"), **facts))


def _items(user):
    """What is owed by its due date, and what waits for the office by the date of the office's own clock."""
    for key, title in TASKS.items():
        rows = _first(
            Item.objects.visible_to(user).filter(condition(user, key)),
            key,
            due=F("due_on" if key in ("sign_in", "report") else "check_clock__due_on"),
            page=F("pk"),
            said=F("title"),
            whose=Coalesce("owner_organ__name", "owner_station__name", "owner_region__name"),
            level=F("owner_region__level"),
            within=Coalesce("programme__title", "activity__programme__title", "activity__title"),
        )
        yield _Task(key, title, "programmes:item", f"{reverse('programmes:items')}?todo={key}", rows)


def _invitations(user):
    organs = [grant.organ_id for grant in grants_of(user) if grant.role in ORGAN_SIDE]
    waiting = Invitation.objects.filter(
        Q(deputy__user=user) | Q(organ__in=organs),
        answer=Invitation.Answer.PENDING,
        activity__announced_at__isnull=False,
        activity__cancelled_at=None,
        activity__starts_at__gt=timezone.now(),
    )
    rows = _first(
        waiting,
        "invitations",
        due=F("clock__due_on"),
        page=F("activity_id"),
        said=F("activity__title"),
        whose=Coalesce("activity__station__name", "activity__region__name"),
        within=F("activity__place"),
    )
    listed = reverse("programmes:activities")
    return _Task("invitations", _("待回复的活动邀请"), "programmes:activity", listed, rows)


def _meetings(user):
    places = [grant.region_id for grant in grants_of(user) if grant.role == Role.COMMITTEE]
    waiting = Meeting.objects.filter(region__in=places, status=Meeting.Status.ASKED)
    facts = {"due": F("clock__due_on"), "page": F("pk"), "said": F("title"), "whose": F("organ__name")}
    listed = f"{reverse('programmes:meetings')}?status={Meeting.Status.ASKED}"
    return _Task("meetings", _("待安排的约见"), "programmes:meeting", listed, _first(waiting, "meetings", **facts))


def _first(rows, task, *, page, level=NOTHING, within=NOTHING, **facts):
    """The first five rows of a task, the first due first, each with how many there are in all."""
    texts = {"page": page, "level": level, "within": within}
    return (
        rows.order_by()
        .annotate(
            task=Value(task),
            total=Window(Count("pk")),
            **facts,
            **{name: Cast(text, CharField()) for name, text in texts.items()},
        )
        .order_by(F("due").asc(nulls_last=True), "pk")
        .values_list(*COLUMNS)[:SHOWN]
    )
