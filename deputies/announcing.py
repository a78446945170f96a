"""What residents are told of reception days: the published ones, with who receives and how many slots are left."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from deputies.models import Appointment
from deputies.services.appointments import closed_why, slots_of


def with_all_told(receptions):
    """Published days with what a public list tells of each: place, deputies, organs, booked slots; three queries."""
    booked = Appointment.objects.standing().filter(reception=OuterRef("pk")).order_by("slot").values("slot")
    told = receptions.published().select_related("station__region__parent__parent__parent")
    return told.prefetch_related("deputies", "organs").annotate(booked=ArraySubquery(booked))


def announced(receptions, *, at=None):
    """Reckon for each of the days of ``with_all_told`` how many slots are ``free`` for booking; returns them as a list."""
    receptions = list(receptions)
    for day in receptions:
        taken = set(day.booked)
        day.free = 0 if closed_why(day, at=at) else sum(slot not in taken for slot in slots_of(day))
    return receptions
