"""What was changed after a month that it counts in was locked."""

from django.db.models import DateField, DateTimeField, Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Left

from insights.models import MonthLock
from papers.sheets import ZONE
from petitions.models import Event, Round
from stations.models import CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS

# What is only written down changes neither where a case stands nor a figure.
NOTES = ("note_progress", "note_suggestion", "note_meeting", "ask_meeting")


def corrected_on():
    """An expression over cases: the last change after a month that they count in was first locked, or nothing.

    A case counts in the months of its submission, its acceptance and its answers. A month is locked by the township, the
    county or the city of the case's station. Where nothing was ever locked, which one query tells, no case is looked at.
    """
    if not MonthLock.objects.exists():
        return Value(None, output_field=DateTimeField())
    place, held = OuterRef(OuterRef("station__region_id")), Q()
    for digits in (CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS):
        held |= Q(region=Left(place, digits))
    counts = Q(first_day=_month(OuterRef(OuterRef("submitted_at"))))
    counts |= Q(first_day=_month(OuterRef(OuterRef("accepted_at"))))
    answers = Round.objects.filter(petition=OuterRef(OuterRef(OuterRef("pk"))))
    counts |= Q(Exists(answers.annotate(month=_month(F("told_at"))).filter(month=OuterRef("first_day"))))
    locks = MonthLock.objects.filter(held & counts)
    first_lock = Subquery(locks.order_by("locked_at").values("locked_at")[:1])
    later = Event.objects.filter(petition=OuterRef("pk"), at__gt=first_lock).exclude(action__in=NOTES)
    return Subquery(later.order_by("-at").values("at")[:1])


def _month(moment):
    """The first day of the month (Beijing) of a moment, of an outer query too, which Django's own truncation does not take."""
    month = f"date_trunc('month', %(expressions)s AT TIME ZONE '{ZONE}')::date"
    return Func(moment, template=month, output_field=DateField())
