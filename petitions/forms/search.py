"""What is looked for: on the desk in everything one may see, and in public in what is published."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import ListFilter
from petitions.finding import is_too_short
from petitions.forms.filters import FilterForm, PlainSelect, WordsField
from petitions.models import Petition
from vault.fields import PlainField

NEWEST, BEST = "", "best"
NARROWED_BY = ("status", "region", "station", "category", "since", "until")


def checked(words):
    """Words as typed; raises ``ValidationError`` for one character, which half of all cases would have."""
    if words and is_too_short(words):
        raise forms.ValidationError(_("请至少输入两个字，例如“路灯”；只有一个字时，找到的太多。"))
    return words


class SearchForm(FilterForm):
    """Words, how to order what is found, and what to narrow it by; as in the list of cases."""

    due = organ = todo = nature = severity = outcome = round = holder = figure = period = None
    q = WordsField(gettext_lazy("找什么"), max_length=60)
    order = forms.ChoiceField(
        label=gettext_lazy("次序"),
        choices=[(NEWEST, gettext_lazy("最新的在前")), (BEST, gettext_lazy("标题中有的在前"))],
        required=False,
        widget=PlainSelect,
    )
    field_order = ("q", "order", *NARROWED_BY)
    always_shown = ("q", "order")

    def clean_q(self):
        return checked(self.cleaned_data["q"])

    def cases(self):
        """The cases in which to look: those that the user may see, narrowed."""
        wanted = self.cleaned_data
        found = Petition.objects.visible_to(self.user)
        for name in NARROWED_BY:
            if wanted[name]:
                found = found.filter(getattr(self, f"_by_{name}")(wanted[name]))
        return found


class PublicSearchForm(ListFilter):
    """Words to look for among published results."""

    q = PlainField(label=gettext_lazy("找什么"), max_length=40, required=False)

    def clean_q(self):
        return checked(self.cleaned_data["q"])
