"""What of reception days needs a user today: a deputy's own turns, and what a station's officer and head have to do."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.services import has_role
from deputies.models import Reception, Turn
from deputies.permissions import managed_stations, may_manage
from deputies.warnings import attach_warnings, with_roster
from supervision.clock import YELLOW_FROM
from workdays.calendar import Calendar

AHEAD = dt.timedelta(days=14)  # how far warnings are looked for; default
MOST = 200  # days looked at; the list of days has them all
SHOWN = 5


@dataclass(frozen=True)
class DayGroup:
    """Reception days that wait for the same thing, the most pressing first."""

    key: str
    title: str
    note: str
    days: list[Reception]

    @property
    def shown(self):
        return self.days[:SHOWN]


@dataclass(frozen=True)
class DaysToday:
    """What of reception days a user finds first: their own turns to come, today's days of their stations, what waits."""

    my_turns: list[Reception]
    held_today: list[Reception]
    groups: list[DayGroup]


def days_in_need(user, calendar: Calendar, today: dt.date) -> DaysToday:
    """Gather it; two queries at most. Each day comes with its running clock's reading and its ``warnings``."""
    of_the_station = has_role(user, Role.OFFICER, Role.HEAD)
    if not of_the_station and not has_role(user, Role.DEPUTY):
        return DaysToday([], [], [])
    days = list(_days_concerned(user, calendar, today, of_the_station)[:MOST])
    mine = [day for day in days if day.is_mine and day.state != Reception.State.PLANNED and day.date >= today]
    managed = [day for day in days if of_the_station and may_manage(user, day.station)]
    _look_closely(managed, calendar, today)
    return DaysToday(
        my_turns=mine[:SHOWN],
        held_today=[day for day in managed if day.date == today and day.state != Reception.State.PLANNED],
        groups=[group for group in _groups(managed, today) if group.days],
    )


def _days_concerned(user, calendar, today, of_the_station):
    is_mine = Exists(Turn.objects.filter(reception=OuterRef("pk"), deputy__user=user))
    concerned = Q(is_mine=True, date__gte=today)
    if of_the_station:
        soon = calendar.add_workdays(today, YELLOW_FROM)
        to_publish = Q(
            published_at=None, opened_at=None, publish_clock__stopped_at=None, publish_clock__due_on__lte=soon
        )
        to_hold = Q(Q(published_at__isnull=False) | Q(opened_at__isnull=False), date__lte=today)
        to_staff = Q(opened_at=None, date__range=(today, today + AHEAD))
        concerned |= Q(to_publish | to_hold | to_staff, station__in=managed_stations(user))
    days = Reception.objects.standing().filter(closed_at=None).annotate(is_mine=is_mine).filter(concerned)
    return with_roster(days).select_related("publish_clock", "summary_clock").order_by("date", "starts", "pk")


def _look_closely(days, calendar, today):
    """Attach to each day its running clock, as it reads today, and its warnings."""
    attach_warnings(days, calendar)
    for day in days:
        day.clock = day.running_clock
        if day.clock:
            day.clock.now = day.clock.reading(calendar, today)


def _groups(days, today):
    ahead = [day for day in days if day.opened_at is None and today <= day.date <= today + AHEAD]
    to_publish = [
        day for day in days if day.state == Reception.State.PLANNED and day.clock and day.clock.now.light != "green"
    ]
    to_sum_up = [day for day in days if day.date < today and day.state != Reception.State.PLANNED]
    return [
        DayGroup("publish", _("接待日待公布"), _("期限前公布，群众才来得及知道"), to_publish),
        DayGroup("sum-up", _("接待日待小结"), "", to_sum_up),
        DayGroup("trouble", _("两周内排班有问题"), "", [day for day in ahead if day.warnings]),
    ]
