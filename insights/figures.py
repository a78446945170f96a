"""The dashboard's figures: each is counted by the same condition as the list that it leads to."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef
from django.urls import reverse
from django.utils.http import urlencode

from petitions.models import OVER, Assignment, Petition, Status
from petitions.todo import Span, due_soon, overdue

OPEN_STATUSES = [status for status in Status if status not in OVER]
# Who holds a case in a status, and with what.
HOLDERS = {
    Status.SUBMITTED: "station",
    Status.NEEDS_INFO: "resident",
    Status.ACCEPTED: "station",
    Status.HANDLING: "organ",
    Status.REVIEWING: "station",
    Status.RATING: "resident",
    Status.TRACKING: "both",
}


@dataclass(frozen=True)
class Figure:
    """A number and the address of exactly the cases that it counts."""

    value: int
    to: str


@dataclass(frozen=True)
class Row:
    """A line of a table: a name and its figures of open, soon and overdue cases."""

    name: str
    open: Figure
    soon: Figure
    overdue: Figure


def figure(value, **filters) -> Figure:
    """A number with the list narrowed by the same filters."""
    return Figure(value, f"{reverse('petitions:list')}?{urlencode(filters)}")


def visible_open(user):
    """The open cases that a user may see."""
    return Petition.objects.visible_to(user).open().order_by()


def totals(user, span: Span) -> dict[str, Figure]:
    """Open, soon and overdue; one query."""
    counted = visible_open(user).aggregate(**_counts(span))
    return {
        "open": figure(counted["open"], status="open"),
        "soon": figure(counted["soon"], status="open", due="soon"),
        "overdue": figure(counted["overdue"], status="open", due="overdue"),
    }


def by_status(user) -> list[tuple[Status, str, Figure]]:
    """Open cases by where they stand, with who holds them there; one query."""
    counted = dict(visible_open(user).values_list("status").annotate(n=Count("pk")))
    return [(status, HOLDERS[status], figure(counted.get(status, 0), status=status.value)) for status in OPEN_STATUSES]


def by_station(user, span: Span) -> list[Row]:
    """Stations with open cases, those with most overdue first; one query."""
    rows = visible_open(user).values_list("station__name", "station__code").annotate(**_counts(span))
    return _rows(rows, "station")


def by_organ(user, span: Span) -> list[Row]:
    """Organs that have a part in an open case now, by their own clocks; one query."""
    parts = Assignment.objects.current().filter(round__petition__in=visible_open(user).values("pk")).order_by()
    own = {"case": "round__petition", "owner_organ": OuterRef("organ")}
    rows = parts.values_list("organ__name", "organ__code").annotate(**_counts(span, "round__petition", **own))
    return _rows(rows, "organ")


def _counts(span, counted="pk", **own):
    return {
        "open": Count(counted, distinct=True),
        "soon": Count(counted, distinct=True, filter=due_soon(span, **own)),
        "overdue": Count(counted, distinct=True, filter=overdue(span, **own)),
    }


def _rows(rows, kind):
    """Lines of a table, those with most overdue cases first."""
    lines = [
        Row(
            name=name,
            open=figure(all_open, status="open", **{kind: code}),
            soon=figure(soon, status="open", due="soon", **{kind: code}),
            overdue=figure(late, status="open", due="overdue", **{kind: code}),
        )
        for name, code, all_open, soon, late in rows
    ]
    return sorted(lines, key=lambda line: (-line.overdue.value, -line.soon.value, -line.open.value, line.name))
