"""Narrowing stations and deputies by what a user follows."""

from django import forms
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from deputies.models import Membership
from insights import activity
from petitions.periods import Kind, Period
from stations.models import TOWNSHIP_DIGITS, Region, Station
from vault.fields import PlainField

ANY = ("", _("全部"))
SAID = {"invalid_choice": _("没有这一项，请重新选择。")}


def region_choices(stations):
    """The townships (or higher places) in which stations of a queryset lie; one query."""
    codes = stations.order_by().values(place=Left("region_id", TOWNSHIP_DIGITS))
    return [ANY, *Region.objects.filter(code__in=codes).values_list("code", "name")]


class StationFilter(forms.Form):
    """Stations by tier, place and silence."""

    is_filter = True
    tier = forms.ChoiceField(label=_("类型"), choices=[ANY, *Station.Tier.choices], required=False, error_messages=SAID)
    region = forms.ChoiceField(label=_("区划"), required=False, error_messages=SAID)
    quiet = forms.BooleanField(label=_("长期没有活动"), required=False)

    def __init__(self, data, *, stations):
        """``stations`` are those that the user follows."""
        super().__init__(data)
        self.stations = stations
        self.fields["region"].choices = region_choices(stations)

    def found(self, *, quarter, today):
        """The stations asked for, with their activity; none where the address asks for what there is not."""
        if not self.is_valid():
            return self.stations.none()
        wanted = self.cleaned_data
        found = self.stations.filter(region__code__startswith=wanted["region"])
        if wanted["tier"]:
            found = found.filter(tier=wanted["tier"])
        found = activity.with_activity(found, quarter=quarter, today=today)
        return activity.quiet(found, today) if wanted["quiet"] else found


class RegionFilter(forms.Form):
    """The stations of one place."""

    is_filter = True
    region = forms.ChoiceField(label=_("区划"), required=False, error_messages=SAID)

    def __init__(self, data, *, stations):
        super().__init__(data)
        self.stations = stations
        self.fields["region"].choices = region_choices(stations)

    def found(self):
        if not self.is_valid():
            return self.stations.none()
        return self.stations.filter(region__code__startswith=self.cleaned_data["region"])


class DeputyFilter(forms.Form):
    """Deputies by name and by the station they are grouped in."""

    is_filter = True
    q = PlainField(label=_("姓名"), max_length=40, required=False)
    station = forms.ChoiceField(label=_("联络站"), required=False, error_messages=SAID)

    def __init__(self, data, *, deputies, stations):
        """``deputies`` are those whose record the user reads, ``stations`` those that they follow."""
        super().__init__(data)
        self.deputies = deputies
        self.fields["station"].choices = [ANY, *stations.values_list("code", "name")]

    def found(self):
        if not self.is_valid():
            return self.deputies.none()
        found = self.deputies.filter(name__icontains=self.cleaned_data["q"].strip())
        if self.cleaned_data["station"]:
            grouped = Membership.objects.filter(station__code=self.cleaned_data["station"])
            found = found.filter(pk__in=grouped.values("deputy"))
        return found


class LockForm(forms.Form):
    """A month of a place to be locked."""

    region = forms.ModelChoiceField(
        label=_("区划"), queryset=Region.objects.none(), empty_label=None, error_messages=SAID
    )
    month = forms.ChoiceField(label=_("月份"), error_messages=SAID)

    MONTHS_OFFERED = 13  # the running one among them, so that whoever is early is told

    def __init__(self, data, *, places, today):
        """``places`` are those whose office the user holds, ``today`` is a Beijing date."""
        super().__init__(data)
        self.fields["region"].queryset = Region.objects.filter(pk__in=[place.pk for place in places])
        running = Period.of(Kind.MONTH, today)
        months = reversed(running.back(self.MONTHS_OFFERED))
        self.fields["month"].choices = [(month.code, str(month)) for month in months]
        self.initial = {"region": places[0].pk, "month": running.before.code}

    def clean_month(self):
        return Period.parse(self.cleaned_data["month"])


class NoteForm(forms.Form):
    """What was wrong in a locked month."""

    text = forms.CharField(
        label=_("说明"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("封存的数字不能改；封存有误时，在这里写明哪里不对、应当是多少。"),
        error_messages={"required": _("请写明哪里不对。")},
    )
