"""Locking a closed month of a place (月度封存), and what has changed since."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.services import grants_of
from insights import counting
from insights.errors import LedgerError
from insights.models import LockedFigures, LockNote, MonthLock, StationTally
from petitions.measures import MEASURES
from petitions.periods import Kind, Period
from stations.models import Region, Station
from workdays.services import spoken

LOCKING = (Role.HEAD, Role.COMMITTEE)


def places_to_lock(user) -> list[Region]:
    """The places whose months a user locks: those whose office they hold themselves, none below."""
    places = {grant.region for grant in grants_of(user) if grant.role in LOCKING}
    return sorted(places, key=lambda region: region.code)


def lock_month(*, region: Region, month: Period, actor) -> MonthLock:
    """Keep the figures of a month of a place as they are now; they are counted to the last change before.

    Raises ``LedgerError`` for a place of another office, a month that is not over (Beijing), and one that is locked.
    """
    if region not in places_to_lock(actor):
        raise LedgerError(_("只能封存本级的月份。"))
    if month.kind != Kind.MONTH or month.last_day >= timezone.localdate():
        raise LedgerError(_("%(month)s还没有结束，不能封存。") % {"month": month})
    counting.count_place(region.code)
    try:
        with transaction.atomic():
            lock = MonthLock.objects.create(
                region=region, first_day=month.first_day, locked_by=actor, locked_at=timezone.now()
            )
            LockedFigures.objects.bulk_create(
                LockedFigures(lock=lock, station_id=station, figures=figures)
                for station, figures in _figures(region, month).items()
            )
    except IntegrityError:
        lock = MonthLock.objects.get(region=region, first_day=month.first_day)
        facts = {"month": month, "day": spoken(timezone.localdate(lock.locked_at)), "who": lock.locked_by}
        raise LedgerError(_("%(month)s已经由%(who)s在%(day)s封存，封存后不能再改。") % facts) from None
    return lock


def add_note(*, lock: MonthLock, text: str, actor) -> LockNote:
    """Say beside a locked month what was wrong in it. Raises ``LedgerError`` for a place of another office."""
    if lock.region not in places_to_lock(actor):
        raise LedgerError(_("只能给本级封存的月份写说明。"))
    return LockNote.objects.create(lock=lock, at=timezone.now(), by=actor, text=text)


@dataclass(frozen=True)
class Changed:
    """A figure as it was locked and as it is now, of a place or of one of its stations; ``to`` are its cases now."""

    name: str
    how: str
    locked: int
    now: int
    to: str = ""

    @property
    def differs(self) -> bool:
        return self.locked != self.now


def compare(lock: MonthLock, user) -> tuple[list[Changed], list[tuple[Station, list[Changed]]]]:
    """The figures of a locked month then and now: of the place, and of each station in which one differs; three queries.

    To whoever sees all cases of the place each figure is a link to those that it counts now.
    """
    then = dict(lock.figures.values_list("station", "figures"))
    now = _figures(lock.region, lock.month)
    differing = [station for station in then.keys() | now.keys() if then.get(station) != now.get(station)]
    stations = Station.objects.filter(pk__in=differing).order_by("region_id", "tier", "code")
    linked = _sees_all(user, lock.region)
    total = _beside(_summed(then), _summed(now), lock.month, {"region": lock.region_id} if linked else {})
    changed = []
    for station in stations:
        place = {"station": station.code} if linked else {}
        figures = _beside(then.get(station.pk, {}), now.get(station.pk, {}), lock.month, place)
        changed.append((station, [figure for figure in figures if figure.differs]))
    return total, changed


def _sees_all(user, region):
    watching = (*LOCKING, Role.VIEWER)
    return any(grant.role in watching and region.code.startswith(grant.region_id) for grant in grants_of(user))


def _summed(figures):
    return {each.key: sum(own.get(each.key, 0) for own in figures.values()) for each in MEASURES}


def _beside(then, now, month, place):
    """Every figure then and now; ``place`` is the filter of the list of cases, empty where there are no links."""
    return [
        Changed(each.label, each.how, then.get(each.key, 0), now.get(each.key, 0), _cases(each, month, place))
        for each in MEASURES
    ]


def _cases(measure, month, place):
    if not place or not measure.listed:
        return ""
    return f"{reverse('petitions:list')}?{urlencode({**place, 'figure': measure.key, 'period': month.code})}"


def _figures(region, month):
    """The figures of a month by station; a station without any has no row."""
    keys = [each.key for each in MEASURES]
    tallies = StationTally.objects.filter(
        kind=month.kind, first_day=month.first_day, station__region__code__startswith=region.code
    )
    return {row[0]: dict(zip(keys, row[1:], strict=True)) for row in tallies.values_list("station", *keys)}


def lock_of(user, region: str, period: Period) -> MonthLock | None:
    """The lock of a month of a place (its region's code), where a user reads it; a period that is no month has none."""
    if period.kind != Kind.MONTH:
        return None
    return visible_locks(user).filter(region=region, first_day=period.first_day).first()


def visible_locks(user):
    """The locks that a user reads: of the subtree of head, committee and viewer, and of the places above it."""
    seen = Q(pk__in=[])
    for grant in grants_of(user):
        if grant.role in (*LOCKING, Role.VIEWER):
            seen |= Q(region__code__startswith=grant.region_id) | Q(region__in=grant.region.ancestor_codes)
        elif grant.role == Role.OFFICER:
            seen |= Q(region__in=grant.station.region.ancestor_codes)
    return MonthLock.objects.filter(seen)
