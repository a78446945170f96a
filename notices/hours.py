"""What waits in the outbox for office hours, when the hours or the calendar change."""

from datetime import datetime, time

from django.utils import timezone

from workdays.calendar import BEIJING, Calendar

from .models import Message


def follow_hours(old: Calendar, new: Calendar, *, at: datetime) -> int:
    """Put the queued messages of people of the house where the new hours have them; return how many moved.

    A message that waited for the old opening waits for the new one of that day; any other keeps its moment where that
    lies in the new hours, and else waits for the next opening. Two queries, and one for each moment that moves.
    """
    queued = Message.objects.filter(status=Message.Status.QUEUED, recipient__isnull=False, next_try_at__gt=at)
    moved = 0
    for moment in queued.order_by("next_try_at").values_list("next_try_at", flat=True).distinct():
        local = timezone.localtime(moment, BEIJING)
        waited = local.timetz().replace(tzinfo=None) == old.opens
        since = datetime.combine(local.date(), time.min, BEIJING) if waited else local
        opens = new.next_open(max(since, at))
        if opens != moment:
            moved += queued.filter(next_try_at=moment).update(next_try_at=opens)
    return moved
