"""What an administrator changes of an account in the admin site, put on record as what is done on the desk."""

from collections.abc import Collection

from django.utils import timezone
from django.utils.translation import gettext as _

from .granting import note_change
from .models import AccountChange, User
from .sign_ins import end_sign_ins
from .tokens import revoke_tokens

What = AccountChange.What


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
