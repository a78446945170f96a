"""How things stand now: open cases by stage and by whatever else, and what of them is overdue or due soon.

None of this is a kept figure, as it depends on the day: it is counted over the open cases and the clocks that are due. Of
places so large that this takes long, once a minute.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count, Q

from insights.kept import kept
from insights.places import REGION, STATION, Place
from petitions.measures import SUBMITTED
from petitions.models import OVER, Petition, Status
from petitions.todo import Span, house_clocks

OPEN_STATUSES = [status for status in Status if status not in OVER]
CASE = "petition_link__petition"  # the way from a clock


@dataclass
class Counts:
    """Open cases, and of them those overdue and those due soon; no case is both."""

    open: int = 0
    overdue: int = 0
    soon: int = 0

    @property
    def calm(self) -> int:
        """Those that are neither."""
        return self.open - self.overdue - self.soon


@dataclass
class Standing:
    """Counts of all, by stage (status) and by key, and the moment that they speak of."""

    at: datetime | None = None
    total: Counts = field(default_factory=Counts)
    stages: dict[str, int] = field(default_factory=dict)
    by_key: dict[object, Counts] = field(default_factory=dict)

    def of(self, key) -> Counts:
        return self.by_key.get(key) or Counts()


def by_unit(place: Place):
    """Count by the units below a place: expressions over cases and over clocks."""
    return place.unit(), place.unit()


def by_topic(place: Place):
    """Count by topics of the first level."""
    return SUBMITTED.topic, replace(SUBMITTED, case=CASE).topic


def open_cases(user, place: Place):
    """The open cases of a place that a user may see."""
    return Petition.objects.visible_to(user).open().filter(place.cases).order_by()


def standing(user, place: Place, span: Span, by=None) -> Standing:
    """What is open in a place, overdue and due soon; by ``by_unit`` or ``by_topic``, or by the stage alone.

    Two queries, however many cases, units or topics there are. Of a region it may be up to a minute old (``at``).
    """
    if place.kind != REGION:
        return _count(user, place, span, by)
    # Whoever opens a region sees all of its cases, so that the count is everybody's.
    key = f"standing:{place.code}:{by.__name__ if by else ''}:{span.today}:{span.later}"
    found, found_at = kept(key, lambda: _count(user, place, span, by))
    found.at = found_at
    return found


def _count(user, place, span, by):
    cases, found = open_cases(user, place), Standing()
    of_case, of_clock = ({"key": key} for key in by(place)) if by else ({}, {})
    for row in cases.values("status", **of_case).annotate(number=Count("pk")):
        found.stages[row["status"]] = found.stages.get(row["status"], 0) + row["number"]
        found.by_key.setdefault(row.get("key"), Counts()).open += row["number"]
    pressed = of_open_cases(house_clocks(due_on__lt=span.later, **place.owner), cases, place)
    for key, late, due in _by_key(pressed, of_clock, span):
        counts = found.by_key.setdefault(key, Counts())
        counts.overdue, counts.soon = late, due - late
    for counts in found.by_key.values():
        found.total.open += counts.open
        found.total.overdue += counts.overdue
        found.total.soon += counts.soon
    return found


def of_open_cases(clocks, cases, place: Place):
    """Those of some running clocks that run on the open ``cases`` of a place.

    Of a region or a station they are found by their own station, the case's: only open cases have running clocks, and
    whoever opens a place sees all of its cases. So a million cases need not be looked up.
    """
    if place.kind == STATION:
        return clocks.filter(petition_link__isnull=False, station=place.pk)
    if place.kind == REGION:
        return clocks.filter(petition_link__isnull=False, station__region__code__startswith=place.code)
    return clocks.filter(petition_link__petition__in=cases.values("pk"))


def _by_key(pressed, of_clock, span):
    """Keys with the number of cases that have an overdue clock, and of those that have one of either kind."""
    late = Count(CASE, distinct=True, filter=Q(due_on__lt=span.today))
    numbers = {"late": late, "due": Count(CASE, distinct=True)}
    if not of_clock:
        found = pressed.aggregate(**numbers)
        return [(None, found["late"], found["due"])]
    return pressed.order_by().values(**of_clock).annotate(**numbers).values_list("key", "late", "due")
