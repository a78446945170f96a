"""What residents fill in to sign up for an activity, and to find their sign-up again."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy

from deputies.forms.booking import FindForm as FindBookingForm
from vault.fields import NoticeField, PhoneField, PlainField


class SignUpForm(forms.Form):
    """Who comes; nothing that names anybody has to be told."""

    name = PlainField(label=gettext_lazy("怎么称呼您"), max_length=40, required=False)
    phone = PhoneField(
        label=gettext_lazy("联系电话"),
        help_text=gettext_lazy("改期或取消时，组织单位打这个电话告诉您。"),
        max_length=40,
        required=False,
    )
    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        help_text=gettext_lazy("填了会收到报名确认和改期、取消的通知。"),
        required=False,
        error_messages={"invalid": gettext_lazy("邮箱地址不完整，应像 zhang@example.com 这样。")},
    )
    notice = NoticeField()
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"submission_key": uuid.uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs.update({"class": "short", "autocomplete": "name"})
        self.fields["phone"].widget.attrs.update({"class": "short", "autocomplete": "tel", "inputmode": "tel"})
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def facts(self):
        """What ``services.guests.sign_up`` takes of this form."""
        typed = self.cleaned_data
        identity = {"name": typed["name"], "phone": typed["phone"], "address": "", "email": typed["email"]}
        told = any(identity.values())
        identity["notice"] = typed["notice"]
        return {"identity": identity if told else None, "submission_key": typed["submission_key"]}


class FindForm(FindBookingForm):
    """The number of a sign-up and the query code that opens it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].label = gettext_lazy("报名编号")
        self.fields["number"].help_text = gettext_lazy("例如 HD12-003。")
        self.fields["number"].error_messages["required"] = gettext_lazy("请填写报名编号。")
