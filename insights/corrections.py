"""What was changed after its month was locked."""

from django.db.models import DateTimeField, OuterRef, Subquery, Value
from django.db.models.functions import Left

from insights.models import MonthLock
from petitions.models import Event
from petitions.periods import Kind, beginning_of
from stations.models import CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS


def corrected_on():
    """An expression over cases: the last event after the month of their submission was first locked, or nothing.

    A month is locked by the township, the county or the city of the case's station. Where nothing was ever locked, which
    one query tells, no case is looked at.
    """
    if not MonthLock.objects.exists():
        return Value(None, output_field=DateTimeField())
    place = OuterRef(OuterRef("station__region_id"))
    locks = MonthLock.objects.filter(
        first_day=beginning_of(Kind.MONTH, OuterRef(OuterRef("submitted_at"))),
        region__in=[Left(place, digits) for digits in (CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS)],
    )
    first_lock = Subquery(locks.order_by("locked_at").values("locked_at")[:1])
    later = Event.objects.filter(petition=OuterRef("pk"), at__gt=first_lock)
    return Subquery(later.order_by("-at").values("at")[:1])
