"""Who has the open cases in hand now: the organ or station whose clock runs on a case, and when the first is due."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from insights.figures import Figure, to_list
from insights.places import Place
from insights.standing import CASE, open_cases
from petitions.pressing import NOBODY, RESIDENT
from petitions.todo import Span
from supervision.models import Clock

KINDS = {
    "organ": _("承办单位"),
    "station": _("联络站"),
    RESIDENT: _("群众"),
    NOBODY: _("没有期限在走"),
}


@dataclass(frozen=True)
class Holder:
    """``key`` is what the list of cases calls the holder; residents are pressed by nobody, so nothing of theirs is late."""

    key: str
    kind: str
    name: str
    open: Figure
    overdue: Figure
    soon: Figure
    first_due_on: date | None = None

    @property
    def kind_label(self):
        return KINDS[self.kind]


def holders(user, place: Place, span: Span) -> list[Holder]:
    """All holders of open cases, those with most overdue ones first, then by name; two queries.

    A case that several have in hand counts for each of them.
    """
    cases = open_cases(user, place)
    running = Clock.objects.running().filter(paused_on=None, petition_link__petition__in=cases.values("pk")).order_by()
    late, due = Q(due_on__lt=span.today), Q(due_on__lt=span.later)
    rows = running.values(
        "owner_organ__code", "owner_organ__name", "owner_station__code", "owner_station__name"
    ).annotate(
        open=Count(CASE, distinct=True),
        late=Count(CASE, distinct=True, filter=late),
        due=Count(CASE, distinct=True, filter=due),
        first_due_on=Min("due_on"),
    )
    found = [_holder(place, row) for row in rows]
    if nobodys := cases.filter(~Exists(_running_on_case())).count():
        found.append(_of(place, NOBODY, NOBODY, "", nobodys))
    return sorted(
        found, key=lambda holder: (-holder.overdue.value, -holder.soon.value, holder.key in KINDS, holder.name)
    )


def _running_on_case():
    return Clock.objects.running().filter(paused_on=None, petition_link__petition=OuterRef("pk"))


def _holder(place, row):
    facts = (row["open"], row["late"], row["due"] - row["late"], row["first_due_on"])
    for kind in ("organ", "station"):
        if code := row[f"owner_{kind}__code"]:
            return _of(place, f"{kind}-{code}", kind, row[f"owner_{kind}__name"], *facts)
    return _of(place, RESIDENT, RESIDENT, "", row["open"], first_due_on=row["first_due_on"])


def _of(place, key, kind, name, number, late=0, soon=0, first_due_on=None):
    asked = {**place.filters, "status": "open", "holder": key}
    return Holder(
        key,
        kind,
        name or KINDS[kind],
        to_list(number, **asked),
        to_list(late, **asked, due="overdue"),
        to_list(soon, **asked, due="soon"),
        first_due_on,
    )
