"""What was changed after its month was locked."""

from django.db.models import DateField, DateTimeField, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Left

from insights.models import MonthLock
from papers.sheets import ZONE
from petitions.models import Event
from stations.models import CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS


def corrected_on():
    """An expression over cases: the last event after the month of their submission was first locked, or nothing.

    A month is locked by the township, the county or the city of the case's station. Where nothing was ever locked, which
    one query tells, no case is looked at.
    """
    if not MonthLock.objects.exists():
        return Value(None, output_field=DateTimeField())
    place, held = OuterRef(OuterRef("station__region_id")), Q()
    for digits in (CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS):
        held |= Q(region=Left(place, digits))
    locks = MonthLock.objects.filter(held, first_day=_month(OuterRef(OuterRef("submitted_at"))))
    first_lock = Subquery(locks.order_by("locked_at").values("locked_at")[:1])
    later = Event.objects.filter(petition=OuterRef("pk"), at__gt=first_lock)
    return Subquery(later.order_by("-at").values("at")[:1])


def _month(moment):
    """The first day of the month (Beijing) of a moment of an outer query, which Django's own truncation does not take."""
    month = f"date_trunc('month', %(expressions)s AT TIME ZONE '{ZONE}')::date"
    return Func(moment, template=month, output_field=DateField())
