"""What deputies did in a year, counted from events and never typed in; no points and no ranking (国办函〔2026〕12号).

Each kind of deed is one condition, which the public pages, the duty record and its exports share, so that the number on a
page is the number of entries behind it. A year is a calendar year of Beijing time; what belongs to a reception counts on
the day of that reception, even if it was written down later.
"""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from deputies.models import Deputy, Note, Turn
from petitions.models import Petition, Status, Suggestion


@dataclass(frozen=True)
class Deeds:
    """The counts of one deputy and year."""

    receptions: int = 0
    people: int = 0
    notes: int = 0
    answered: int = 0
    cases: int = 0
    closed: int = 0
    suggestions: int = 0


def receptions_attended(year):
    """Turns at which the deputy was present (到岗), planned or not."""
    return Turn.objects.filter(present_at__isnull=False, reception__date__year=year)


def notes_taken(year):
    """Reception notes of visitors whom the deputy received."""
    return Note.objects.filter(deputy__isnull=False, reception__date__year=year)


def notes_answered(year):
    """Those of them whose matter was answered on the spot (当场答复)."""
    return notes_taken(year).filter(outcome=Note.Outcome.ANSWERED)


def cases_taken_in(year):
    """Cases addressed to the deputy that were submitted in the year."""
    return Petition.objects.filter(deputy__isnull=False, submitted_at__year=year)


def cases_closed(year):
    """Cases addressed to the deputy that were closed (办结) in the year, whenever they were submitted."""
    return Petition.objects.filter(deputy__isnull=False, status=Status.CLOSED, closed_at__year=year)


def suggestions_raised(year):
    """Formal suggestions (代表建议) that the deputy raised in the year."""
    return Suggestion.objects.filter(raised_at__year=year)


def deeds_of(deputies, year):
    """Count what deputies (a queryset or list) did in a year: ``dict[deputy pk, Deeds]``; one query for all of them."""
    counts = {
        "receptions": _counted(receptions_attended(year)),
        "people": _counted(notes_taken(year), Sum("visitors")),
        "notes": _counted(notes_taken(year)),
        "answered": _counted(notes_answered(year)),
        "cases": _counted(cases_taken_in(year)),
        "closed": _counted(cases_closed(year)),
        "suggestions": _counted(suggestions_raised(year)),
    }
    kept = [deputy.pk for deputy in deputies]
    rows = Deputy.objects.filter(pk__in=kept).order_by().values("pk", **counts)
    return {row.pop("pk"): Deeds(**row) for row in rows}


def _counted(rows, figure=None):
    own = rows.filter(deputy=OuterRef("pk")).order_by().values("deputy").annotate(figure=figure or Count("pk"))
    return Coalesce(Subquery(own.values("figure")), 0)
