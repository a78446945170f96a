"""What programmes are made of: their facts, the items for many units at once, circulars, the report, templates."""

from django import forms
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.forms.fields import words
from programmes.forms.items import A_SENTENCE, day
from programmes.models import Item, Programme, Template, TemplateItem, office_name
from programmes.permissions import run_places
from programmes.services.programmes import Task
from stations.models import Organ, Region, Station
from supervision.models import Severity

MOST_TASKS = 60
MOST_ITEMS = 2000  # of one sending
PARTS = "｜"  # parts a task's title from what it demands


TITLE_ERRORS = {"title": {"required": gettext_lazy("请填写名称。")}}


def check_dates(form, facts):
    """What ends does not end before it starts."""
    starts_on, ends_on = facts.get("starts_on"), facts.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        form.add_error("ends_on", _("完成日期不能早于开始日期。"))
    return facts


class ProgrammeForm(forms.ModelForm):
    """The facts of a programme; offices and programmes above are those of the user."""

    class Meta:
        model = Programme
        fields = ["kind", "region", "parent", "title", "year", "body", "source", "starts_on", "ends_on"]
        error_messages = TITLE_ERRORS

    starts_on = day(gettext_lazy("开始日期"))
    ends_on = day(gettext_lazy("完成日期"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        places = run_places(user)
        self.fields["region"] = forms.ModelChoiceField(
            Region.objects.filter(code__in=[place.code for place in places]),
            label=_("组织单位"),
            initial=places[0] if places else None,
            empty_label=None if len(places) == 1 else _("请选择"),
            error_messages={"required": _("请选择组织单位。"), "invalid_choice": _("您不在这个单位任职。")},
        )
        self.fields["region"].label_from_instance = office_name
        above = {code for place in places for code in place.ancestor_codes}
        self.fields["parent"].queryset = Programme.objects.running().filter(region__in=above)
        self.fields["parent"].empty_label = _("没有")
        self.fields["year"].initial = timezone.localdate().year

    def clean_year(self):
        year = self.cleaned_data["year"]
        if not 2000 <= year <= 2100:
            raise forms.ValidationError(_("请填写四位数的年份。"))
        return year

    def clean(self):
        return check_dates(self, super().clean())


class EditForm(forms.ModelForm):
    """What may still be changed of a programme that has begun."""

    class Meta:
        model = Programme
        fields = ["title", "body", "source", "starts_on", "ends_on"]
        error_messages = TITLE_ERRORS

    starts_on = day(gettext_lazy("开始日期"))
    ends_on = day(gettext_lazy("完成日期"))

    def clean(self):
        return check_dates(self, super().clean())


class AddItemsForm(forms.Form):
    """Tasks by units: every task becomes an item of every unit that is chosen."""

    kind = forms.ChoiceField(label=gettext_lazy("性质"), choices=Item.Kind.choices)
    tasks = words(
        gettext_lazy("事项"),
        most=20000,
        rows=6,
        help_text=gettext_lazy("每行一项，可在“｜”后写要求，例如：河道清淤｜清到河底，附照片。"),
    )
    due_on = day(gettext_lazy("完成期限"))
    severity = forms.TypedChoiceField(label=gettext_lazy("等级"), choices=Severity.choices, coerce=int, initial=0)
    parent = forms.ModelChoiceField(
        Item.objects.none(), label=gettext_lazy("落实上级哪一项"), required=False, empty_label=gettext_lazy("没有")
    )
    organs = forms.ModelMultipleChoiceField(
        Organ.objects.none(),
        label=gettext_lazy("承办单位"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "units"}),
    )
    places = forms.ModelMultipleChoiceField(
        Region.objects.none(), label=gettext_lazy("下级人大"), required=False, widget=forms.CheckboxSelectMultiple
    )
    stations = forms.ModelMultipleChoiceField(
        Station.objects.none(), label=gettext_lazy("联络站"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        region = programme.region
        near = Organ.objects.filter(active=True, region__code__startswith=region.code)
        self.fields["organs"].queryset = (
            near | Organ.objects.filter(active=True, region__in=region.ancestor_codes)
        ).order_by(F("region_id").desc(), "name")
        self.fields["places"].queryset = Region.objects.filter(parent=region).exclude(level=Region.Level.VILLAGE)
        self.fields["places"].label_from_instance = office_name
        self.fields["stations"].queryset = Station.objects.active().within(region).order_by("code")
        if programme.parent_id:
            above = Item.objects.of_programme(programme.parent_id)
            self.fields["parent"].queryset = above.open().filter(owner_region=region)
        else:
            del self.fields["parent"]

    def clean_tasks(self):
        tasks = []
        for written in filter(None, map(str.strip, self.cleaned_data["tasks"].splitlines())):
            title, _parted, demand = (part.strip() for part in written.partition(PARTS))
            if not title or len(title) > Item._meta.get_field("title").max_length:
                raise forms.ValidationError(_("“%(title)s…”：每项名称为1至80字。") % {"title": title[:20]})
            if title in (task.title for task in tasks):
                raise forms.ValidationError(_("“%(title)s”写了两次。") % {"title": title[:20]})
            tasks.append(Task(title, demand))
        if len(tasks) > MOST_TASKS:
            raise forms.ValidationError(_("一次最多%(most)d项。") % {"most": MOST_TASKS})
        return tasks

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on < timezone.localdate():
            raise forms.ValidationError(_("完成期限不能早于今天。"))
        return due_on

    def clean(self):
        wanted = self.cleaned_data
        units = self.units()
        if not units and not {"organs", "places", "stations"} & self.errors.keys():
            raise forms.ValidationError(_("请至少选择一个单位。"))
        if len(units) * len(wanted.get("tasks", ())) > MOST_ITEMS:
            raise forms.ValidationError(_("一次最多下达%(most)d项，请分几次。") % {"most": MOST_ITEMS})
        return wanted

    def units(self):
        return [unit for name in ("organs", "places", "stations") for unit in self.cleaned_data.get(name, ())]

    def drafted(self):
        """What ``drafted_items`` and ``add_items`` take."""
        facts = {name: self.cleaned_data[name] for name in ("tasks", "due_on", "kind", "severity")}
        return facts | {"units": self.units(), "parent": self.cleaned_data.get("parent")}


def tasks_text(template: Template) -> str:
    """A template's items as the field of tasks reads them."""
    return "\n".join(
        f"{item.title}{PARTS}{' '.join(item.demand.split())}" if item.demand else item.title
        for item in template.items.all()
    )


class CircularForm(forms.Form):
    note = words(gettext_lazy("通报意见"), most=A_SENTENCE, rows=3, required=False)


class CloseForm(forms.Form):
    report = words(gettext_lazy("工作报告"), most=5000, rows=8)


class TemplateForm(forms.ModelForm):
    class Meta:
        model = Template
        fields = ["kind", "name", "intro", "source", "active"]


class TemplateItemForm(forms.ModelForm):
    class Meta:
        model = TemplateItem
        fields = ["title", "demand"]
        widgets = {"demand": forms.Textarea(attrs={"rows": 2})}


class BaseTemplateItems(forms.BaseFormSet):
    """The items of a template in their order; a template may have none yet, which the office writes."""

    def items(self):
        """What is to be kept, in order, as ``save_template`` takes it."""
        return [
            {"title": row["title"], "demand": row["demand"]}
            for form in self.forms
            if (row := form.cleaned_data) and not row.get("DELETE")
        ]


TemplateItemFormSet = forms.formset_factory(
    TemplateItemForm,
    formset=BaseTemplateItems,
    extra=3,
    max_num=MOST_TASKS,
    absolute_max=MOST_TASKS + 10,
    can_delete=True,
)
