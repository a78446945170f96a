"""The groups of the desk's first page: every task of a user with its count and its first cases."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Value, Window
from django.utils import timezone

from accounts.services import grants_of
from insights.kept import kept
from petitions.models import Petition
from petitions.pressing import attach_clocks, first_due
from petitions.todo import Span, Task, tasks_of
from workdays.calendar import Calendar

SHOWN = 5


@dataclass
class Group:
    """A task with how many cases it has now, and up to five of them, the most pressing first."""

    task: Task
    count: int
    cases: list[Petition]


def gather(user, span: Span, calendar: Calendar) -> tuple[list[Group], datetime]:
    """Return the user's tasks that have cases, and the moment that they speak of; three queries, however many there are.

    That moment is a minute ago at most, where a user has so many cases that counting them takes long.
    """
    tasks = tasks_of(user, span)
    if not tasks:
        return [], timezone.now()
    grants = ",".join(str(grant.pk) for grant in grants_of(user))
    cases = Petition.objects.visible_to(user).open().order_by()
    (counts, shown), at = kept(f"desk:{user.pk}:{grants}:{span.today}:{span.later}", lambda: _shown(tasks, cases))
    keys = {key for listed in shown.values() for key in listed}
    cases = Petition.objects.select_related("station").in_bulk(keys)
    attach_clocks(list(cases.values()), user, calendar, span.today)
    return [
        Group(task, counts[task.key], [cases[key] for key in shown[task.key]]) for task in tasks if shown[task.key]
    ], at


def _shown(tasks, visible):
    """How many cases each task has, and the keys of its first ones; one query."""
    parts = [
        visible.filter(task.condition)
        .annotate(task=Value(task.key), due=first_due(), total=Window(Count("pk")))
        .order_by(F("due").asc(nulls_last=True), "pk")
        .values_list("task", "due", "pk", "total")[:SHOWN]
        for task in tasks
    ]
    counts, shown = {}, {task.key: [] for task in tasks}
    rows = parts[0].union(*parts[1:], all=True)
    for key, _due, pk, total in sorted(rows, key=lambda row: (row[1] or date.max, row[2])):
        counts[key] = total
        shown[key].append(pk)
    return counts, shown
