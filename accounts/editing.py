"""What an administrator changes of an account, on the desk or in the admin site, put on record alike."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .codes import draw
from .granting import note_change
from .models import AccountChange, Role, User
from .services import AccountError, has_role
from .sign_ins import end_sign_ins
from .tokens import revoke_tokens

What = AccountChange.What
GIVEN_LENGTH = 12  # characters of a password that is given, 60 bits


def note_edit(*, actor: User, user: User, changed: Collection[str]) -> None:
    """Put on record which of the fields ``changed`` let somebody in or out.

    The tokens of a closed account end; who had left and is let in again has left no more, or the account would be closed
    again within ten minutes.
    """
    if "is_active" in changed:
        User.objects.filter(pk=user.pk, is_active=True, leaves_on__lt=timezone.localdate()).update(leaves_on=None)
        note_change(user, What.OPENED if user.is_active else What.CLOSED, _("在系统管理页面"), by=actor)
    if "is_superuser" in changed:
        note_change(user, What.SUPERUSER, _("授予") if user.is_superuser else _("取消"), by=actor)
    if "sso_subject" in changed:
        note_change(user, What.SSO_BOUND, user.sso_subject or _("已解除绑定"), by=actor)
    if not user.is_active:
        revoke_tokens(user=user, by=actor)


def note_given_password(*, actor: User, user: User, but: str) -> None:
    """Put on record that an administrator set somebody's password, and end their sessions but the one with the key ``but``."""
    end_sign_ins(user, but=but)
    note_change(user, What.PASSWORD_GIVEN, _("在系统管理页面"), by=actor)


def may_give_password(actor: User, user: User) -> bool:
    """Whether an actor may give somebody a new password: an administrator, to others who have joined and not left.

    Nobody comes to the rights of a superuser this way, but a superuser.
    """
    has_one = user.is_active and user.has_usable_password()
    reaches = has_role(actor, Role.ADMIN) and (actor.is_superuser or not user.is_superuser)
    return actor.pk != user.pk and has_one and reaches


@transaction.atomic
def give_password(*, actor: User, user: User, reason: str) -> str:
    """Give somebody who lost theirs a password, which they change when they sign in; it is returned this once.

    Their sessions and tokens end, a second factor stays. Raises AccountError where the actor may not.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not may_give_password(actor, user):
        raise AccountError(_("密码由管理员为别人重设，而且只在账号启用、本人已经设过密码时。"))
    password = draw(GIVEN_LENGTH)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_sign_ins(user)
    revoke_tokens(user=user, by=actor)
    note_change(user, What.PASSWORD_GIVEN, reason.strip(), by=actor)
    return password
