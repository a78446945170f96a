"""People and their rights as the desk shows them: whom one finds, what a leaver holds, and the word that goes out."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import granting, inviting, leaving, second_factor, sign_ins
from accounts.granting import may_end, people_of
from accounts.models import AccountChange, ApiToken, Grant, Role, User
from accounts.services import AccountError, has_role
from accounts.tokens import revoke_tokens
from deputies.permissions import kept_deputies
from notices.services import tell, withdraw
from petitions.models import Petition
from supervision.models import Clock

UNUSED_DAYS = 90  # default; 等保 2.0 asks that accounts nobody uses are found and removed
MOST_CLOCKS = 10
OWNER = {
    Role.OFFICER: "station",
    Role.CLERK: "organ",
    Role.LEADER: "organ",
    Role.HEAD: "region",
    Role.COMMITTEE: "region",
}


def people_seen_by(actor: User) -> QuerySet[User]:
    """The users whom an actor finds: within the scope of the actor's rights, and deputies whose record the actor keeps."""
    kept = kept_deputies(actor).exclude(user=None).order_by().values("user")
    return User.objects.filter(people_of(actor) | Q(pk__in=kept))


def with_grants(people: QuerySet[User]) -> QuerySet[User]:
    """Users with ``standing``: the grants in force today."""
    grants = Grant.objects.on(timezone.localdate()).select_related("region", "station", "organ").order_by("pk")
    return people.prefetch_related(Prefetch("grants", grants, to_attr="standing"))


def unused() -> Q:
    """The condition of accounts that may sign in and have not for ninety days, or never since they were made."""
    before = timezone.now() - dt.timedelta(days=UNUSED_DAYS)
    return Q(is_active=True, created_at__lt=before) & (Q(last_login=None) | Q(last_login__lt=before))


def grants_shown(user: User, actor: User) -> dict[str, list[Grant]]:
    """A user's grants by ``now``, ``coming`` and ``over``, each with ``is_mine``: whether the actor may end it."""
    today, groups = timezone.localdate(), {"now": [], "coming": [], "over": []}
    for grant in user.grants.select_related("region", "station", "organ").order_by("-starts_on", "-pk"):
        over = grant.ends_on is not None and grant.ends_on < today
        grant.is_mine = not over and may_end(actor, grant)
        groups["over" if over else "coming" if grant.starts_on > today else "now"].append(grant)
    return groups


@dataclass(frozen=True)
class Holding:
    """One right that a leaver holds: whether somebody else holds it as well, and what runs there, the first due first."""

    grant: Grant
    is_alone: bool
    clocks: list[Clock]
    total: int


def holdings_of(user: User) -> list[Holding]:
    """What a user holds today and would leave behind."""
    yesterday = timezone.localdate() - leaving.ONE_DAY
    alone = {grant.pk for grant in leaving.left_alone(user, yesterday)}
    return [_holding(grant, grant.pk in alone) for grant in leaving.grants_to_end(user, yesterday)]


def _holding(grant, is_alone):
    owner = OWNER.get(grant.role)
    running = Clock.objects.running().filter(**{f"owner_{owner}": grant.scope} if owner else {"pk__in": []})
    return Holding(grant, is_alone, list(running.order_by("due_on", "pk")[:MOST_CLOCKS]), running.count())


@dataclass(frozen=True)
class OwnMatters:
    """What hangs on the person and not on an office, so that no right carries it over."""

    clocks: list[Clock]
    addressed: int
    substitutions: list
    deputy: object | None


def own_matters_of(user: User) -> OwnMatters:
    """A user's own duties, open cases that residents addressed to them, whom they stand in for, and their deputy's record."""
    return OwnMatters(
        clocks=list(Clock.objects.running().filter(owner_user=user).order_by("due_on", "pk")[:MOST_CLOCKS]),
        addressed=Petition.objects.open().filter(deputy__user=user).count(),
        substitutions=list(user.substitutions.not_over(timezone.localdate()).select_related("user")),
        deputy=getattr(user, "deputy", None),
    )


@transaction.atomic
def invite(*, actor: User, person: dict, **right) -> tuple[User, str]:
    """Invite a new person (see ``accounts.inviting.invite``) and tell them, where an address is known."""
    user, token = inviting.invite(actor=actor, person=person, **right)
    _tell_invited(user, actor)
    return user, token


@transaction.atomic
def invite_again(*, actor: User, user: User) -> str:
    """Make a new link and send it; what has not been sent yet is not sent any more."""
    token = inviting.invite_again(actor=actor, user=user)
    withdraw(_topic(user))
    _tell_invited(user, actor)
    return token


@transaction.atomic
def take_back(*, actor: User, user: User) -> None:
    """Take an invitation back, and the message that has not been sent yet."""
    inviting.take_back(actor=actor, user=user)
    withdraw(_topic(user))


@transaction.atomic
def accept(invitation, password: str) -> User:
    """Let an invited person join; a second link is not sent any more."""
    user = inviting.accept(invitation, password)
    withdraw(_topic(user))
    return user


def _tell_invited(user, actor):
    if not (user.email or user.phone):
        return
    # What waits in the outbox is the address of a page; the secret link is made while the message is sent.
    tell(
        to=[user],
        title=_("邀请您使用联络站工作台"),
        body=_("%(actor)s邀请您。请在七天内打开链接，设置自己的密码。链接只给您本人使用，请不要转发。")
        % {"actor": actor.name},
        topic=_topic(user),
        key=f"{_topic(user)}:{timezone.now():%Y%m%d%H%M%S}",
        link=inviting.WAITING,
    )


def _topic(user):
    return f"invitation:{user.pk}"


def tokens_shown(user: User, actor: User) -> list[ApiToken]:
    """A person's tokens that are good today, for administrators."""
    good = ApiToken.objects.good_on(timezone.localdate()).filter(user=user)
    return list(good) if has_role(actor, Role.ADMIN) else []


def revoke_token(*, actor: User, user: User, pk: int) -> None:
    """Revoke a person's token. Raises AccountError where the actor is no administrator, or it has ended."""
    if not has_role(actor, Role.ADMIN):
        raise AccountError(_("别人的接口令牌由管理员停用。"))
    if not revoke_tokens(user=user, by=actor, pk=pk):
        raise AccountError(_("这个令牌已经停用。"))


def remove_second_factor(*, actor: User, user: User, reason: str) -> None:
    """Take a lost second factor away (see ``second_factor.remove``). Raises AccountError."""
    if not second_factor.may_remove(actor, user):
        raise AccountError(_("两步验证由管理员为别人取消，而且只在已启用时。"))
    second_factor.remove(user=user, actor=actor, reason=reason)


@transaction.atomic
def end_sign_ins(*, actor: User, user: User) -> None:
    """End every session of a person, on record. Raises AccountError where the actor is no administrator, or there is none."""
    if not has_role(actor, Role.ADMIN):
        raise AccountError(_("别人的登录由管理员结束。"))
    if not sign_ins.end_sign_ins(user):
        raise AccountError(_("此人现在没有登录。"))
    granting.note_change(user, AccountChange.What.SIGN_INS_ENDED, by=actor)


@transaction.atomic
def leave_office(*, actor: User, user: User, last_day: dt.date, successor: User | None, confirmed: bool) -> None:
    """Let a user leave office (see ``accounts.leaving.leave_office``) and tell the successor."""
    leaving.leave_office(actor=actor, user=user, last_day=last_day, successor=successor, confirmed=confirmed)
    if successor:
        tell(
            to=[successor],
            title=_("由您接任%(name)s的工作") % {"name": user.name},
            topic=f"account:{successor.pk}",
            key=f"succession:{user.pk}:{successor.pk}:{last_day:%Y%m%d}",
            link=reverse("portal:desk"),
        )
