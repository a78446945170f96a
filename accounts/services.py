"""Who holds which role where, who stands in for whom, exact counting of tries, the log of looks at protected data."""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from stations.models import COUNTY_DIGITS, TOWNSHIP_DIGITS, Organ, Region, Station

from .models import Attempt, Grant, Leave, Role, User, ViewLog
from .prepared import Prepared

log = logging.getLogger(__name__)

LONGEST_SUBSTITUTION = 3  # hops; a substitute on leave is followed to theirs, but never round a circle


class AccountError(Exception):
    """Something that cannot be recorded about an account; the text is a Chinese sentence for its owner.

    ``field`` names the input that it is about, where there is one.
    """

    def __init__(self, text: str, field: str | None = None):
        super().__init__(text)
        self.field = field


def grants_of(user) -> list[Grant]:
    """Return the user's grants in force today (Beijing date); none for anonymous or inactive users."""
    return user.grants_in_force() if user.is_authenticated else []


def roles_of(user) -> set[str]:
    """Return the roles that the user holds today, anywhere."""
    return {grant.role for grant in grants_of(user)}


def has_role(user, *roles: str) -> bool:
    """Whether the user holds one of the roles today, anywhere."""
    return not roles_of(user).isdisjoint(roles)


def holders(
    role: str,
    *,
    region: Region | None = None,
    station: Station | None = None,
    organ: Organ | None = None,
    on: dt.date,
) -> list[User]:
    """Return the active users who hold ``role`` over the scope on a day, by user name, without substitution.

    Officers hold a station, clerks and leaders an organ. A region's head and committee are those of the nearest level:
    the head's township or what lies above it, the committee's own level or what lies above it. Viewers are all whose
    region covers it. Region roles take ``region`` or the region of ``station``.
    """
    if role == Role.OFFICER:
        grants = _OFFICERS.rows(station.pk, on)
    elif role in _OF_ORGANS:
        grants = _OF_ORGANS[role].rows(organ.pk, on)
    elif role in _OF_REGIONS:
        grants = _answering(role, _held(role, on).filter(region_id__in=_covering_codes(role, region or station.region)))
    else:
        grants = list(_held(role, on))
    return _users_of(grants)


def holders_of_offices(
    *, regions: list[Region], stations: list[Station], organs: list[Organ], on: dt.date
) -> dict[tuple[str, int | str], list[User]]:
    """Return what ``holders`` returns for every role over each of many scopes, by role and scope's key; one query."""
    codes = {code for region in regions for code in region.ancestor_codes}
    scopes = Q(region__in=codes) | Q(station__in=stations) | Q(organ__in=organs)
    held = defaultdict(list)
    for rank, grant in enumerate(_in_force(on).filter(scopes)):
        held[grant.role, grant.region_id or grant.station_id or grant.organ_id].append((rank, grant))

    def users(role, *keys):
        # The roles over regions are held at several levels, whose holders stand in one order.
        found = sorted((entry for key in keys for entry in held[role, key]), key=lambda entry: entry[0])
        grants = [grant for _rank, grant in found]
        return _users_of(_answering(role, grants) if role in _OF_REGIONS else grants)

    offices = {(Role.OFFICER, station.pk): users(Role.OFFICER, station.pk) for station in stations}
    offices |= {(role, organ.pk): users(role, organ.pk) for organ in organs for role in _OF_ORGANS}
    return offices | {
        (role, region.pk): users(role, *_covering_codes(role, region)) for region in regions for role in _OF_REGIONS
    }


def _in_force(day):
    held = Grant.objects.on(day).filter(user__is_active=True)
    return held.select_related("user").order_by("user__username")


def _held(role, day):
    return _in_force(day).filter(role=role)


def _users_of(grants: Iterable[Grant]) -> list[User]:
    return list(dict.fromkeys(grant.user for grant in grants))


def _answering(role: str, grants: Iterable[Grant]) -> list[Grant]:
    """Of the grants of ``role`` that cover a region, those that answer for it: the nearest level's, of viewers all."""
    grants = list(grants)
    nearest = max((len(grant.region_id) for grant in grants), default=0)
    return [grant for grant in grants if role == Role.VIEWER or len(grant.region_id) == nearest]


# Asked for at every step of a case.
_OFFICERS = Prepared(lambda station, day: _held(Role.OFFICER, day).filter(station=station))
_OF_ORGANS = {
    Role.CLERK: Prepared(lambda organ, day: _held(Role.CLERK, day).filter(organ=organ)),
    Role.LEADER: Prepared(lambda organ, day: _held(Role.LEADER, day).filter(organ=organ)),
}
_OF_REGIONS = (Role.HEAD, Role.COMMITTEE, Role.VIEWER)
_AWAY = Prepared(lambda day: Leave.objects.on(day).select_related("substitute"))


def _covering_codes(role: str, region: Region) -> list[str]:
    """Codes of the regions whose holder of ``role`` answers for ``region``; a head's seat is a township."""
    digits = TOWNSHIP_DIGITS if role == Role.HEAD else len(region.code)
    return [code for code in region.ancestor_codes if len(code) <= digits]


def away_on(day: dt.date) -> dict[int, User]:
    """Return, by the keys of those who are on leave on a day, their substitutes; one query."""
    return {leave.user_id: leave.substitute for leave in _AWAY.rows(day)}


def stand_ins(users: list[User], *, on: dt.date, away: dict[int, User] | None = None) -> list[User]:
    """Return ``users`` with everybody who is on leave replaced by their substitute, each person once, order kept.

    A substitute who is on leave is replaced in turn, at most three times. Where nobody is found who is there and may
    sign in, the person stays, so that nothing is told to no one. One query, none where ``away`` of the day is given.
    """
    away = away_on(on) if away is None else away
    return list(dict.fromkeys(_present(user, away) for user in users))


def _present(user: User, away: dict[int, User]) -> User:
    """Follow the substitutes of ``user`` to the first one who is there."""
    found = user
    for _hop in range(LONGEST_SUBSTITUTION):
        if found.pk not in away:
            break
        found = away[found.pk]
    return found if found.pk not in away and found.is_active else user


def colleagues_of(user: User) -> QuerySet[User]:
    """Return the users who may stand in for ``user``: of the same organ, or with an office in the same county or city.

    Deputies stand in for deputies, administrators for administrators.
    """
    near = Q(pk__in=[])
    for grant in grants_of(user):
        place = grant.region or (grant.station and grant.station.region)
        if place:
            county = place.code[:COUNTY_DIGITS]
            near |= Q(region__code__startswith=county) | Q(station__region__code__startswith=county)
        else:
            near |= Q(organ=grant.organ) if grant.organ_id else Q(role=grant.role)
    grants = Grant.objects.on(timezone.localdate()).filter(near)
    return User.objects.filter(is_active=True, pk__in=grants.values("user_id")).exclude(pk=user.pk)


@transaction.atomic
def take_leave(*, user: User, substitute: User, starts_on: dt.date, ends_on: dt.date) -> Leave:
    """Record days on which the user is away and who gets what they would be told.

    Raises AccountError when the days are over, run backwards or overlap another leave, or the substitute is not a
    colleague.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if ends_on < starts_on:
        raise AccountError(_("结束日期不能早于开始日期。"))
    if ends_on < timezone.localdate():
        raise AccountError(_("这段日期已经过去，不必登记。"))
    if user.leaves.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise AccountError(_("这段日期与已登记的请假重叠，请先取消原来的。"))
    if not colleagues_of(user).filter(pk=substitute.pk).exists():
        raise AccountError(_("请从本单位或本地区的同事中选择代理人。"))
    return Leave.objects.create(user=user, substitute=substitute, starts_on=starts_on, ends_on=ends_on)


@transaction.atomic
def end_leave(*, user: User, leave: Leave) -> None:
    """Be back from today on: a leave to come is struck out, a running one ended yesterday."""
    today = timezone.localdate()
    user.leaves.filter(pk=leave.pk, starts_on__gte=today).delete()
    user.leaves.filter(pk=leave.pk, ends_on__gte=today).update(ends_on=today - dt.timedelta(days=1))


def count_attempt(key: str, *, limit: int, window_seconds: int) -> bool:
    """Count a try under ``key`` and say whether it lies within ``limit`` of the running window."""
    number = number_of_attempt(key, window_seconds=window_seconds)
    if number == limit + 1:
        # Once a window, and without whose tries they are.
        log.warning("tries used up: %s", key.partition(":")[0])
    return number <= limit


def number_of_attempt(key: str, *, window_seconds: int) -> int:
    """Count a try under ``key`` and return which one of the running window it is, from 1.

    Exact across processes: the database counts. ``key`` has at most 120 characters; windows are cut by the clock.
    """
    now = timezone.now().timestamp()
    return _count(key, dt.datetime.fromtimestamp(now - now % window_seconds, dt.UTC))


def use_up(key: str, *, until: dt.datetime) -> bool:
    """Use what is good once, such as a solved challenge, and worthless after ``until``; False where it was used before."""
    return _count(key, until) == 1


def _count(key, window):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_attempt AS tries (key, "window", count) VALUES (%s, %s, 1)
            ON CONFLICT (key, "window") DO UPDATE SET count = tries.count + 1 RETURNING count
            """,
            [key, window],
        )
        return cursor.fetchone()[0]


def forget_attempts(key: str) -> None:
    """Take back the tries counted under ``key``, once one of them was right."""
    Attempt.objects.filter(key=key).delete()


def take_back_attempts(keys: list[str]) -> None:
    """Uncount one try under each of some keys: it was right, and only wrong ones are to run out."""
    Attempt.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def purge_attempts(before: dt.datetime) -> int:
    """Delete the counts of windows that began before a moment; return how many."""
    return Attempt.objects.filter(window__lt=before).delete()[0]


def log_view(*, user: User, what: str, number: str, reason: str) -> ViewLog:
    """Record that the user looked at protected data (个人信息保护法, articles 51 and 54: access is audited)."""
    return ViewLog.objects.create(user=user, what=what, number=number, reason=reason)
