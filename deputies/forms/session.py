"""What is written down at the reception desk: a note, its amendment, the day's summary, the reason for a look."""

import uuid

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deputies.models import Note, NotePhoto
from deputies.services.session import LONGEST_REMARKS
from vault.fields import NoticeField, PhoneField, PhotosField, PlainField
from vault.models import Secrecy
from vault.services import LONGEST_REASON

LONGEST_WORDS = 5000
LONGEST_ANSWER = 2000
MOST_VISITORS = 500
SECRECY = [
    (Secrecy.STATION, gettext_lazy("只告诉联络站（默认）")),
    (Secrecy.NAMED, gettext_lazy("也告诉代表和承办单位")),
    (Secrecy.ANONYMOUS, gettext_lazy("匿名，不留姓名")),
]


class OneOf(forms.ChoiceField):
    """One of the objects that the page has loaded already, or None; no query of its own."""

    def __init__(self, *, empty_label, **options):
        self.empty_label = empty_label
        options.setdefault("widget", forms.Select)
        super().__init__(required=False, **options)

    def offer(self, objects):
        self.objects = {str(each.pk): each for each in objects}
        self.choices = [("", self.empty_label), *((pk, str(each)) for pk, each in self.objects.items())]

    def clean(self, value):
        return self.objects.get(super().clean(value))


def text(label, *, most, rows, missing=None, **options):
    """Several lines of at most so many characters; required where ``missing`` says what is said of none."""
    said = {"required": missing} if missing else {}
    return PlainField(
        lines=True,
        label=label,
        max_length=most,
        required=missing is not None,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages=said,
        **options,
    )


class NoteForm(forms.Form):
    """One visitor or party, one matter.

    ``deputies``, ``organs``, ``villages`` and ``appointments`` are what the page has loaded and may be chosen.
    """

    topic = PlainField(
        label=gettext_lazy("什么事"),
        max_length=60,
        error_messages={"required": gettext_lazy("请用一句话写明是什么事。")},
    )
    words = text(
        gettext_lazy("来访人的原话"),
        most=LONGEST_WORDS,
        rows=4,
        missing=gettext_lazy("请记下来访人说的话。"),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("怎么处理"),
        choices=Note.Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择怎么处理。")},
    )
    answer = text(gettext_lazy("当场怎么答复的"), most=LONGEST_ANSWER, rows=3)
    proposal = text(gettext_lazy("拟办意见"), most=LONGEST_ANSWER, rows=2)
    organ = OneOf(label=gettext_lazy("现场受理单位"), empty_label=gettext_lazy("没有单位当场受理"))
    promise = PlainField(label=gettext_lazy("现场承诺"), max_length=200, required=False)
    promised_on = forms.DateField(
        label=gettext_lazy("承诺完成日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("请填写完整的日期。")},
    )
    photos = PhotosField(
        label=gettext_lazy("拍照"),
        required=False,
        help_text=gettext_lazy("最多6张。拍摄地点等隐藏信息会自动去掉。"),
    )
    visitors = forms.IntegerField(
        label=gettext_lazy("来了几个人"),
        initial=1,
        min_value=1,
        max_value=MOST_VISITORS,
        error_messages={
            "required": gettext_lazy("请填写来访人数。"),
            "invalid": gettext_lazy("来访人数应为数字。"),
            "min_value": gettext_lazy("至少1人。"),
            "max_value": gettext_lazy("最多500人。"),
        },
    )
    region = OneOf(label=gettext_lazy("发生在哪个村（社区）"), empty_label=gettext_lazy("不清楚，或不止一个"))
    deputy = OneOf(label=gettext_lazy("接待代表"), empty_label=gettext_lazy("没有代表，由工作人员接待"))
    secrecy = forms.ChoiceField(
        label=gettext_lazy("来访人愿意让谁知道他是谁"),
        choices=SECRECY,
        widget=forms.RadioSelect,
        initial=Secrecy.STATION,
    )
    name = PlainField(label=gettext_lazy("姓名"), max_length=40, required=False)
    notice = NoticeField()
    phone = PhoneField(label=gettext_lazy("电话"), max_length=40, required=False)
    appointment = OneOf(label=gettext_lazy("预约"), empty_label="", widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, reception, deputies, organs, villages, appointments=(), **kwargs):
        kwargs["initial"] = {"key": uuid.uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.reception = reception
        for name, offered in (
            ("deputy", deputies),
            ("organ", organs),
            ("region", villages),
            ("appointment", appointments),
        ):
            self.fields[name].offer(offered)
        for name in ("name", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["phone"].widget.attrs.update({"inputmode": "tel", "class": "short"})
        self.fields["visitors"].widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})
        self.fields["photos"].widget.attrs["accept"] = "image/jpeg,image/png,image/webp"

    def clean(self):
        typed = super().clean()
        self._forget_what_is_hidden(typed)
        if typed.get("outcome") == Note.Outcome.ANSWERED and not typed.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("请写明是怎么答复的。"))
        if typed.get("outcome") == Note.Outcome.HANDLE:
            self._check_promise(typed)
        return typed

    def _forget_what_is_hidden(self, typed):
        """Nobody is told to correct a field that the choices made have taken from the page."""
        hidden = [] if typed.get("outcome") == Note.Outcome.ANSWERED else ["answer"]
        hidden += [] if typed.get("outcome") == Note.Outcome.HANDLE else ["proposal", "promise", "promised_on"]
        hidden += ["name", "phone"] if typed.get("secrecy") == Secrecy.ANONYMOUS else []
        for name in hidden:
            self.errors.pop(name, None)

    def _check_promise(self, typed):
        if "promised_on" in self.errors or "promise" in self.errors:
            return
        promise, day = typed.get("promise"), typed.get("promised_on")
        if (promise or day) and typed.get("organ") is None:
            self.add_error("organ", _("有承诺的，请选择是哪个单位受理。"))
        if promise and day is None:
            self.add_error("promised_on", _("请写明承诺哪一天完成。"))
        if day and not promise:
            self.add_error("promise", _("请写明承诺做什么。"))
        if day and day < self.reception.date:
            self.add_error("promised_on", _("承诺完成日期不能早于接待日。"))

    def facts(self):
        """What ``services.record_note`` and ``services.amend_note`` take of this form.

        What belongs to another outcome than the one chosen is left out.
        """
        typed = self.cleaned_data
        taken = {name: typed[name] for name in ("topic", "words", "outcome", "visitors", "region", "secrecy", "deputy")}
        answered = typed["outcome"] == Note.Outcome.ANSWERED
        handled = typed["outcome"] == Note.Outcome.HANDLE
        return taken | {
            "answer": typed["answer"] if answered else "",
            "proposal": typed["proposal"] if handled else "",
            "organ": typed["organ"] if handled else None,
            "promise": typed["promise"] if handled else "",
            "promised_on": typed["promised_on"] if handled else None,
            "identity": self.identity(),
            "photos": typed["photos"],
        }

    def identity(self):
        """A dict of name, phone, address and e-mail, or None for one who stays anonymous or gave nothing."""
        typed = self.cleaned_data
        if typed["secrecy"] == Secrecy.ANONYMOUS or not (typed["name"] or typed["phone"]):
            return None
        who = {"name": typed["name"], "phone": typed["phone"], "address": "", "email": ""}
        return who | {"notice": typed["notice"]}


class AmendForm(NoteForm):
    """The same note, corrected; who the visitor is is not shown again."""

    dropped = forms.ModelMultipleChoiceField(
        NotePhoto.objects.none(),
        label=gettext_lazy("删去的照片"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, note, **kwargs):
        kept = ("topic", "words", "outcome", "answer", "proposal", "promise", "promised_on", "visitors", "secrecy")
        initial = {name: getattr(note, name) for name in kept}
        initial |= {name: getattr(note, f"{name}_id") for name in ("organ", "region", "deputy")}
        super().__init__(*args, initial=initial, **kwargs)
        del self.fields["key"], self.fields["appointment"]
        photos = self.fields["dropped"]
        photos.queryset = note.photos.all()
        photos.label_from_instance = _named_by_position(note)
        self.fields["name"].help_text = _("已登记的不在这里显示；填写后替换原来的，不填则不变。")

    def facts(self):
        return super().facts() | {"dropped": self.cleaned_data["dropped"]}


def _named_by_position(note):
    positions = {photo.pk: position for position, photo in enumerate(note.photos.all(), start=1)}
    return lambda photo: _("照片 %(n)d") % {"n": positions[photo.pk]}


class SummaryForm(forms.Form):
    """What the station wants to say about the day besides its figures."""

    remarks = text(
        gettext_lazy("小结说明"),
        most=LONGEST_REMARKS,
        rows=4,
        help_text=gettext_lazy("数字由系统统计，不用重复。不要写来访人的姓名和电话。"),
    )


class RevealForm(forms.Form):
    """Why the identity has to be opened; the reason is kept in the view log."""

    reason = PlainField(
        label=gettext_lazy("查看理由"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("例如：电话核实情况。理由、姓名和时间会留下记录。"),
        error_messages={"required": gettext_lazy("请写明查看身份的理由。")},
    )
