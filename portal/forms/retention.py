"""A new term of keeping."""

from django import forms
from django.utils.translation import gettext_lazy

from portal.retention import KINDS
from vault.fields import PlainField
from vault.retention import LONGEST_MONTHS

MISSING = {"required": gettext_lazy("请填写这一项。")}


class RetentionForm(forms.Form):
    """From which day on how long what is kept, and by which rule."""

    kind = forms.ChoiceField(
        label=gettext_lazy("哪一类"), choices=[(kind.code, kind.label) for kind in KINDS], error_messages=MISSING
    )
    months = forms.IntegerField(
        label=gettext_lazy("保存月数"),
        help_text=gettext_lazy("不填就不按期限删除。"),
        min_value=0,
        max_value=LONGEST_MONTHS,
        required=False,
        error_messages={
            "invalid": gettext_lazy("请填写整数。"),
            "min_value": gettext_lazy("不能小于0。"),
            "max_value": gettext_lazy("不能大于1200。"),
        },
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    effective_on = forms.DateField(
        label=gettext_lazy("生效日期"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages=MISSING | {"invalid": gettext_lazy("请填写日期，例如2026-12-31。")},
    )
    basis = PlainField(label=gettext_lazy("依据"), max_length=200, error_messages=MISSING)
