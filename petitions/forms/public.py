"""What residents fill in: a petition, joining one, finding one again, and what they may do with their own later."""

import uuid

from django import forms
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deputies.models import Deputy, Mandate
from petitions.models import Category, Petition, Rating, township_of
from stations.models import Region
from vault.fields import NoticeField, PhoneField, PhotosField, PlainField

LONGEST_BODY = 10_000


class DeputiesShown(forms.models.ModelChoiceIterator):
    """The deputies that a choice offers, with their mandates, looked for when they are shown and not before."""

    def __init__(self, field):
        self.field = field

    @property
    def queryset(self):
        mandates = Mandate.objects.in_force(timezone.localdate())
        return self.field.queryset.prefetch_related(Prefetch("mandates", mandates))


class DeputyChoice(forms.ModelChoiceField):
    """Deputies of a station, looked for only where one was chosen or the choice is shown."""

    station = None
    iterator = DeputiesShown

    def _deputies(self):
        return deputies_of(self.station) if self.station else self._queryset

    queryset = property(_deputies, forms.ModelChoiceField._set_queryset)

    def label_from_instance(self, deputy):
        levels = [mandate.get_level_display() for mandate in deputy.mandates.all()]
        return f"{deputy.name}（{levels[0]}）" if levels else deputy.name


def choice(model, **options):
    """A choice that nobody has to make."""
    return forms.ModelChoiceField(model.objects.none(), required=False, **options)


class IdentityForm(forms.Form):
    """Who somebody is; nothing of it is asked of one who stays anonymous."""

    name = PlainField(
        label=gettext_lazy("您的姓名"),
        max_length=40,
        error_messages={"required": gettext_lazy("请写姓名，或选择匿名。")},
    )
    phone = PhoneField(
        label=gettext_lazy("联系电话"),
        help_text=gettext_lazy("手机号，或带区号的座机号。"),
        max_length=40,
        error_messages={"required": gettext_lazy("请写联系电话，或选择匿名。")},
    )
    address = PlainField(label=gettext_lazy("住址"), max_length=120, required=False)
    email = forms.EmailField(
        label=gettext_lazy("电子邮箱"),
        help_text=gettext_lazy("填了会收到进展通知。"),
        required=False,
        error_messages={"invalid": gettext_lazy("邮箱地址不完整，应像 zhang@example.com 这样。")},
    )
    notice = NoticeField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.attrs.update({"autocomplete": "tel", "inputmode": "tel", "class": "short"})
        self.fields["address"].widget.attrs["autocomplete"] = "street-address"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        if self.data.get("secrecy") == Petition.Secrecy.ANONYMOUS:
            for name in ("name", "phone", "address", "email"):
                self.fields[name] = PlainField(label=self.fields[name].label, required=False)

    def identity(self):
        """A dict of name, phone, address and email, or None for one who stays anonymous."""
        if self.cleaned_data["secrecy"] == Petition.Secrecy.ANONYMOUS:
            return None
        return {name: self.cleaned_data[name] for name in ("name", "phone", "address", "email", "notice")}


class PetitionForm(IdentityForm):
    """One matter, told to one station (and, if wished, one of its deputies)."""

    SECRECY = [
        (Petition.Secrecy.STATION, gettext_lazy("只告诉联络站。承办单位看不到我是谁（推荐）")),
        (Petition.Secrecy.NAMED, gettext_lazy("也告诉代表和承办单位，方便他们直接联系我")),
        (Petition.Secrecy.ANONYMOUS, gettext_lazy("匿名。谁也不告诉，我用查询码看进展")),
    ]

    title = PlainField(
        label=gettext_lazy("一句话说是什么事"),
        help_text=gettext_lazy("例如：建设路东头三盏路灯不亮。最多60字，一次只说一件事。"),
        max_length=60,
        error_messages={"required": gettext_lazy("请用一句话写明是什么事。")},
    )
    body = PlainField(
        lines=True,
        label=gettext_lazy("具体情况"),
        help_text=gettext_lazy("什么时候、什么地方、怎么回事、希望怎么办。请不要写身份证号、银行卡号。"),
        max_length=LONGEST_BODY,
        error_messages={"required": gettext_lazy("请写明具体情况。")},
    )
    region = choice(Region, label=gettext_lazy("发生在哪个村（社区）"), empty_label=gettext_lazy("不清楚，或不止一个"))
    place = PlainField(
        label=gettext_lazy("具体地点"),
        help_text=gettext_lazy("例如：村委会北边的路口。"),
        max_length=120,
        required=False,
    )
    category = choice(Category, label=gettext_lazy("属于哪一类"), empty_label=gettext_lazy("不清楚，请联络站来分"))
    deputy = DeputyChoice(
        Deputy.objects.none(),
        label=gettext_lazy("想反映给哪位代表"),
        empty_label=gettext_lazy("不指定，由联络站安排"),
        required=False,
    )
    photos = PhotosField(
        label=gettext_lazy("添加照片"),
        help_text=gettext_lazy("最多6张，每张不超过10 MB。照片里的拍摄地点等隐藏信息会自动去掉。"),
        required=False,
    )
    secrecy = forms.ChoiceField(
        label=gettext_lazy("让谁知道您是谁"),
        choices=SECRECY,
        widget=forms.RadioSelect,
        initial=Petition.Secrecy.STATION,
    )
    consent_publish = forms.BooleanField(
        label=gettext_lazy("我同意：办完以后，工作人员可以另写一份摘要公开，不出现我的姓名、电话和住址"),
        help_text=gettext_lazy("不勾选也一样办理。原文和照片任何时候都不公开。"),
        required=False,
    )
    draft_key = forms.UUIDField(widget=forms.HiddenInput)
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    # What the browser worked out; asked for only where much comes from one address.
    proof = forms.CharField(widget=forms.HiddenInput, required=False)
    # The summary of errors follows the page.
    field_order = ["title", "body", "region", "place", "category", "deputy", "photos", "secrecy"]

    def __init__(self, *args, station, **kwargs):
        kwargs["initial"] = {"draft_key": uuid.uuid4(), "submission_key": uuid.uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.station = station
        self.fields["photos"].widget.attrs["accept"] = "image/jpeg,image/png,image/webp"
        self.fields["region"].queryset = Region.objects.villages_near(station.region_id)
        self.fields["category"].queryset = Category.objects.in_use().filter(level=1)
        self.fields["category"].label_from_instance = lambda category: category.name
        self.fields["deputy"].station = station

    def facts(self):
        """What ``services.submit`` takes of this form."""
        typed = self.cleaned_data
        taken = (
            "title",
            "body",
            "secrecy",
            "place",
            "category",
            "deputy",
            "consent_publish",
            "draft_key",
            "submission_key",
        )
        return {name: typed[name] for name in taken} | {
            "station": self.station,
            "region": typed["region"] or township_of(self.station),
            "identity": self.identity(),
        }


def deputies_of(station):
    """Deputies in office who are grouped in a station today, with their accounts."""
    today = timezone.localdate()
    grouped = Deputy.objects.in_office(today).filter(pk__in=station.memberships.on(today).values("deputy"))
    return grouped.select_related("user")


class JoinForm(IdentityForm):
    """Joining somebody else's case (附议)."""

    SECRECY = [
        (Petition.Secrecy.STATION, gettext_lazy("留下姓名和电话，方便联络站找我核实")),
        (Petition.Secrecy.ANONYMOUS, gettext_lazy("匿名。我用查询码看进展")),
    ]

    note = PlainField(
        lines=True,
        label=gettext_lazy("我要补充的情况"),
        help_text=gettext_lazy("您遇到的情况有什么不同，写在这里，只有工作人员看得到。"),
        max_length=LONGEST_BODY,
        required=False,
    )
    secrecy = forms.ChoiceField(
        label=gettext_lazy("您的身份"), choices=SECRECY, widget=forms.RadioSelect, initial=Petition.Secrecy.STATION
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ["note", "secrecy"]

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"submission_key": uuid.uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def facts(self):
        """What ``services.join`` takes of this form."""
        return {
            "note": self.cleaned_data["note"],
            "identity": self.identity(),
            "submission_key": self.cleaned_data["submission_key"],
        }


class TrackForm(forms.Form):
    """A case number and the query code that opens it."""

    number = PlainField(label=gettext_lazy("编号"), help_text=gettext_lazy("例如 XD-20261124-00042。"))
    code = PlainField(
        label=gettext_lazy("查询码"), help_text=gettext_lazy("10位字母和数字，大小写都可以，中间的短横可以不写。")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("number", "code"):
            self.fields[name].widget.attrs.update(
                {"class": "code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
            )


class SupplementForm(forms.Form):
    """What the station asked for."""

    text = PlainField(
        lines=True,
        label=gettext_lazy("补充的情况"),
        max_length=LONGEST_BODY,
        error_messages={"required": gettext_lazy("请写明要补充的情况。")},
    )
    photos = PhotosField(
        label=gettext_lazy("添加照片"), help_text=gettext_lazy("最多6张，每张不超过10 MB。"), required=False
    )
    draft_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"draft_key": uuid.uuid4()}, **kwargs)
        self.fields["photos"].widget.attrs["accept"] = "image/jpeg,image/png,image/webp"

    def facts(self):
        return {name: self.cleaned_data[name] for name in ("text", "draft_key")}


class RateForm(forms.Form):
    """Two judgements, of the way and of the result."""

    process = forms.ChoiceField(
        label=gettext_lazy("办理的态度和过程，您满意吗"),
        choices=Rating.Grade,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择对态度和过程是否满意。")},
    )
    result = forms.ChoiceField(
        label=gettext_lazy("办理的结果，您满意吗"),
        choices=Rating.Grade,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择对办理结果是否满意。")},
    )
    text = PlainField(
        lines=True,
        label=gettext_lazy("想说的话"),
        help_text=gettext_lazy("不满意的，请写明哪里不满意，以便再次办理。"),
        max_length=2000,
        required=False,
    )

    def clean(self):
        typed = super().clean()
        dissatisfied = Rating.Grade.DISSATISFIED in (typed.get("process"), typed.get("result"))
        if dissatisfied and not typed.get("text") and "text" not in self.errors:
            self.add_error("text", _("请写明哪里不满意，以便再次办理。"))
        return typed

    def facts(self):
        return self.cleaned_data


class ObjectionForm(forms.Form):
    """Why the station's decision is not agreed with."""

    reason = PlainField(
        lines=True,
        label=gettext_lazy("您的理由"),
        help_text=gettext_lazy("每件可以提一次异议，提出后联络站会重新审查。"),
        max_length=2000,
        error_messages={"required": gettext_lazy("请写明理由。")},
    )

    def facts(self):
        return self.cleaned_data


class WithdrawForm(forms.Form):
    """Taking a case back, confirmed."""

    reason = PlainField(lines=True, label=gettext_lazy("撤回的原因"), max_length=500, required=False)
    sure = forms.BooleanField(
        label=gettext_lazy("我确认撤回，这件事不再办理"),
        error_messages={"required": gettext_lazy("确定要撤回的，请勾选这一项。")},
    )

    def facts(self):
        return {"reason": self.cleaned_data["reason"]}


class WithdrawConsentForm(forms.Form):
    """Taking back the consent to publication: one press, as it was one tick to give."""

    def facts(self):
        return {}
