"""What residents fill in to book a slot of a reception day, and to find their booking again."""

import datetime as dt
import uuid

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from vault.fields import NoticeField, PhoneField, PlainField

MOST_PEOPLE = 10  # default; a larger party sends some of its number


class BookingForm(forms.Form):
    """A slot, what it is about, and who comes; nothing that names anybody has to be told."""

    slot = forms.TypedChoiceField(
        label=gettext_lazy("选一个时段"),
        widget=forms.RadioSelect,
        coerce=dt.time.fromisoformat,
        error_messages={
            "required": gettext_lazy("请选一个时段。"),
            "invalid_choice": gettext_lazy("您选的这一段已经约不上了，请另选一段。您填写的内容都还在。"),
        },
    )
    topic = PlainField(
        label=gettext_lazy("想反映什么事"),
        help_text=gettext_lazy("一句话就行，代表好先了解情况。请不要写姓名、身份证号。最多60字。"),
        max_length=60,
        required=False,
    )
    people = forms.IntegerField(
        label=gettext_lazy("几个人来"),
        initial=1,
        min_value=1,
        max_value=MOST_PEOPLE,
        error_messages={
            "required": gettext_lazy("请写几个人来。"),
            "invalid": gettext_lazy("人数请写数字，例如2。"),
            "min_value": gettext_lazy("至少一个人来。"),
            "max_value": gettext_lazy("一次最多%(limit_value)s人，人多请推选几位来。"),
        },
    )
    name = PlainField(label=gettext_lazy("怎么称呼您"), max_length=40, required=False)
    phone = PhoneField(
        label=gettext_lazy("联系电话"),
        help_text=gettext_lazy("改期或取消时，联络站打这个电话告诉您。"),
        max_length=40,
        required=False,
    )
    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        help_text=gettext_lazy("填了会收到预约确认、前一天的提醒和改期通知。"),
        required=False,
        error_messages={"invalid": gettext_lazy("邮箱地址不完整，应像 zhang@example.com 这样。")},
    )
    notice = NoticeField()
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, reception, free, **kwargs):
        kwargs["initial"] = {"submission_key": uuid.uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.reception = reception
        self.offer(free)
        self.fields["people"].widget.attrs.update({"class": "short", "inputmode": "numeric"})
        self.fields["name"].widget.attrs.update({"class": "short", "autocomplete": "name"})
        self.fields["phone"].widget.attrs.update({"class": "short", "autocomplete": "tel", "inputmode": "tel"})
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def offer(self, free):
        """Let the resident choose among these slots (``list[time]``)."""
        self.fields["slot"].choices = [(f"{slot:%H:%M}", self._span(slot)) for slot in free]

    def _span(self, slot):
        ends = dt.datetime.combine(self.reception.date, slot) + dt.timedelta(minutes=self.reception.slot_minutes)
        return f"{date_format(slot, 'G:i')}–{date_format(ends, 'G:i')}"

    def facts(self):
        """What ``services.book`` takes of this form."""
        typed = self.cleaned_data
        identity = {"name": typed["name"], "phone": typed["phone"], "address": "", "email": typed["email"]}
        told = any(identity.values())
        identity["notice"] = typed["notice"]
        taken = ("slot", "topic", "people", "submission_key")
        return {name: typed[name] for name in taken} | {"identity": identity if told else None}


class FindForm(forms.Form):
    """The number of a booking and the query code that opens it."""

    number = PlainField(
        label=gettext_lazy("预约编号"),
        help_text=gettext_lazy("例如 YY-20261203-00012。"),
        error_messages={"required": gettext_lazy("请填写预约编号。")},
    )
    code = PlainField(
        label=gettext_lazy("查询码"),
        help_text=gettext_lazy("10位字母和数字，大小写都可以，中间的短横可以不写。"),
        error_messages={"required": gettext_lazy("请填写查询码。")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("number", "code"):
            self.fields[name].widget.attrs.update(
                {"class": "code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
            )
