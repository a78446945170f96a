"""Filters over lists: what an address asks for, and the sentence beside the field where it cannot be read."""

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NOT_UNDERSTOOD = 422
EARLIEST, LATEST = 2000, 2100


class ListFilter(forms.Form):
    """What a page is narrowed by; the address holds it. Where it cannot be read, the page has the form and nothing narrowed.

    The days of a form that has two are called ``since`` and ``until``.
    """

    is_filter = True

    @property
    def http_status(self) -> int:
        """That of the page: 200, or 422 for a filter that cannot be read."""
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


def tab_of(asked, name: str, tabs) -> str:
    """The key of the tab that an address asks for, "" where it names none; page 404 for one that no link leads to."""
    key = asked.get(name, "")
    if key and key not in tabs:
        raise Http404
    return key
