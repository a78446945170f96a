"""Invitations: a new person sets a password of their own by a link that is good once, for seven days.

The token has 256 random bits and only an HMAC of it is kept. It is made for the inviter, who is shown it once, or while
the message that carries it is being sent; what was sent earlier stays good until the invitation is accepted.
"""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .codes import keyed_hash
from .granting import give, note_change
from .leaving import ONE_DAY, end_rights, grants_to_end, may_manage, not_joined
from .models import AccountChange, Invitation, User
from .services import AccountError, count_attempt

DAYS = 7
OPENINGS = (60, 60)  # default: sixty a minute from one address
# What a message says in place of the link while it waits; whoever has joined is led on from there.
WAITING = "/accounts/invitation/"


@transaction.atomic
def invite(*, actor: User, person: dict, **right) -> tuple[User, str]:
    """Make an account without a password for a new person, with a right (see ``give``); return it and its token.

    ``person`` has username, name, title, phone and email. Raises AccountError as ``give`` does, and for a user name that
    is taken.
    """
    user = User(**person)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise AccountError(_("登录名%(name)s已经有人使用，请换一个。") % {"name": user.username}) from None
    note_change(user, AccountChange.What.INVITED, user.username, by=actor)
    give(actor=actor, user=user, **right)
    return user, _make(user, by=actor, at=timezone.now())


@transaction.atomic
def invite_again(*, actor: User, user: User) -> str:
    """Make a new link, which ends those before it, and return its token.

    Raises AccountError when the person has joined already, or is not the actor's to invite.
    """
    user = _waiting(actor, user)
    now = timezone.now()
    user.invitations.good(now).update(revoked_at=now)
    note_change(user, AccountChange.What.INVITED_AGAIN, user.username, by=actor)
    return _make(user, by=actor, at=now)


@transaction.atomic
def take_back(*, actor: User, user: User) -> None:
    """Take an invitation back: its links and its rights end at once. Raises AccountError as ``invite_again`` does."""
    user = _waiting(actor, user)
    now, yesterday = timezone.now(), timezone.localdate() - ONE_DAY
    user.invitations.good(now).update(revoked_at=now)
    end_rights(user, grants_to_end(user, yesterday), yesterday, by=actor)
    note_change(user, AccountChange.What.TAKEN_BACK, user.username, by=actor)


def is_waiting(user: User) -> bool:
    """Whether a user was invited and has not joined yet."""
    return User.objects.filter(not_joined(), pk=user.pk).exists()


def _waiting(actor, user):
    user = User.objects.select_for_update().get(pk=user.pk)
    if not is_waiting(user):
        raise AccountError(_("这个账号没有等待接受的邀请。"))
    if not may_manage(actor, user):
        raise AccountError(_("这个账号的授权不归您管，请由有权限的人员办理。"))
    return user


def _make(user, *, by, at):
    token = secrets.token_urlsafe(32)
    user.invitations.create(token_hash=_hash(token), made_at=at, made_by=by, expires_at=at + dt.timedelta(days=DAYS))
    return token


def path_of(token: str) -> str:
    """The address of an invitation's page, from the root of the site."""
    return reverse("portal:invitation", args=[token])


def link_for(user: User, *, at: dt.datetime) -> str:
    """Make a link for the message that is being sent; empty where the invitation was accepted or taken back meanwhile."""
    standing = user.invitations.good(at).select_related("made_by").first()
    return path_of(_make(user, by=standing.made_by, at=at)) if standing else ""


def open_invitation(token: str, *, address: str) -> Invitation | None:
    """Return the invitation of a token, or None: forged, expired, used, taken back and tried too often are not told apart.

    ``address`` is the network address that asks. Nothing is changed by looking.
    """
    within = count_attempt(f"invitation:from:{address}", limit=OPENINGS[0], window_seconds=OPENINGS[1])
    good = Invitation.objects.good(timezone.now()).filter(token_hash=_hash(token), user__is_active=True)
    return good.select_related("user", "made_by").first() if within else None


@transaction.atomic
def accept(invitation: Invitation, password: str) -> User:
    """Set the password that an invited person chose, and end every link. Raises AccountError when it was used meanwhile."""
    user = User.objects.select_for_update().get(pk=invitation.user_id)
    now = timezone.now()
    if not user.is_active or not user.invitations.good(now).filter(pk=invitation.pk).exists():
        raise AccountError(_("这个邀请链接刚刚已失效。"))
    user.set_password(password)
    user.save(update_fields=["password"])
    user.invitations.good(now).update(used_at=now)
    note_change(user, AccountChange.What.JOINED, user.username, by=user)
    return user


def _hash(token: str) -> str:
    return keyed_hash(f"invitation|{token}")
