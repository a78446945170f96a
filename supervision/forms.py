"""Terms and rungs as the committee types them."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Addressee, Rung, Severity, Term

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


class RungForm(forms.Form):
    """One rung. It keeps its place between its neighbours, and only the last one may repeat."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=Rung._meta.get_field("name").max_length)
    offset = forms.IntegerField(
        label=gettext_lazy("触发时间（距到期日的工作日数）"),
        min_value=-60,
        max_value=60,
        widget=forms.NumberInput(attrs=NUMBER),
        help_text=gettext_lazy("负数表示到期前，0表示到期日结束时，正数表示逾期后。当天结束时触发，下一工作时间发出。"),
        error_messages={"invalid": gettext_lazy("请填写整数。")},
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
        """``rung`` is the rung to change."""
        self.rung = rung
        fields = ["name", "offset", "repeat_every", "colour", "addressees", "makes_paper", "must_acknowledge"]
        initial = {name: getattr(rung, name) for name in [*fields, "start_severity"]}
        super().__init__(*args, initial=initial, **kwargs)

    def clean_offset(self):
        """Rungs follow one another in time."""
        offset = self.cleaned_data["offset"]
        below = Rung.objects.filter(position__lt=self.rung.position).last()
        above = Rung.objects.filter(position__gt=self.rung.position).first()
        if below and offset <= below.offset:
            raise forms.ValidationError(
                _("必须晚于前一级“%(name)s”（%(offset)s）。") % {"name": below.name, "offset": below.offset}
            )
        if above and offset >= above.offset:
            raise forms.ValidationError(
                _("必须早于后一级“%(name)s”（%(offset)s）。") % {"name": above.name, "offset": above.offset}
            )
        return offset

    def clean_repeat_every(self):
        """A rung that repeats beside later ones would make the later ones come out of order."""
        repeat_every = self.cleaned_data["repeat_every"]
        if repeat_every and Rung.objects.filter(position__gt=self.rung.position).exists():
            raise forms.ValidationError(_("只有最后一级可以重复。"))
        return repeat_every

    def clean(self):
        """Only a paper can be acknowledged."""
        if self.cleaned_data.get("must_acknowledge") and not self.cleaned_data.get("makes_paper"):
            self.add_error("must_acknowledge", _("出具督办单的一级才能要求回执。"))
        return self.cleaned_data
