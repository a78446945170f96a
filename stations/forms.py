"""A station's facts, checklists, and self-inspection."""

import datetime as dt
import re
import unicodedata

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stations.models import Checklist, ChecklistItem, Finding, Organ, Region, Station

MET, UNMET = "yes", "no"
EMPTY_ROWS = 3  # for items to be added; more after saving
MOST_ITEMS = 60
LONGEST_AGO = dt.timedelta(days=366)  # default: an older date is a slip of the pen
LONGEST_AHEAD = dt.timedelta(days=3 * 366)  # default: so is a date further ahead by which something is put right
SHORTEST_PHONE = 5  # digits, as of 12345
FACTS = ["name", "tier", "address", "hours", "phone", "intro", "rules"]


def date_input() -> forms.DateInput:
    """The browser's own date picker, filled in the only way it reads."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})


class LineField(forms.CharField):
    """One line without signs that nobody sees: it stands in calendars, on posters and in the titles of messages."""

    def to_python(self, value):
        line = " ".join(str(value or "").split())
        return super().to_python("".join(sign for sign in line if unicodedata.category(sign) not in ("Cc", "Cf")))


class StationForm(forms.ModelForm):
    """What residents read of a station."""

    class Meta:
        model = Station
        fields = FACTS
        field_classes = dict.fromkeys(("name", "address", "hours", "phone"), LineField)
        widgets = {
            "tier": forms.RadioSelect,
            "intro": forms.Textarea(attrs={"rows": 4}),
            "rules": forms.Textarea(attrs={"rows": 10}),
        }
        help_texts = {
            "address": gettext_lazy("写到楼层和房间，外地来的人也能找到。"),
            "hours": gettext_lazy("例如：周一至周五 8:30–12:00，14:00–17:30。"),
            "rules": gettext_lazy("一行一条，与墙上张贴的一致，显示在联络站的公开页面。"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = Station.Tier.choices

    def clean_phone(self):
        """The number as written, with digits enough to be called: residents press on it on their phones."""
        phone = self.cleaned_data["phone"]
        if sum(sign.isdigit() for sign in phone) < SHORTEST_PHONE:
            raise forms.ValidationError(_("电话应写完整，例如0319-0000101；有分机的写在后面。"))
        return phone


class OrganContactForm(forms.ModelForm):
    """How an organ without an account is reached: the office's own phone and e-mail, no person's."""

    class Meta:
        model = Organ
        fields = ["phone", "email"]
        field_classes = {"phone": LineField}
        help_texts = {
            "phone": gettext_lazy("收短信的办公手机。填单位的，不填个人的。"),
            "email": gettext_lazy("收邮件的办公邮箱。"),
        }
        error_messages = {"email": {"invalid": gettext_lazy("请填写完整的邮箱，例如bangongshi@example.cn。")}}

    def clean_phone(self):
        """A mobile number, which an SMS can reach, as digits only; or none."""
        phone = "".join(sign for sign in self.cleaned_data["phone"] if sign not in " -")
        if phone and not re.fullmatch(r"(\+?86)?1[0-9]{10}", phone):
            raise forms.ValidationError(_("请填写能收短信的11位手机号。"))
        return phone[-11:]


class NewStationForm(StationForm):
    """A new station of a township or county: also its code, and the village where it stands."""

    region = forms.ModelChoiceField(label=gettext_lazy("所在区划"), queryset=Region.objects.none(), empty_label=None)

    class Meta(StationForm.Meta):
        fields = ["region", "code", *FACTS]
        help_texts = StationForm.Meta.help_texts | {
            "code": gettext_lazy("用于网址和二维码，建立后不能更改。字母、数字、短横线。"),
        }

    def __init__(self, *args, place: Region, **kwargs):
        """``place`` is the county or township; with a township its villages may be chosen, too."""
        super().__init__(*args, **kwargs)
        places = Region.objects.filter(pk=place.pk)
        if place.level == Region.Level.TOWNSHIP:
            places = Region.objects.within(place)
        self.fields["region"].queryset = places


class ChecklistForm(forms.ModelForm):
    """Name, tier and source of a checklist, and whether it is used."""

    class Meta:
        model = Checklist
        fields = ["name", "tier", "source", "active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = [("", _("家、站、点")), *Station.Tier.choices]


class ItemForm(forms.ModelForm):
    """One item of a checklist."""

    class Meta:
        model = ChecklistItem
        fields = ["text", "help", "source"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].initial = _("默认")

    def has_changed(self):
        """A new row in which nothing but the source stands is still an empty one."""
        return not {"text", "help"}.isdisjoint(self.changed_data)


class BaseItemFormSet(forms.BaseFormSet):
    """The items of a checklist in their order; at least one is needed."""

    def clean(self):
        if not any(self.errors) and not self.items():
            raise forms.ValidationError(_("请至少写一项。"))

    def items(self):
        """What is to be kept, in order, as ``save_checklist`` takes it; rows without a text and deleted ones are not."""
        return [
            {"text": row["text"], "help": row["help"], "source": row["source"]}
            for form in self.forms
            if (row := form.cleaned_data) and not row.get("DELETE")
        ]


ItemFormSet = forms.formset_factory(
    ItemForm, formset=BaseItemFormSet, extra=EMPTY_ROWS, can_delete=True, max_num=MOST_ITEMS, validate_max=True
)


class InspectionForm(forms.Form):
    """The answer to every item of a checklist; what is not met needs a sentence and a date."""

    on = forms.DateField(label=gettext_lazy("自查日期"), widget=date_input())
    remarks = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, items: list[ChecklistItem], **kwargs):
        """``items`` are those of the checklist."""
        super().__init__(*args, initial={"on": timezone.localdate()}, **kwargs)
        self.items = items
        for item in items:
            self.fields[f"met_{item.pk}"] = forms.ChoiceField(
                label=item.text,
                help_text=item.help,
                choices=[(MET, _("达到")), (UNMET, _("未达到"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("请选择达到或未达到。")},
            )
            self.fields[f"text_{item.pk}"] = forms.CharField(
                label=_("情况"), max_length=Finding._meta.get_field("text").max_length, required=False
            )
            self.fields[f"fix_by_{item.pk}"] = forms.DateField(label=_("整改期限"), widget=date_input(), required=False)

    def rows(self):
        """Each item with its three fields."""
        return [
            (item, self[f"met_{item.pk}"], self[f"text_{item.pk}"], self[f"fix_by_{item.pk}"]) for item in self.items
        ]

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(_("自查日期不能晚于今天。"))
        if on < timezone.localdate() - LONGEST_AGO:
            raise forms.ValidationError(_("自查日期请填一年以内的，请核对年份。"))
        return on

    def clean(self):
        for item in self.items:
            if self.cleaned_data.get(f"met_{item.pk}") == UNMET:
                self._check_unmet(item)
        return self.cleaned_data

    def _check_unmet(self, item):
        text, fix_by = f"text_{item.pk}", f"fix_by_{item.pk}"
        if not self.cleaned_data.get(text) and text not in self.errors:
            self.add_error(text, _("请写明“%(item)s”差在哪里。") % {"item": item.text})
        due, on = self.cleaned_data.get(fix_by), self.cleaned_data.get("on")
        if due is None and fix_by not in self.errors:
            self.add_error(fix_by, _("请给“%(item)s”定一个整改期限。") % {"item": item.text})
        elif due and on and due < on:
            self.add_error(fix_by, _("整改期限不能早于自查日期。"))
        elif due and on and due > on + LONGEST_AHEAD:
            self.add_error(fix_by, _("整改期限请填三年以内的，请核对年份。"))

    def answers(self):
        """The answers as ``record_inspection`` takes them; what is met needs no date."""
        found = []
        for item in self.items:
            met = self.cleaned_data[f"met_{item.pk}"] == MET
            fix_by = None if met else self.cleaned_data[f"fix_by_{item.pk}"]
            found.append(
                {"asked": item.text, "met": met, "text": self.cleaned_data[f"text_{item.pk}"], "fix_by": fix_by}
            )
        return found


class FixForm(forms.Form):
    """When and how something was put right."""

    on = forms.DateField(label=gettext_lazy("整改日期"), widget=date_input())
    note = forms.CharField(
        label=gettext_lazy("怎样整改的"),
        max_length=Finding._meta.get_field("fixed_note").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请写一句怎样整改的。")},
    )

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(_("整改日期不能晚于今天。"))
        return on
