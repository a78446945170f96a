"""Signing in and leave, with the words of their errors."""

import logging

from django import forms
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    AuthenticationForm,
    PasswordChangeForm,
    UserChangeForm,
)
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Leave, Scope, User
from .passwords import LOCKED, count_try, forget_tries
from .tokens import LONGEST

log = logging.getLogger(__name__)


class SignInForm(AuthenticationForm):
    """User name and password; too many wrong tries lock this user name for this address only.

    Nobody can lock another person out: from any other address the same name may still sign in.
    """

    error_messages = {
        "invalid_login": _("登录名或密码不对，请核对后再试。"),
        "inactive": _("这个账号已停用，请与管理员联系。"),
        "locked": LOCKED,
    }

    def clean(self):
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not username or not password:
            return self.cleaned_data
        # Counted before the password is looked at, so that tries made at the same moment cannot outrun the count.
        address = self.request.META["REMOTE_ADDR"]
        if not count_try(username, address=address):
            raise ValidationError(self.error_messages["locked"], code="locked")
        try:
            cleaned_data = super().clean()
        except ValidationError:
            # Without the name: who is in a hurry types the password there.
            log.warning("sign-in refused")
            raise
        forget_tries(username, address=address)
        return cleaned_data


class CodeForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=40,
        error_messages={"required": _("请输入验证码。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "class": "short"}
        ),
    )


class OwnPasswordForm(PasswordChangeForm):
    """A new password of one's own; the old one is not taken a second time."""

    error_messages = PasswordChangeForm.error_messages | {"password_incorrect": _("原来的密码不对，请重新输入。")}

    def clean(self):
        cleaned_data = super().clean()
        new = cleaned_data.get("new_password1")
        if new and new == cleaned_data.get("old_password"):
            self.add_error("new_password1", _("新密码不能与原来的相同。"))
        return cleaned_data

    def save(self, commit=True):
        self.user.must_change_password = False
        return super().save(commit)


class LeaveForm(forms.ModelForm):
    """Days away, and one of ``colleagues`` as substitute."""

    class Meta:
        model = Leave
        fields = ["starts_on", "ends_on", "substitute"]
        labels = {"starts_on": _("从哪天起"), "ends_on": _("到哪天止"), "substitute": _("由谁代理")}
        help_texts = {
            "ends_on": _("含当天。"),
            "substitute": _("请假期间，本应通知您的事项都通知代理人。代理人只能看到自己权限内的内容。"),
        }
        widgets = {
            "starts_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}),
            "ends_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}),
        }

    def __init__(self, *args, colleagues, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["substitute"].queryset = colleagues
        self.fields["substitute"].empty_label = _("请选择")


class TokenForm(CodeForm):
    """What a token is for, what it may do, and until when; and a code, or where there is no second factor the password.

    A session left open is so no way to a key that outlives it by a year.
    """

    field_order = ["name", "scopes", "expires_on", "code"]
    name = forms.CharField(
        label=_("用途"),
        max_length=60,
        help_text=_("例如：综治平台每日同步。"),
        error_messages={"required": _("请写明给哪个程序、做什么用。")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("可以做什么"),
        choices=Scope,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("令牌能做的不会超过您本人当天的权限。"),
        error_messages={"required": _("请至少选择一项。")},
    )
    expires_on = forms.DateField(
        label=_("有效期至"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}),
        help_text=_("最长一年，到期前请新建一个再停用旧的。"),
        error_messages={"required": _("请选择日期。"), "invalid": _("请填写日期，例如2026-12-31。")},
    )

    def __init__(self, *args, has_factor: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if has_factor:
            self.fields["code"].help_text = _("验证器现在显示的6位数字，或一个没有用过的恢复码。")
        else:
            self.fields["code"] = forms.CharField(
                label=_("密码"),
                strip=False,
                help_text=_("请再输入一次您的登录密码，确认是您本人。"),
                error_messages={"required": _("请输入密码。")},
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "short"}),
            )
        today = timezone.localdate()
        self.fields["expires_on"].widget.attrs |= {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}


class NewUserForm(AdminUserCreationForm):
    """A new person in the admin site."""

    class Meta:
        model = User
        fields = ["username", "name", "title", "email"]


class GivenPasswordForm(AdminPasswordChangeForm):
    """A password that an administrator sets for somebody, who then chooses another."""

    def save(self, commit=True):
        self.user.must_change_password = True
        return super().save(commit)


class EditUserForm(UserChangeForm):
    """A person in the admin site; the password is changed on a page of its own."""

    class Meta:
        model = User
        fields = [
            "username",
            "password",
            "name",
            "title",
            "email",
            "phone",
            "wechat_openid",
            "sso_subject",
            "is_active",
            "is_superuser",
        ]
