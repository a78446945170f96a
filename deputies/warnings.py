"""What speaks against a reception day as it stands: facts change after a roster is made, and nothing changes it silently."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from deputies.availability import Availability, seats_of
from deputies.models import Deputy, Reception, Turn
from workdays.calendar import Calendar
from workdays.rhythm import WhenRest
from workdays.services import load_calendar


@dataclass(frozen=True)
class Hindrance:
    """A deputy on a day's roster who cannot be there, and why (a Chinese clause without the name)."""

    reception: Reception
    deputy: Deputy
    why: str

    @property
    def words(self) -> str:
        return f"{self.deputy.name}：{self.why}"


def conflicts(receptions) -> dict[int, list[str]]:
    """Return by key what speaks against each of these days, as Chinese sentences; an empty list where nothing does.

    Deputies who cannot be there, seats that are empty, rest days that the plan did not mean, dates that are provisional,
    and another day of the station at the same place and hour. Days that are cancelled or closed have nothing any more.
    Four queries, however many days.
    """
    days = list(_standing([reception.pk for reception in receptions]))
    calendar = load_calendar()
    found = {reception.pk: [] for reception in receptions}
    roster = _roster_of(days)
    for hindrance in _hindrances(roster):
        found[hindrance.reception.pk].append(hindrance.words)
    for day in days:
        found[day.pk] += [*_about_seats(day, len(roster[day])), *_about_date(day, calendar), *_about_place(day)]
    return found


def hindrances(receptions) -> list[Hindrance]:
    """Return who of these days' rosters cannot be there; three queries, however many days."""
    return _hindrances(_roster_of(list(_standing([reception.pk for reception in receptions]))))


def _standing(keys):
    """These days with their station, their plan, and the hour of another day at the same place that meets them."""
    same_place = Reception.objects.standing().exclude(pk=OuterRef("pk"))
    same_place = same_place.filter(
        station=OuterRef("station"),
        place=OuterRef("place"),
        date=OuterRef("date"),
        starts__lt=OuterRef("ends"),
        ends__gt=OuterRef("starts"),
    )
    days = Reception.objects.standing().filter(pk__in=keys, closed_at=None).select_related("station", "plan")
    return days.annotate(meets_at=Subquery(same_place.order_by("starts").values("starts")[:1]))


def _roster_of(days: list[Reception]) -> dict[Reception, list[Deputy]]:
    """The planned deputies of each day; one query."""
    by_key = {day.pk: day for day in days}
    roster = {day: [] for day in days}
    for turn in Turn.objects.filter(reception__in=by_key, planned=True).select_related("deputy"):
        roster[by_key[turn.reception_id]].append(turn.deputy)
    return roster


def _hindrances(roster: dict[Reception, list[Deputy]]) -> list[Hindrance]:
    deputies = {deputy.pk for on_duty in roster.values() for deputy in on_duty}
    if not deputies:
        return []
    first, last = min(day.date for day in roster), max(day.date for day in roster)
    availability = Availability(Deputy.objects.filter(pk__in=deputies), first=first, last=last)
    return [
        Hindrance(day, deputy, why)
        for day, on_duty in roster.items()
        for deputy in on_duty
        if (why := availability.why_not(deputy.pk, day))
    ]


def _about_seats(day: Reception, taken: int) -> list[str]:
    wanted = seats_of(day)
    if not taken:
        return [_("还没有排代表。")]
    if taken < wanted:
        return [_("只排了%(taken)s名代表，应有%(wanted)s名。") % {"taken": taken, "wanted": wanted}]
    return []


def _about_date(day: Reception, calendar: Calendar) -> list[str]:
    if day.plan and day.plan.when_rest == WhenRest.KEEP:
        return []
    rests = calendar.is_holiday(day.date) if day.plan and day.plan.weekends_count else not calendar.is_workday(day.date)
    found = [_("当天是休息日（%(why)s）。") % {"why": calendar.why_rest(day.date)}] if rests else []
    if not calendar.is_known(day.date):
        found.append(_("%(year)s年的放假安排还没有公布，日期暂定。") % {"year": day.date.year})
    return found


def _about_place(day: Reception) -> list[str]:
    if day.meets_at is None:
        return []
    return [_("%(place)s当天%(hour)s另有接待日，时间重叠。") % {"place": day.place, "hour": f"{day.meets_at:%-H:%M}"}]
