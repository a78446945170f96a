"""What a row of the list of cases shows; pieces that many rows share, such as a status with its sign, are made once."""

from functools import lru_cache
from html import escape
from types import SimpleNamespace
from typing import TypedDict

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from petitions.models import Petition
from supervision.models import Clock

KEPT = 4096  # pieces of each kind that a worker keeps


class Row(TypedDict):
    """One case as HTML, cell by cell. A template finds a key sooner than an attribute, and there are hundreds of cells."""

    case: str
    tags: str
    holder: str
    due: str
    submitted: str


def rows_of(petitions):
    """The rows of these cases, which have a ``station_name`` and their clock (``pressing.attach_clocks``)."""
    language, stem = get_language(), reverse("petitions:case", args=["0"]).removesuffix("0/")
    return [_row(language, stem, petition, petition.clock) for petition in petitions]


def _row(language, stem, petition, clock):
    day = timezone.localtime(petition.submitted_at)
    owner = clock.owner_name if clock else ""
    return Row(
        case=_case(stem, petition.number, petition.title, petition.station_name),
        tags=_tags(language, petition.status, petition.severity, petition.current_round),
        holder=_holder(language, clock and clock.duty, owner, petition.waiting, petition.is_over),
        due=_due(language, *((clock.now.light, clock.now.late, clock.due_on, clock.provisional) if clock else ())),
        submitted=f"{day.year}年{day.month}月{day.day}日",
    )


def _case(stem, number, title, station):
    return mark_safe(  # noqa: S308 - all of it is escaped
        f'<a href="{stem}{escape(number)}/">{escape(title)}</a>'
        f'<span class="row-facts"><span>{escape(number)}</span><span>{escape(station)}</span></span>'
    )


@lru_cache(KEPT)
def _tags(_language, status, severity, current_round):
    case = Petition(status=status, severity=severity, current_round=current_round)
    return _piece("petitions/desk/_tags.html", {"petition": case})


@lru_cache(KEPT)
def _holder(_language, duty, owner, waiting, is_over):
    label = Clock(duty=duty).get_duty_display() if duty else ""
    facts = {"duty": label, "owner": owner, "waiting": waiting, "is_over": is_over}
    return _piece("petitions/desk/_holder.html", facts)


@lru_cache(KEPT)
def _due(_language, light=None, late=False, due_on=None, provisional=False):
    now = SimpleNamespace(light=light, late=late)
    clock = SimpleNamespace(now=now, due_on=due_on, provisional=provisional) if light else None
    return _piece("petitions/desk/_due.html", {"clock": clock})


def _piece(template, facts):
    return mark_safe(render_to_string(template, facts).strip())  # noqa: S308 - a template has escaped it
