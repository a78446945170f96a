"""Signing in by phone: the number, and the code that came by SMS."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vault.fields import PhoneField, PlainField
from vault.phones import is_mobile, plain

CODE_DIGITS = 6


class PhoneForm(forms.Form):
    """A mobile number; a landline gets no SMS."""

    phone = PhoneField(
        label=gettext_lazy("手机号"),
        help_text=gettext_lazy("反映问题时留的手机号。"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填写手机号。")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs.update({"autocomplete": "tel", "inputmode": "tel", "class": "short"})

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if not is_mobile(phone):
            raise ValidationError(_("座机收不到短信，请填写手机号；只留了座机的，请用编号和查询码查询。"))
        return phone


class CodeForm(forms.Form):
    """Six digits; blanks and full width are forgiven."""

    code = PlainField(
        label=gettext_lazy("短信验证码"),
        help_text=gettext_lazy("6位数字，10分钟内有效。"),
        max_length=20,
        error_messages={"required": gettext_lazy("请填写短信里的验证码。")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code short"}
        self.fields["code"].widget.attrs.update(attributes)

    def clean_code(self):
        digits = plain(self.cleaned_data["code"])
        if len(digits) != CODE_DIGITS:
            raise ValidationError(_("验证码是6位数字。"))
        return digits
