"""How a clock stands on a day: pure arithmetic over a clock and the calendar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from workdays.calendar import DAY, Calendar

if TYPE_CHECKING:
    from supervision.models import Clock

YELLOW_FROM = 3  # working days left; default


@dataclass(frozen=True)
class Reading:
    """A clock on a day. Days are working days, for clocks of months and of promised dates, too.

    ``day_number`` of ``days_total``: how far the duty has come; ``days_left``: 0 on the due date, negative overdue.
    ``light`` is green, yellow (3 working days left or fewer, default), red (overdue), paused or stopped. ``late`` says
    whether the due date passed before the duty was done, for stopped clocks, too.
    """

    day_number: int
    days_total: int
    days_left: int
    light: str
    late: bool

    @property
    def text(self) -> str:
        """What staff and residents read, e.g. 第 6 个工作日，共 10 个."""
        facts = {"day": self.day_number, "total": self.days_total, "over": -self.days_left}
        if self.light == "paused":
            return _("暂停计时，已用 %(day)s 个工作日，共 %(total)s 个") % facts
        if self.light == "stopped":
            return _("已完成（超期）") if self.late else _("已完成")
        if self.late:
            return _("已超期 %(over)s 个工作日") % facts if self.days_left else _("已超期")
        if not self.day_number:
            return _("下一个工作日起算，共 %(total)s 个") % facts
        return _("第 %(day)s 个工作日，共 %(total)s 个") % facts


def without_pauses(clock: Clock, calendar: Calendar) -> Calendar:
    """The calendar as it counts for this clock: the days of its finished pauses are no working days."""
    days = {}
    for pause in clock.explanation.get("pauses", ()):
        if pause["to"]:
            begun, ended = date.fromisoformat(pause["from"]), date.fromisoformat(pause["to"])
            days |= {begun + DAY * step: (False, pause["why"]) for step in range(1, (ended - begun).days + 1)}
    return replace(calendar, days={**calendar.days, **days}) if days else calendar


def read(clock: Clock, calendar: Calendar, today: date) -> Reading:
    """Read a clock on ``today`` (Beijing date); a paused or stopped clock as it stood when it was paused or stopped."""
    if clock.stopped_at:
        today = timezone.localdate(clock.stopped_at)
    day = min(clock.paused_on, today) if clock.paused_on else today
    calendar = without_pauses(clock, calendar)
    total = calendar.workdays_between(timezone.localdate(clock.started_at), clock.due_on)
    left = calendar.workdays_between(day, clock.due_on)
    late = day > clock.due_on
    return Reading(
        day_number=min(max(total - left, 0), total),
        days_total=total,
        days_left=left,
        light=_light(clock, left, late),
        late=late,
    )


def _light(clock: Clock, left: int, late: bool) -> str:
    if clock.stopped_at:
        return "stopped"
    if clock.paused_on:
        return "paused"
    if late:
        return "red"
    return "yellow" if left <= YELLOW_FROM else "green"
