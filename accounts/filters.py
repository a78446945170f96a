"""Filters over lists: what an address asks for, and the sentence beside the field where it asks for what there is not."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NOT_UNDERSTOOD = 422
EARLIEST, LATEST = 2000, 2100
SAID = (
    (forms.ChoiceField, {"invalid_choice": gettext_lazy("没有这一项，请重新选择。")}),
    (forms.DateField, {"invalid": gettext_lazy("请填写日期，例如2026-12-31。")}),
)


class ListFilter(forms.Form):
    """What a list is narrowed by; the address holds it. What cannot be read is refused: it neither shows all nor nothing.

    The days of a form that has two are called ``since`` and ``until``.
    """

    is_filter = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            for kind, sentences in SAID:
                if isinstance(field, kind):
                    field.error_messages |= sentences

    @property
    def http_status(self) -> int:
        """That of the list's page: 200, or 422 for a filter that there is not."""
        return 200 if self.is_valid() else NOT_UNDERSTOOD

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("结束日期早于开始日期。"))
        return self.cleaned_data


class YearField(forms.IntegerField):
    """A year, typed, or none."""

    def __init__(self, label):
        sentence = gettext_lazy("请填写年份，例如2026。")
        super().__init__(
            label=label,
            required=False,
            min_value=EARLIEST,
            max_value=LATEST,
            widget=forms.NumberInput(attrs={"class": "short", "placeholder": "2026"}),
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), sentence),
        )
