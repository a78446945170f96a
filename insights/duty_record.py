"""The duty record (一人一档) of a deputy and year: entries made from events only, with nothing to type in and no points."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import CharField, DateField, Exists, OuterRef, TextChoices, Value
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deputies.models import Note, Reception
from insights import deeds
from petitions.models import Petition, Suggestion
from programmes.models import Activity


class Kind(TextChoices):
    """What a deputy did, named as the counts of ``deeds``."""

    RECEPTION = "receptions", gettext_lazy("到岗接待")
    NOTE = "notes", gettext_lazy("接待记录")
    CASE = "cases", gettext_lazy("反映给本人的意见")
    SPOT = "spot", gettext_lazy("当场答复的意见")
    CLOSED = "closed", gettext_lazy("已办结的意见")
    SUGGESTION = "suggestions", gettext_lazy("代表建议")
    CO_SPONSORED = "co_sponsored", gettext_lazy("联名建议")
    ACTIVITY = "activities", gettext_lazy("参加活动")


@dataclass(frozen=True)
class Entry:
    """A deed: its day (Beijing), kind and title, the station, and the address of its source ("" if not for the reader)."""

    on: dt.date
    kind: Kind
    title: str
    station: str
    to: str


def entries(deputy, year: int, user) -> list[Entry]:
    """What a deputy did in a year, newest first; one query.

    A note or a case is named and linked only for a ``user`` who may open it; identity never comes up.
    """
    first, *others = [
        _source(rows.filter(deputy=deputy.pk), Kind(kind), user) for kind, rows in _conditions(year).items()
    ]
    return [_entry(*row) for row in first.union(*others, all=True).order_by("-on", "kind", "-source")]


def totals(found: list[Entry]) -> list[tuple[Kind, int]]:
    """How many entries there are of each kind, in the order of the kinds, noughts too."""
    counted = Counter(entry.kind for entry in found)
    return [(kind, counted[kind]) for kind in Kind]


def _conditions(year):
    return {
        Kind.RECEPTION: deeds.receptions_attended(year),
        Kind.NOTE: deeds.notes_taken(year),
        Kind.CASE: deeds.cases_taken_in(year),
        Kind.SPOT: deeds.cases_answered(year),
        Kind.CLOSED: deeds.cases_closed(year),
        Kind.SUGGESTION: deeds.suggestions_raised(year),
        Kind.CO_SPONSORED: deeds.suggestions_co_sponsored(year),
        Kind.ACTIVITY: deeds.activities_attended(year),
    }


# Where no station holds an activity, its place does.
HELD_BY = Coalesce("activity__station__name", "activity__region__name")
# The way to the day, the title, the station, what the page of the source is found by, and the source itself.
WAYS = {
    Kind.RECEPTION: (
        "reception__date",
        "reception__station__name",
        "reception__station__name",
        "reception__pk",
        Reception,
    ),
    Kind.NOTE: ("reception__date", "topic", "reception__station__name", "pk", Note),
    Kind.CASE: ("submitted_at", "title", "station__name", "number", Petition),
    Kind.SPOT: ("at", "petition__title", "petition__station__name", "petition__number", Petition),
    Kind.CLOSED: ("closed_at", "title", "station__name", "number", Petition),
    Kind.SUGGESTION: ("raised_at", "title", "region__name", "number", Suggestion),
    Kind.CO_SPONSORED: (
        "suggestion__raised_at",
        "suggestion__title",
        "suggestion__region__name",
        "suggestion__number",
        Suggestion,
    ),
    Kind.ACTIVITY: ("activity__starts_at", "activity__title", HELD_BY, "activity__pk", Activity),
}


# The page of a source that is no case.
PAGES = {
    Kind.RECEPTION: "deputies:reception",
    Kind.NOTE: "deputies:note",
    Kind.SUGGESTION: "petitions:suggestion",
    Kind.CO_SPONSORED: "petitions:suggestion",
    Kind.ACTIVITY: "programmes:activity",
}


def _source(rows, kind, user):
    """The rows of a kind as ``(on, kind, said, at_station, source, seen)``."""
    on, title, station, key, model = WAYS[kind]
    found_by = "number" if model in (Petition, Suggestion) else "pk"
    seen = model.objects.visible_to(user).order_by().filter(**{found_by: OuterRef(key)})
    return (
        rows.order_by()
        .annotate(
            on=Cast(on, DateField()) if on == "reception__date" else TruncDate(on),
            kind=Value(kind.value, output_field=CharField()),
            said=_text(title),
            at_station=_text(station),
            source=_text(key),
            seen=Exists(seen),
        )
        .values_list("on", "kind", "said", "at_station", "source", "seen")
    )


def _text(field):
    return Cast(field, CharField())


def _entry(on, kind, title, station, key, seen):
    kind, to = Kind(kind), ""
    if kind == Kind.RECEPTION:
        title = _("接待日")
    if seen:
        to = reverse(PAGES.get(kind, "petitions:case"), args=[key])
    elif kind != Kind.RECEPTION:
        title = _("（内容由所属联络站保管）")
    return Entry(on=on, kind=kind, title=title, station=station, to=to)
