"""What deputies did in a year, counted from events and never typed in; no points and no ranking (国办函〔2026〕12号).

Each kind of deed is one condition, which the public pages, the duty record and its exports share, so that the number on a
page is the number of entries behind it. A year is a calendar year of Beijing time; what belongs to a reception counts on
the day of that reception, even if it was written down later.
"""

from dataclasses import dataclass, fields

from django.db.models import Count, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from deputies.models import Deputy, Note, Turn
from petitions.models import Event, Petition, Status, Suggestion
from programmes.models import Attendance, Invitation


@dataclass(frozen=True)
class Deeds:
    """The counts of one deputy and year."""

    receptions: int = 0
    people: int = 0
    notes: int = 0
    answered: int = 0
    cases: int = 0
    closed: int = 0
    spot: int = 0
    suggestions: int = 0
    co_sponsored: int = 0
    activities: int = 0


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


def cases_answered(year):
    """The deeds of answering a case on the spot (当场答复) that the deputy did with their own account."""
    own = Event.objects.filter(action="answer_on_spot", petition__deputy__user=F("actor"), at__year=year)
    return own.annotate(deputy=F("petition__deputy"))


def suggestions_raised(year):
    """Formal suggestions (代表建议) that the deputy raised in the year."""
    return Suggestion.objects.filter(raised_at__year=year)


def suggestions_co_sponsored(year):
    """Suggestions of others, raised in the year, that bear the deputy's name (联名)."""
    return Suggestion.co_sponsors.through.objects.filter(suggestion__raised_at__year=year)


def activities_attended(year):
    """Activities that began in the year and that the deputy came to, by the attendance on record; no count of hours."""
    came = Invitation.objects.filter(deputy__isnull=False, attendance=Attendance.CAME)
    return came.filter(activity__cancelled_at=None, activity__starts_at__year=year)


def with_deeds(deputies, year):
    """Annotate deputies (a queryset) with their counts as ``did_receptions`` and so on; no further query."""
    return deputies.annotate(
        did_receptions=_counted(receptions_attended(year)),
        did_people=_counted(notes_taken(year), Sum("visitors")),
        did_notes=_counted(notes_taken(year)),
        did_answered=_counted(notes_answered(year)),
        did_cases=_counted(cases_taken_in(year)),
        did_closed=_counted(cases_closed(year)),
        did_spot=_counted(cases_answered(year)),
        did_suggestions=_counted(suggestions_raised(year)),
        did_co_sponsored=_counted(suggestions_co_sponsored(year)),
        did_activities=_counted(activities_attended(year)),
    )


def deeds_of(deputies, year):
    """Count what deputies (a queryset or list) did in a year: ``dict[deputy pk, Deeds]``; one query for all of them."""
    kept = Deputy.objects.filter(pk__in=[deputy.pk for deputy in deputies])
    kinds = [field.name for field in fields(Deeds)]
    return {
        deputy.pk: Deeds(**{kind: getattr(deputy, f"did_{kind}") for kind in kinds})
        for deputy in with_deeds(kept, year)
    }


def _counted(rows, figure=None):
    own = rows.filter(deputy=OuterRef("pk")).order_by().values("deputy").annotate(figure=figure or Count("pk"))
    return Coalesce(Subquery(own.values("figure")), 0)
