"""The list of activities: what it is narrowed by; desk, file and public pages read it alike."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from programmes.models import Activity

LEAF = 40
State = Activity.State


def states(at: dt.datetime) -> dict[str, Q]:
    """Each ``Activity.State`` as a condition at a moment."""
    standing = Q(cancelled_at=None, closed_at=None)
    return {
        State.PLANNED: standing & Q(announced_at=None),
        State.ANNOUNCED: standing & Q(announced_at__isnull=False, ends_at__gt=at),
        State.OVER: standing & Q(announced_at__isnull=False, ends_at__lte=at),
        State.CLOSED: Q(cancelled_at=None, closed_at__isnull=False),
        State.CANCELLED: Q(cancelled_at__isnull=False),
    }


def narrowed(activities, *, kind: str = "", state: str = "", year: int | None = None):
    """Activities of a kind, in a state, of a year (Beijing time); what is empty narrows nothing."""
    if kind:
        activities = activities.filter(kind=kind)
    if state:
        activities = activities.filter(states(timezone.now())[state])
    return activities.filter(starts_at__year=year) if year else activities
