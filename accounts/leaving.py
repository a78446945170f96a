"""People who leave office: their rights end, a successor goes on, and nobody signs in by the account any more."""

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from workdays.services import spoken

from .granting import end, end_grant, give, may_end, note_change
from .models import AccountChange, Grant, Leave, Role, User
from .services import AccountError
from .tokens import revoke_tokens

ONE_DAY = dt.timedelta(days=1)
# A mandate is not handed over; its record says who sits for whom.
NOT_HANDED_ON = (Role.DEPUTY,)


class LeftAloneError(AccountError):
    """Offices that would be left without anybody; to be confirmed."""


def grants_to_end(user: User, last_day: dt.date) -> list[Grant]:
    """The grants that would give a right behind a day (Beijing date)."""
    return list(
        user.grants.beyond(last_day).select_related("region", "station__region", "organ", "user").order_by("pk")
    )


def not_joined() -> Q:
    """The condition of users who were invited and have neither set a password nor signed in."""
    return Q(invitations__isnull=False, password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None)


def left_alone(user: User, last_day: dt.date) -> list[Grant]:
    """The grants of a user behind which nobody stands on the day after ``last_day``; who has not joined yet is nobody."""
    waiting = User.objects.filter(not_joined()).order_by().values("pk")
    others = Grant.objects.on(last_day + ONE_DAY).filter(user__is_active=True).exclude(user__in=waiting)
    others = others.exclude(user=user)
    mine = [grant for grant in grants_to_end(user, last_day) if grant.role not in NOT_HANDED_ON]
    return [grant for grant in mine if not others.like(grant).exists()]


@transaction.atomic
def end_right(*, actor: User, grant: Grant, on: dt.date | None = None, confirmed: bool = False) -> None:
    """End one right (see ``granting.end``).

    Raises AccountError as that does, and LeftAloneError where the office would be left without anybody, unless the actor
    has ``confirmed`` that.
    """
    alone = {left.pk for left in left_alone(grant.user, on or timezone.localdate() - ONE_DAY)}
    end(actor=actor, grant=grant, on=on)
    if grant.pk in alone and not confirmed:
        text = _("此后这一岗位没有人了：%(grant)s。请先授权给别人，或者勾选确认。")
        raise LeftAloneError(text % {"grant": grant}, "confirmed")


def may_manage(actor: User, user: User) -> bool:
    """Whether every right that a user holds today or will hold is the actor's to end, and there is one."""
    grants = grants_to_end(user, timezone.localdate() - ONE_DAY)
    return bool(grants) and all(may_end(actor, grant) for grant in grants)


@transaction.atomic
def leave_office(
    *, actor: User, user: User, last_day: dt.date, successor: User | None = None, confirmed: bool = False
) -> None:
    """Let a user leave office with ``last_day`` (Beijing date; yesterday: at once).

    All rights end with that day; the successor is given the same from the day after, those of a deputy excepted, and
    stands in where the leaver would have. Behind that day nobody signs in by the account.

    Raises AccountError where a right is not the actor's to end or give, or the day is over, and LeftAloneError where an
    office would be left without anybody, unless the actor has ``confirmed`` that.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if last_day < timezone.localdate() - ONE_DAY:
        raise AccountError(_("最后一天不能早于昨天。"), "last_day")
    held = grants_to_end(user, timezone.localdate() - ONE_DAY)
    if not held:
        raise AccountError(_("此人已没有任何授权，不用再办离任交接。"))
    foreign = [grant for grant in held if not may_end(actor, grant)]
    if foreign:
        raise AccountError(
            _("其中有不归您管的授权，请先由有权限的人员结束：%(grants)s。") % {"grants": _listed(foreign)}
        )
    grants = grants_to_end(user, last_day)
    alone = [] if successor or confirmed else left_alone(user, last_day)
    if alone:
        raise LeftAloneError(
            _("离任后这些岗位没有人了：%(grants)s。请选择接任人，或者勾选确认。") % {"grants": _listed(alone)},
            "successor",
        )
    if successor:
        _succeed(actor, grants, successor, last_day)
        _hand_substitutions_over(user, successor, last_day)
    end_rights(user, grants, last_day, by=actor)
    note_change(user, AccountChange.What.LEFT, _words(last_day, successor), by=actor)


def _words(last_day, successor):
    facts = {"day": spoken(last_day), "name": successor and successor.name}
    return _("最后一天%(day)s，接任人%(name)s") % facts if successor else _("最后一天%(day)s，未指定接任人") % facts


def _listed(grants):
    return "、".join(str(grant) for grant in grants)


def _succeed(actor, grants, successor, last_day):
    first_day = max(last_day + ONE_DAY, timezone.localdate())
    for grant in grants:
        held = successor.grants.beyond(last_day).like(grant)
        if grant.role not in NOT_HANDED_ON and not held.exists():
            give(
                actor=actor,
                user=successor,
                role=grant.role,
                scope=grant.scope,
                starts_on=max(first_day, grant.starts_on),
                ends_on=grant.ends_on,
            )


def _hand_substitutions_over(user, successor, last_day):
    """Whoever the leaver would have stood in for has the successor instead; for oneself nobody stands in."""
    for leave in user.substitutions.filter(ends_on__gt=last_day).exclude(user=successor):
        if leave.starts_on > last_day:
            leave.substitute = successor
        else:
            Leave.objects.create(
                user=leave.user, substitute=successor, starts_on=last_day + ONE_DAY, ends_on=leave.ends_on
            )
            leave.ends_on = last_day
        leave.save()


def end_rights(user: User, grants: Iterable[Grant], last_day: dt.date, *, by: User) -> None:
    """End these grants, the user's own leaves and the account with a day."""
    for grant in grants:
        end_grant(grant, last_day, by=by)
    user.leaves.filter(starts_on__gt=last_day).delete()
    user.leaves.filter(ends_on__gt=last_day).update(ends_on=last_day)
    # One that an administrator switched off stays so, and has not left in order.
    if user.is_active:
        user.leaves_on, user.is_active = last_day, last_day >= timezone.localdate()
        user.save(update_fields=["leaves_on", "is_active"])
    if not user.is_active:
        revoke_tokens(user=user, by=by)


def close_accounts() -> int:
    """Switch off the accounts of those whose last day is over, which ends their sessions; return how many those were."""
    today, closed = timezone.localdate(), 0
    for user in User.objects.filter(is_active=True, leaves_on__lt=today):
        if User.objects.filter(pk=user.pk, is_active=True, leaves_on__lt=today).update(is_active=False):
            closed += 1
            revoke_tokens(user=user, by=None)
            note_change(user, AccountChange.What.CLOSED, _("离任日期已过，账号自动停用"), by=None)
    return closed
