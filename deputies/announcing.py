"""What residents are told of reception days: the published ones, with who receives and how many slots are left."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.models import Appointment
from deputies.services.appointments import closed_why, slots_of


def with_all_told(receptions):
    """Published days with what a public list tells of each: place, deputies, organs, booked slots; three queries."""
    booked = Appointment.objects.standing().filter(reception=OuterRef("pk")).order_by("slot").values("slot")
    told = receptions.published().select_related("station__region__parent__parent__parent")
    return told.prefetch_related("deputies", "organs").annotate(booked=ArraySubquery(booked))


def announced(receptions, *, at=None):
    """Reckon for each of the days of ``with_all_told`` what a resident can do now; returns them as a list.

    ``free`` is the number of slots that may be booked; ``instead`` is what a list says where there is none.
    """
    at = at or timezone.now()
    receptions = list(receptions)
    for day in receptions:
        taken = set(day.booked)
        day.free = 0 if closed_why(day, at=at) else sum(slot not in taken for slot in slots_of(day))
        day.instead = "" if day.free or day.cancelled_at else _instead(day, at)
    return receptions


def _instead(day, at):
    if day.closed_at or at >= day.ends_at:
        return _("已结束")
    if day.opened_at or at >= day.starts_at:
        return _("正在接待，可以直接来")
    return _("时段已约满，可以直接来") if day.slot_minutes else _("不用预约，直接来")
