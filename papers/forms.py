"""Input of the papers' pages."""

import re

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.filters import ListFilter
from stations.models import Region

from .models import Paper, Wording
from .wording import FIELDS, check_placeholders


class CodeForm(forms.Form):
    """The check code of a paper in one's hand."""

    code = forms.CharField(
        label=_("查验码"),
        max_length=40,
        help_text=_("印在公文右上角，共10位，例如 7KQ2M-9XZ4T。大小写和横线都不影响。"),
        error_messages={"required": _("请输入公文右上角的查验码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class PaperFilter(ListFilter):
    """Filters over the papers that a user may read (``visible``)."""

    q = forms.CharField(
        label=_("文号、标题或主送"),
        required=False,
        max_length=60,
        error_messages={"max_length": _("最多%(limit_value)d字，您写了%(show_value)d字，请删减一些。")},
    )
    kind = forms.ChoiceField(label=_("文种"), required=False, choices=[("", _("全部")), *Paper.Kind.choices])
    year = forms.TypedChoiceField(label=_("年份"), required=False, coerce=int, empty_value=None)
    office = forms.ModelChoiceField(
        label=_("发文单位"), required=False, queryset=Region.objects.none(), empty_label=_("全部")
    )

    def __init__(self, asked, *, visible, this_year, first_year):
        super().__init__(asked)
        self.visible = visible
        years = [*range(this_year, first_year - 1, -1)]
        # The ledger of a year before the first paper is empty.
        if re.fullmatch(r"20\d\d", asked.get("year", "")) and int(asked["year"]) not in years:
            years.append(int(asked["year"]))
        self.fields["year"].choices = [("", _("全部")), *((year, year) for year in years)]
        self.fields["office"].queryset = Region.objects.filter(pk__in=visible.values("office"))

    def papers(self):
        """The papers that fit; none when the address asks for something that does not exist."""
        if not self.is_valid():
            return self.visible.none()
        asked = self.cleaned_data
        exact = {name: asked[name] for name in ("kind", "year", "office") if asked.get(name)}
        found = self.visible.filter(**exact)
        words = asked.get("q", "").strip()
        if words:
            found = found.filter(
                Q(number__icontains=words)
                | Q(title__icontains=words)
                | Q(addressee__icontains=words)
                | Q(case_number__iexact=words)
            )
        return found


class WordingForm(forms.ModelForm):
    """What the office says around the matter; every brace must be a placeholder."""

    class Meta:
        model = Wording
        fields = FIELDS
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in FIELDS}
        help_texts = {
            "opening": _("主送之后、事项之前。"),
            "closing": _("事项之后、落款之前，如“特此通报。”。"),
            "note": _("落款之后的小字。"),
        }

    def __init__(self, *arguments, **facts):
        super().__init__(*arguments, **facts)
        for field in self.fields.values():
            field.validators.append(check_placeholders)
