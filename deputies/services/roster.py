"""The roster (轮值表): fair turns, turns by hand, and substitutes."""

import datetime as dt
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.availability import Availability, seats_of
from deputies.errors import ReceptionError
from deputies.models import Deputy, Membership, Reception, ReceptionEvent, Turn
from deputies.rotation import Day, Person, rotate
from deputies.services.change import Change, change, day_words, names_of, take_messages_back, title_words
from deputies.services.planning import lock_stations

AHEAD = {"cancelled_at": None, "closed_at": None, "opened_at": None}


@transaction.atomic
def fill(*, receptions, actor, at: dt.datetime | None = None) -> list[Turn]:
    """Give fair turns to the days that lack deputies, and return the new turns.

    Days that are over, begun or cancelled are left alone; whoever is on a roster stays on it. Where nobody is left who
    can be there, a seat stays empty, and ``conflicts`` says so. A dozen queries a station, however many days and people.
    """
    at = at or timezone.now()
    chosen = Reception.objects.filter(pk__in=[one.pk for one in receptions], date__gte=timezone.localdate(at), **AHEAD)
    stations = sorted(set(chosen.values_list("station_id", flat=True)))
    lock_stations(stations)
    _lock_deputies(Membership.objects.filter(station__in=stations).values("deputy"))
    days = chosen.select_related("plan", "station").order_by("station_id", "date", "starts")
    turns = []
    for station, its_days in groupby(list(days), lambda day: day.station_id):
        turns += _fill_station(station, list(its_days), actor, at)
    return turns


def _lock_deputies(keys) -> None:
    """Lock these deputies: two stations that share one then do not give the same hour twice."""
    list(Deputy.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def _fill_station(station: int, days: list[Reception], actor, at: dt.datetime) -> list[Turn]:
    names, chosen = _rotation(station, days)
    turns = [Turn(reception=day, deputy=names[key]) for day in days for key in chosen.get(day.pk, [])]
    Turn.objects.bulk_create(turns)
    staffed = [(day, [names[key] for key in chosen[day.pk]]) for day in days if chosen.get(day.pk)]
    events = ReceptionEvent.objects.bulk_create(
        ReceptionEvent(reception=day, at=at, actor=actor, what=_("按轮值安排：%(names)s。") % {"names": names_of(new)})
        for day, new in staffed
    )
    for (day, new), event in zip(staffed, events, strict=True):
        _tell(Change(day, at, actor, event), new=new, gone=[])
    return turns


def _rotation(
    station: int, open_days: list[Reception], *, instead_of: Deputy | None = None
) -> tuple[dict[int, Deputy], dict[int, list[int]]]:
    """Rotate over the year of ``open_days`` (one station's, in order of time); its other turns count, past and to come.

    Returns the station's deputies by key and, by day, the keys of those to put on duty: as many as the day wants, or one
    ``instead_of`` a deputy.
    """
    first, last = open_days[0].date.replace(month=1, day=1), open_days[-1].date.replace(month=12, day=31)
    open_keys = {day.pk for day in open_days}
    year = Reception.objects.standing().filter(station=station, date__range=(first, last)).select_related("plan")
    days = list(year.prefetch_related("turns"))
    availability = Availability(_deputies_of(station, first, last), first=first, last=last)

    def can_be_on(deputy, day):
        return not (deputy == instead_of and day.pk in open_keys) and not availability.why_not(deputy.pk, day)

    people = [
        Person(
            key=deputy.pk,
            code=deputy.code,
            level=availability.level(deputy.pk),
            available=frozenset(day.pk for day in days if can_be_on(deputy, day)),
        )
        for deputy in availability.deputies.values()
    ]
    slots = [_slot(day, instead_of) if day.pk in open_keys else _full(day) for day in days]
    return availability.deputies, rotate(slots, people)


def _deputies_of(station: int, first: dt.date, last: dt.date):
    """Deputies who are grouped in a station at any time between two days."""
    grouped = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=first), station=station, starts_on__lte=last)
    return Deputy.objects.filter(Exists(grouped.filter(deputy=OuterRef("pk")))).select_related("user")


def _slot(day: Reception, instead_of: Deputy | None) -> Day:
    """A day with open seats."""
    staying = tuple(turn.deputy_id for turn in day.turns.all() if turn.deputy_id != (instead_of and instead_of.pk))
    seats = len(staying) + 1 if instead_of else seats_of(day)
    return Day(day.pk, day.date, day.starts, day.ends, seats, staying)


def _full(day: Reception) -> Day:
    """A day that takes nobody more. Where presence was noted, those who came count, planned or not, else the roster."""
    turns = list(day.turns.all())
    took = [turn for turn in turns if turn.present_at] or [turn for turn in turns if turn.planned]
    return Day(day.pk, day.date, day.starts, day.ends, 0, tuple(turn.deputy_id for turn in took))


def next_in_turn(*, reception: Reception, instead_of: Deputy) -> Deputy | None:
    """Whom fair rotation would put on a day in a deputy's place; None when nobody can be there. Changes nothing."""
    deputies, chosen = _rotation(reception.station_id, [reception], instead_of=instead_of)
    return next((deputies[key] for key in chosen[reception.pk]), None)


def set_turns(*, reception: Reception, deputies: list[Deputy], actor, at: dt.datetime | None = None) -> list[Turn]:
    """Put exactly these deputies on a day's roster, by hand; return its turns in the order given.

    Deputies who were on the roster before may stay on it. Raises ReceptionError when the day has begun, is over or was
    cancelled, when nobody is named, or when somebody who is put on it cannot be there, with the reason.
    """
    if not deputies:
        raise ReceptionError(_("请至少选择一名代表。"))
    with change(reception, actor=actor, at=at) as making:
        _lock_deputies([deputy.pk for deputy in deputies])
        turns = {turn.deputy_id: turn for turn in making.day.turns.select_related("deputy__user")}
        wanted = {deputy.pk for deputy in deputies}
        new = _checked(making.day, wanted - turns.keys())
        gone = [turn for key, turn in turns.items() if key not in wanted]
        _strike(making.day, gone)
        turns |= {one.pk: Turn.objects.create(reception=making.day, deputy=one) for one in new}
        if new or gone:
            making.record(_("轮值表改为：%(names)s。") % {"names": names_of(deputies)})
            _tell(making, new=new, gone=[turn.deputy for turn in gone])
    return [turns[deputy.pk] for deputy in deputies]


def replace(
    *, reception: Reception, deputy: Deputy, by: Deputy | None = None, why: str, actor, at: dt.datetime | None = None
) -> Turn:
    """Let a substitute take a deputy's turn: ``by``, or who is next in fair rotation; return the substitute's turn.

    Raises ReceptionError when the day has begun, is over or was cancelled, when the deputy is not on its roster (any
    more), when the substitute is on it already or cannot be there, or when nobody can.
    """
    with change(reception, actor=actor, at=at) as making:
        _lock_deputies(Membership.objects.filter(station=making.day.station_id).values("deputy"))
        turns = {turn.deputy_id: turn for turn in making.day.turns.select_related("deputy__user")}
        if deputy.pk not in turns:
            raise ReceptionError(_not_on_roster(making.day, deputy))
        if by is None:
            by = next_in_turn(reception=making.day, instead_of=deputy)
            if by is None:
                raise ReceptionError(_("本站没有其他代表当天可以轮值，请与代表商量后手工排班，或者改期。"))
        elif by.pk in turns:
            raise ReceptionError(_("%(name)s当天已经在轮值表上。") % {"name": by.name})
        [by] = _checked(making.day, {by.pk})
        _strike(making.day, [turns[deputy.pk]])
        turn = Turn.objects.create(reception=making.day, deputy=by, replaces=deputy, why=why)
        facts = {"deputy": deputy.name, "by": by.name, "why": why}
        making.record(_("%(deputy)s由%(by)s代替：%(why)s") % facts)
        _tell(making, new=[by], gone=[turns[deputy.pk].deputy])
    return turn


def _not_on_roster(day: Reception, deputy: Deputy) -> str:
    """Why a deputy has no turn to give: somebody may have taken it meanwhile."""
    taken = day.turns.filter(replaces=deputy).select_related("deputy").first()
    if taken:
        return _("%(deputy)s已由%(by)s代替。") % {"deputy": deputy.name, "by": taken.deputy.name}
    return _("%(deputy)s不在当天的轮值表上。") % {"deputy": deputy.name}


def _checked(day: Reception, keys: set[int]) -> list[Deputy]:
    """The deputies who are to be put on a day, by code; raises ReceptionError with a sentence for each who cannot be."""
    chosen = Deputy.objects.filter(pk__in=keys).select_related("user").order_by("code")
    availability = Availability(chosen, first=day.date, last=day.date)
    reasons = {one: availability.why_not(key, day) for key, one in availability.deputies.items()}
    refused = [
        _("%(name)s%(why)s，不能排在这一天。") % {"name": one.name, "why": why} for one, why in reasons.items() if why
    ]
    if refused:
        raise ReceptionError("".join(refused))
    return list(reasons)


def _strike(day: Reception, turns: list[Turn]) -> None:
    """Take turns off the roster, and take back what was to be said about them."""
    for turn in turns:
        take_messages_back(day, turn.deputy_id)
        turn.delete()


def _tell(making: Change, *, new: list[Deputy], gone: list[Deputy]) -> None:
    """Tell those whose turns on a published day have changed; before it is published, nobody was told anything."""
    if making.day.published_at is None:
        return
    # Calendar programs that go by LAST-MODIFIED learn of the new names.
    making.day.save(update_fields=["changed_at"])
    facts = {"day": title_words(making.day), "when": day_words(making.day)}
    making.tell_deputies(new, _("请您轮值：%(day)s") % facts, _("请于%(when)s接待群众。") % facts)
    making.tell_deputies(gone, _("您不再轮值：%(day)s") % facts, _("%(when)s，您的轮值已另作安排。") % facts)
