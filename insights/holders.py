"""Who has the open cases in hand now: the organ or station whose clock runs on a case, and when the first is due."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insights.figures import Figure, to_list
from insights.kept import kept
from insights.places import REGION, Place
from insights.standing import CASE, of_open_cases, open_cases
from petitions.pressing import NOBODY, RESIDENT
from petitions.todo import Span
from supervision.models import Clock

KINDS = {
    "organ": _("承办单位"),
    "station": _("联络站"),
    RESIDENT: _("群众"),
    NOBODY: _("没有进行中的期限"),
}


@dataclass(frozen=True)
class Holder:
    """``key`` is what the list of cases calls the holder; residents are pressed by nobody, so nothing of theirs is late."""

    place: Place
    key: str
    kind: str
    name: str
    number: int
    late: int = 0
    nearly_late: int = 0
    first_due_on: date | None = None

    @property
    def kind_label(self):
        return KINDS[self.kind]

    @property
    def open(self) -> Figure:
        return to_list(self.number, **self._asked)

    @property
    def overdue(self) -> Figure:
        return to_list(self.late, **self._asked, due="overdue")

    @property
    def soon(self) -> Figure:
        return to_list(self.nearly_late, **self._asked, due="soon")

    @property
    def _asked(self):
        return {**self.place.filters, "status": "open", "holder": self.key}


def holders(user, place: Place, span: Span) -> tuple[list[Holder], datetime]:
    """All holders of open cases, those with most overdue ones first, then by name, and the moment that this speaks of.

    Two queries. A case that several have in hand counts for each of them. Of a region it may be up to a minute old.
    """
    if place.kind != REGION:
        return _count(user, place, span), timezone.now()
    # Whoever opens a region sees all of its cases, so that the count is everybody's.
    return kept(f"holders:{place.code}:{span.today}:{span.later}", lambda: _count(user, place, span))


def _count(user, place, span):
    cases = open_cases(user, place)
    running = of_open_cases(Clock.objects.running().filter(paused_on=None), cases, place).order_by()
    rows = running.values(
        "owner_organ__code", "owner_organ__name", "owner_station__code", "owner_station__name"
    ).annotate(
        open=Count(CASE, distinct=True),
        late=Count(CASE, distinct=True, filter=Q(due_on__lt=span.today)),
        due=Count(CASE, distinct=True, filter=Q(due_on__lt=span.later)),
        first_due_on=Min("due_on"),
    )
    found = [_holder(place, row) for row in rows]
    if nobodys := cases.filter(~Exists(_running_on_case())).count():
        found.append(Holder(place, NOBODY, NOBODY, str(KINDS[NOBODY]), nobodys))
    return sorted(found, key=lambda holder: (-holder.late, -holder.nearly_late, holder.key in KINDS, holder.name))


def _running_on_case():
    return Clock.objects.running().filter(paused_on=None, petition_link__petition=OuterRef("pk"))


def _holder(place, row):
    for kind in ("organ", "station"):
        if code := row[f"owner_{kind}__code"]:
            name, late, due = row[f"owner_{kind}__name"], row["late"], row["due"]
            return Holder(place, f"{kind}-{code}", kind, name, row["open"], late, due - late, row["first_due_on"])
    return Holder(place, RESIDENT, RESIDENT, str(KINDS[RESIDENT]), row["open"], first_due_on=row["first_due_on"])
