"""Who gives which right to whom: one table, and the changes of rights, each of them on record."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from stations.models import Organ, Region, Station
from workdays.services import spoken

from .models import AccountChange, Grant, Role, User
from .services import AccountError, grants_of

# By domain.md: each level looks after those below it, and nobody after their own. Somebody has to give the first
# committee its right, and that is the administrator, who sees no case. A deputy's role opens nothing by itself: what a
# deputy sees follows from the mandate and the groups that are kept on the deputy's record.
GIVES = {
    Role.ADMIN: (Role.ADMIN, Role.PRIVACY, Role.COMMITTEE),
    Role.COMMITTEE: (
        Role.COMMITTEE,
        Role.HEAD,
        Role.OFFICER,
        Role.CLERK,
        Role.LEADER,
        Role.VIEWER,
        Role.DEPUTY,
    ),
    Role.HEAD: (Role.OFFICER, Role.DEPUTY),
    Role.LEADER: (Role.CLERK,),
}
KINDS = {
    Role.OFFICER: Station,
    Role.HEAD: Region,
    Role.COMMITTEE: Region,
    Role.VIEWER: Region,
    Role.CLERK: Organ,
    Role.LEADER: Organ,
}
GIVERS = tuple(GIVES)


def roles_to_give(actor: User) -> list[Role]:
    """The roles that an actor may give somewhere today, in the order of ``Role``."""
    given = {role for held in grants_of(actor) for role in GIVES.get(held.role, ())}
    return [role for role in Role if role in given]


def places_to_give(actor: User, role: str) -> QuerySet:
    """The regions, stations or organs over which an actor may give ``role`` today; only for roles that have a scope."""
    allowed = Q(pk__in=[])
    for held in grants_of(actor):
        if role in GIVES.get(held.role, ()):
            allowed |= _reach(held, role)
    return KINDS[role].objects.filter(allowed)


def _reach(held: Grant, role: str) -> Q:
    """The condition of the places over which a grant lets its holder give ``role``."""
    if held.role == Role.ADMIN:
        return Q(pk__isnull=False)
    if held.role == Role.LEADER:
        return Q(pk=held.organ_id)
    to_code = "code" if KINDS[role] is Region else "region__code"
    within = Q(**{f"{to_code}__startswith": held.region_id})
    return within & ~Q(code=held.region_id) if role == Role.COMMITTEE else within


def may_give(actor: User, role: str, scope: Region | Station | Organ | None) -> bool:
    """Whether an actor may give, and so end, a role over a scope today."""
    if role not in KINDS:
        return scope is None and role in roles_to_give(actor)
    return isinstance(scope, KINDS[role]) and places_to_give(actor, role).filter(pk=scope.pk).exists()


def may_end(actor: User, grant: Grant) -> bool:
    """Whether an actor may end somebody's grant: who may give it, but nobody their own."""
    return grant.user_id != actor.pk and may_give(actor, grant.role, grant.scope)


def people_of(actor: User) -> Q:
    """The condition of the users whom an actor finds: who holds, held or will hold a right within the actor's own
    scope, and whom the actor invited. Administrators find everybody."""
    found = Q(invitations__made_by=actor) if roles_to_give(actor) else Q(pk__in=[])
    for held in grants_of(actor):
        if held.role == Role.ADMIN:
            return Q(pk__isnull=False)
        if held.role == Role.LEADER:
            found |= Q(grants__organ=held.organ_id)
        elif held.role in (Role.COMMITTEE, Role.HEAD):
            for place in ("region", "station__region", "organ__region"):
                found |= Q(**{f"grants__{place}__code__startswith": held.region_id})
    return Q(pk__in=User.objects.filter(found).order_by().values("pk"))


@transaction.atomic
def give(
    *,
    actor: User,
    user: User,
    role: str,
    scope: Region | Station | Organ | None = None,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> Grant:
    """Give a user a role over a scope, from–to (Beijing dates, both included; ``ends_on`` None: until it is ended).

    Who left in order and is given a right again may sign in again. Raises AccountError where the actor may not, for days
    that are over or run backwards, for a right that the user holds already, and for an account that was switched off.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user == actor:
        raise AccountError(_("不能给自己授权，请由上一级办理。"))
    if not may_give(actor, role, scope):
        raise AccountError(_("这项授权不归您管，请由有权限的人员办理。"))
    _check_days(starts_on, ends_on)
    grant = Grant(user=user, role=role, starts_on=starts_on, ends_on=ends_on)
    if scope is not None:
        setattr(grant, KINDS[role].__name__.lower(), scope)
    until = Q() if ends_on is None else Q(starts_on__lte=ends_on)
    if user.grants.like(grant).beyond(starts_on - dt.timedelta(days=1)).filter(until).exists():
        raise AccountError(_("这段时间里已有同样的授权，不必重复。"))
    _let_in_again(user, ends_on)
    grant.save()
    note_change(user, AccountChange.What.GRANTED, said(grant), by=actor)
    return grant


def _check_days(starts_on, ends_on):
    if starts_on < timezone.localdate():
        raise AccountError(_("授权从今天或以后的日期开始，不能补记过去的日子。"), "starts_on")
    if ends_on and ends_on < starts_on:
        raise AccountError(_("结束日期不能早于开始日期。"), "ends_on")


def _let_in_again(user, until):
    has_left = user.leaves_on is not None and user.leaves_on < timezone.localdate()
    stays = user.leaves_on is not None and (until is None or until > user.leaves_on)
    if not user.is_active and not (has_left and stays):
        raise AccountError(_("这个账号已停用，请先由系统管理员启用。"))
    if stays:
        user.leaves_on, user.is_active = None, True
        user.save(update_fields=["leaves_on", "is_active"])


@transaction.atomic
def end(*, actor: User, grant: Grant, on: dt.date | None = None) -> None:
    """End a right with ``on`` as its last day (Beijing date), or at once where no day is given.

    Raises AccountError where the actor may not, where it has ended already, and for a day that is over.
    """
    today = timezone.localdate()
    grant = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if not may_end(actor, grant):
        raise AccountError(_("这项授权不归您管，请由有权限的人员办理。"))
    if grant.ends_on and grant.ends_on < today:
        raise AccountError(_("这项授权已经结束。"))
    if on and on < today:
        raise AccountError(_("最后一天不能早于今天；要立即失效，请不填日期。"), "on")
    end_grant(grant, on or today - dt.timedelta(days=1), by=actor)


def end_grant(grant: Grant, last_day: dt.date, *, by: User | None) -> None:
    """Let a grant end; one that would end before it began is struck out, and stands in the record only."""
    words = _("%(grant)s，最后一天%(day)s") % {"grant": said(grant), "day": spoken(last_day)}
    if grant.starts_on > last_day:
        words = _("%(grant)s，已撤销") % {"grant": said(grant)}
        grant.delete()
    else:
        grant.ends_on = last_day
        grant.save(update_fields=["ends_on"])
    note_change(grant.user, AccountChange.What.ENDED, words, by=by)


def said(grant: Grant) -> str:
    """A grant as the record says it: role, scope, days."""
    until = _("至%(day)s") % {"day": spoken(grant.ends_on)} if grant.ends_on else _("未定结束日期")
    return f"{grant}，{spoken(grant.starts_on)}{_('起')}，{until}"


def note_change(user: User, what: str, text: str = "", *, by: User | None) -> AccountChange:
    """Put on record what became of an account."""
    return AccountChange.objects.create(at=timezone.now(), actor=by, user=user, what=what, text=text[:300])
