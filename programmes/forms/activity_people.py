"""Who is invited to an activity, who came, and what was found there: the forms of their own pages."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deputies.forms.plans import MISSING, date_field
from programmes.models import Attendance, Item, office_name
from stations.models import Organ, Region, Station
from supervision.models import Severity
from vault.fields import PlainField

MOST_ITEMS = 30  # of one activity at once; default
ROWS = 3  # empty rows for items that a page begins with


class InviteForm(forms.Form):
    """Boxes for deputies and organs that may be invited."""

    deputies = forms.ModelMultipleChoiceField(
        label=gettext_lazy("代表"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    organs = forms.ModelMultipleChoiceField(
        label=gettext_lazy("单位"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, deputies, organs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deputies"].queryset, self.fields["organs"].queryset = deputies, organs

    def facts(self):
        return {name: list(chosen) for name, chosen in self.cleaned_data.items()}


class AttendanceForm(forms.Form):
    """A line for everybody invited, and a box for each resident who signed up."""

    guests = forms.TypedMultipleChoiceField(
        label=gettext_lazy("到会的群众"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, invitations, guests, **kwargs):
        super().__init__(*args, **kwargs)
        self.invitations = invitations
        for each in invitations:
            self.fields[f"mark_{each.pk}"] = self._mark(each)
            if each.organ_id:
                self.fields[f"name_{each.pk}"] = PlainField(
                    label=_("%(who)s到会人员") % {"who": each}, max_length=60, required=False, initial=each.came_name
                )
        self.fields["guests"].choices = guests
        self.fields["guests"].initial = [pk for pk, _label in guests]

    def _mark(self, invitation):
        choices = [one for one in Attendance.choices if invitation.organ_id or one[0] != Attendance.DELEGATE]
        return forms.ChoiceField(label=str(invitation), choices=choices, required=False, initial=invitation.attendance)

    def rows(self):
        """Each invitation with its fields."""
        for each in self.invitations:
            name = self[f"name_{each.pk}"] if each.organ_id else None
            yield each, self[f"mark_{each.pk}"], name

    def facts(self):
        typed = self.cleaned_data
        marks = {each.pk: (typed[f"mark_{each.pk}"], typed.get(f"name_{each.pk}", "")) for each in self.invitations}
        return {"marks": marks, "guests_came": set(typed["guests"])}


class MinutesForm(forms.Form):
    minutes = PlainField(
        lines=True,
        label=gettext_lazy("活动纪要"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("活动情况、主要意见、结果。公开的活动，纪要也公开，请不要写群众的姓名、电话和住址。"),
        error_messages={"required": MISSING},
    )


class ItemForm(forms.Form):
    """One finding, promise or task: what, by whom, until when. ``owners`` are choices grouped by sort."""

    kind = forms.ChoiceField(label=gettext_lazy("性质"), choices=Item.Kind.choices, initial=Item.Kind.FINDING)
    title = PlainField(label=gettext_lazy("事项"), max_length=80, error_messages={"required": MISSING})
    demand = PlainField(
        lines=True,
        label=gettext_lazy("要求"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    owner = forms.ChoiceField(label=gettext_lazy("由谁办"), error_messages={"required": gettext_lazy("请选择由谁办。")})
    due_on = date_field(gettext_lazy("完成期限"))
    severity = forms.TypedChoiceField(
        label=gettext_lazy("等级"), coerce=int, choices=Severity.choices, initial=Severity.ORDINARY
    )

    def __init__(self, *args, owners, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "—"), *owners]
        self.use_required_attribute = False

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on <= timezone.localdate():
            raise forms.ValidationError(_("期限应在今天以后。"))
        return due_on

    def facts(self):
        """A spec of ``raise_items``."""
        typed = dict(self.cleaned_data)
        sort, _separator, pk = typed.pop("owner").partition(":")
        return typed | {f"owner_{sort}": OWNERS[sort].objects.get(pk=pk)}


OWNERS = {"organ": Organ, "station": Station, "region": Region}
ItemFormSet = forms.formset_factory(ItemForm, extra=ROWS, max_num=MOST_ITEMS, absolute_max=MOST_ITEMS)


def owner_choices(*, organs, stations, regions):
    """Choices of owners by sort; what there is none of is left out."""
    groups = [
        (_("单位"), [(f"organ:{one.pk}", one.name) for one in organs]),
        (_("联络站"), [(f"station:{one.pk}", one.name) for one in stations]),
        (_("下级办公室"), [(f"region:{one.pk}", office_name(one)) for one in regions]),
    ]
    return [group for group in groups if group[1]]
