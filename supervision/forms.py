"""Terms, ladders and rungs as the committee types them."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notices.models import Wording
from notices.wording import unknown_placeholders
from stations.models import Organ, Region, Station

from .models import Addressee, Ladder, Rung, Severity, Term

NUMBER = {"class": "short", "inputmode": "numeric"}


class TermForm(forms.Form):
    """How long a duty may take, and why."""

    length = forms.IntegerField(
        label=gettext_lazy("期限"),
        min_value=1,
        max_value=365,
        widget=forms.NumberInput(attrs=NUMBER),
        error_messages={
            "min_value": gettext_lazy("期限至少为1。"),
            "max_value": gettext_lazy("期限不能超过365。"),
            "invalid": gettext_lazy("请填写整数。"),
        },
    )
    source = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=Term._meta.get_field("source").max_length,
        help_text=gettext_lazy("法律条文、本地规定的名称和文号，或“默认”。"),
        error_messages={"required": gettext_lazy("请写明依据。")},
    )
    running = forms.TypedChoiceField(
        label=gettext_lazy("进行中的期限"),
        choices=[("", gettext_lazy("不变，只对以后开始的有效")), ("yes", gettext_lazy("也按新期限调整"))],
        required=False,
        coerce=bool,
        empty_value=False,
        widget=forms.RadioSelect,
    )


class RungForm(forms.Form):
    """One rung. A standing one keeps its place between its neighbours, a new one goes where nobody stands yet.

    Only the last one may repeat.
    """

    name = forms.CharField(label=gettext_lazy("名称"), max_length=Rung._meta.get_field("name").max_length)
    offset = forms.IntegerField(
        label=gettext_lazy("触发时间（距到期日的工作日数）"),
        min_value=-60,
        max_value=60,
        widget=forms.NumberInput(attrs=NUMBER),
        help_text=gettext_lazy("负数表示到期前，0表示到期日结束时，正数表示超期后。当天结束时触发，下一工作时间发出。"),
        error_messages={
            "min_value": gettext_lazy("最早到期前60个工作日。"),
            "max_value": gettext_lazy("最晚超期后%(limit_value)s个工作日。"),
        },
    )
    repeat_every = forms.IntegerField(
        label=gettext_lazy("其后每隔几个工作日重复"),
        required=False,
        min_value=1,
        max_value=60,
        widget=forms.NumberInput(attrs=NUMBER),
        error_messages={"min_value": gettext_lazy("重复间隔至少为1个工作日。")},
    )
    colour = forms.ChoiceField(label=gettext_lazy("颜色"), choices=Rung.Colour, widget=forms.RadioSelect)
    addressees = forms.MultipleChoiceField(
        label=gettext_lazy("告知对象"),
        choices=Addressee,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选择一类告知对象。")},
    )
    makes_paper = forms.BooleanField(label=gettext_lazy("出具有文号的督办单"), required=False)
    must_acknowledge = forms.BooleanField(label=gettext_lazy("须填写回执"), required=False)
    start_severity = forms.TypedChoiceField(
        label=gettext_lazy("哪一等级的事项由此起步"),
        choices=[(0, gettext_lazy("不作为起步级")), *((value, label) for value, label in Severity.choices if value)],
        coerce=int,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("起步级以下的各级不再发出，起步级提前到最早一级的时间触发。"),
    )

    def __init__(self, *args, rung: Rung, **kwargs):
        """``rung`` is the rung to change, or a new one that knows its ladder only."""
        self.rung = rung
        self.others = [other for other in rung.ladder.rungs.filter(active=True) if other.pk != rung.pk]
        fields = ["name", "offset", "repeat_every", "colour", "addressees", "makes_paper", "must_acknowledge"]
        initial = {name: getattr(rung, name) for name in [*fields, "start_severity"]} if rung.pk else None
        super().__init__(*args, initial=initial, **kwargs)

    def clean_offset(self):
        """Rungs follow one another in time."""
        offset = self.cleaned_data["offset"]
        if self.rung.pk is None:
            return self._free(offset)
        below = [other for other in self.others if other.position < self.rung.position]
        above = [other for other in self.others if other.position > self.rung.position]
        if below and offset <= below[-1].offset:
            raise forms.ValidationError(
                _("必须晚于前一级“%(name)s”（%(offset)s）。") % {"name": below[-1], "offset": below[-1].offset}
            )
        if above and offset >= above[0].offset:
            raise forms.ValidationError(
                _("必须早于后一级“%(name)s”（%(offset)s）。") % {"name": above[0], "offset": above[0].offset}
            )
        return offset

    def _free(self, offset: int) -> int:
        for other in self.others:
            if offset == other.offset:
                raise forms.ValidationError(_("与“%(name)s”同一时间，请错开。") % {"name": other})
            if other.repeat_every and offset > other.offset:
                raise forms.ValidationError(_("“%(name)s”会重复，新的一级必须早于它。") % {"name": other})
        return offset

    def clean_repeat_every(self):
        """A rung that repeats beside later ones would make the later ones come out of order."""
        repeat_every = self.cleaned_data["repeat_every"]
        offset = self.cleaned_data.get("offset")
        if repeat_every and offset is not None and any(other.offset > offset for other in self.others):
            raise forms.ValidationError(_("只有最后一级可以重复。"))
        return repeat_every

    def clean(self):
        """Only a paper can be acknowledged."""
        if self.cleaned_data.get("must_acknowledge") and not self.cleaned_data.get("makes_paper"):
            self.add_error("must_acknowledge", _("出具督办单的一级才能要求回执。"))
        return self.cleaned_data


class CopyLadderForm(forms.Form):
    """For whom a ladder is copied; ``categories`` are the names of the first-level categories, known a floor above."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=Ladder._meta.get_field("name").max_length)
    level = forms.ChoiceField(
        label=gettext_lazy("用于哪一层级"),
        choices=[("", gettext_lazy("不限层级")), *Region.Level.choices],
        required=False,
        help_text=gettext_lazy("以负责督办的一方（联络站或机关）所在层级为准。"),
    )
    category = forms.ChoiceField(label=gettext_lazy("用于哪一类事项"), required=False)

    def __init__(self, *args, categories: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("不限类别")), *((name, name) for name in categories)]


class WhoForm(forms.Form):
    """At which station, and for which organ, the people of a rung are looked up."""

    station = forms.ModelChoiceField(
        Station.objects.select_related("region__parent"),
        label=gettext_lazy("联络站"),
        to_field_name="code",
        error_messages={"required": gettext_lazy("请选择联络站。")},
    )
    organ = forms.ModelChoiceField(
        Organ.objects.filter(active=True),
        label=gettext_lazy("承办单位"),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("由联络站自己办"),
    )


class WordingForm(forms.Form):
    """A message's title and body; what stands in braces must be known to the message ``name``."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=Wording._meta.get_field("title").max_length)
    body = forms.CharField(
        label=gettext_lazy("内容"),
        max_length=Wording._meta.get_field("body").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args, name: str, **kwargs):
        self.name = name
        super().__init__(*args, **kwargs)

    def clean_title(self):
        return self._known("title")

    def clean_body(self):
        return self._known("body")

    def _known(self, field: str) -> str:
        text = self.cleaned_data[field]
        unknown = unknown_placeholders(self.name, text)
        if unknown:
            raise forms.ValidationError(
                _("这条消息没有%(unknown)s，请只用列出的代号。")
                % {"unknown": "、".join(f"“{each}”" for each in unknown)}
            )
        return text
