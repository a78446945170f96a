"""What a new password has to be, in our words: Django's own are half English, or say 你. And how often one may be tried."""

import logging

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import User
from .services import AccountError, count_attempt, forget_attempts

log = logging.getLogger(__name__)

WRONG_TRIES = 10  # of one user name from one address
LOCKED_SECONDS = 15 * 60
LOCKED = gettext_lazy("密码输错次数过多，请 15 分钟后再试，或请管理员重设密码。")


class LongEnough(MinimumLengthValidator):
    """At least ``min_length`` characters."""

    def get_error_message(self):
        return _("密码太短，至少要 %(length)d 个字符。") % {"length": self.min_length}

    def get_help_text(self):
        return _("密码至少要 %(length)d 个字符。") % {"length": self.min_length}


class UnlikeTheUser(UserAttributeSimilarityValidator):
    """Not like the user name or the e-mail address."""

    def get_error_message(self):
        return _("密码与您的%(verbose_name)s太相似，请换一个。")

    def get_help_text(self):
        return _("不要与您的登录名或电子邮箱相似。")


class Uncommon(CommonPasswordValidator):
    """None of the commonest, which are tried first."""

    def get_error_message(self):
        return _("这个密码太常见，容易被人猜到，请换一个。")

    def get_help_text(self):
        return _("不要用常见的密码，例如 1234567890。")


def count_try(username: str, *, address: str) -> bool:
    """Count a try at a password and say whether this user name may still be tried from this network address."""
    return count_attempt(_key(username, address), limit=WRONG_TRIES, window_seconds=LOCKED_SECONDS)


def forget_tries(username: str, *, address: str) -> None:
    """Take the tries back, once one of them was right."""
    forget_attempts(_key(username, address))


def _key(username, address):
    return f"sign-in:{username}:{address}"


def prove(*, user: User, typed: str, address: str) -> None:
    """Ask somebody who has signed in for their password again. Raises AccountError when it is wrong or tries are used up.

    ``address`` is the network address that the request came from; tries count together with those of signing in.
    """
    if not count_try(user.username, address=address):
        raise AccountError(str(LOCKED), "code")
    if not user.check_password(typed):
        log.warning("password refused to user %s, who has signed in", user.pk)
        raise AccountError(_("密码不对，请重新输入。"), "code")
    forget_tries(user.username, address=address)
