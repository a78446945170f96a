"""The list of activities: what it is narrowed by, and its leaves by key; desk, file and public pages read it alike."""

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


def leaf(activities, after: str, *, is_upcoming: bool = False):
    """The leaf of activities behind the key ``after``, latest first, or soonest first where they are to come.

    Returns it with the key under which the next begins (empty on the last).
    """
    order = ["starts_at", "pk"] if is_upcoming else ["-starts_at", "-pk"]
    found = list(_behind(activities, after, is_upcoming).order_by(*order)[: LEAF + 1])
    last = found[LEAF - 1] if len(found) > LEAF else None
    return found[:LEAF], f"{last.starts_at.isoformat()}_{last.pk}" if last else ""


def _behind(activities, key, is_upcoming):
    """The activities behind the one that a leaf ended with; a key that is none begins at the front."""
    moment, _separator, pk = key.rpartition("_")
    step = "gt" if is_upcoming else "lt"
    try:
        at = dt.datetime.fromisoformat(moment).astimezone()
        return activities.filter(Q(**{f"starts_at__{step}": at}) | Q(**{"starts_at": at, f"pk__{step}": int(pk)}))
    except (ValueError, OverflowError):
        return activities
