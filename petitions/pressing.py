"""Who holds a case now, and until when: its running clock that is due first."""

from datetime import date

from django.db.models import OuterRef, Subquery

from accounts.services import grants_of
from petitions.models import ClockLink
from workdays.calendar import Calendar


def first_due():
    """An expression over cases: the due date of the running clock that is due first, or nothing."""
    running = ClockLink.objects.filter(petition=OuterRef("pk"), clock__stopped_at=None, clock__paused_on=None)
    return Subquery(running.order_by("clock__due_on").values("clock__due_on")[:1])


def attach_clocks(petitions, user, calendar: Calendar, today: date) -> None:
    """Give each case ``clock`` (its running clock due first, with its reading, or None) and ``waiting`` (how many more run).

    An organ's own clocks go before those of others; paused ones come last. One query for all.
    """
    organs = {grant.organ_id for grant in grants_of(user) if grant.organ_id}
    running = {}
    links = ClockLink.objects.filter(petition__in=[petition.pk for petition in petitions], clock__stopped_at=None)
    for link in links.select_related("clock__owner_organ", "clock__owner_station", "clock__owner_user"):
        running.setdefault(link.petition_id, []).append(link.clock)
    for petition in petitions:
        clocks = running.get(petition.pk, [])
        clocks.sort(key=lambda clock: (clock.owner_organ_id not in organs, clock.is_paused, clock.due_on, clock.pk))
        petition.clock = clocks[0] if clocks else None
        petition.waiting = len({clock.owner for clock in clocks}) - 1
        if petition.clock is not None:
            petition.clock.now = petition.clock.reading(calendar, today)
