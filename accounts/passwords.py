"""What a new password has to be, in our words: Django's own are half English, or say 你."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.utils.translation import gettext as _


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
