"""Narrowing stations and deputies by what a user follows."""

from django import forms
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from accounts.filters import ListFilter
from deputies.models import Membership
from insights import activity
from insights.quarter import QUARTERS, Quarter
from petitions.periods import Kind, Period
from stations.models import TOWNSHIP_DIGITS, Region, Station
from vault.fields import PlainField

ANY = ("", _("全部"))


def region_choices(stations):
    """The townships (or higher places) in which stations of a queryset lie; one query."""
    codes = stations.order_by().values(place=Left("region_id", TOWNSHIP_DIGITS))
    return [ANY, *Region.objects.filter(code__in=codes).values_list("code", "name")]


class StationFilter(ListFilter):
    """Stations by tier, place and silence."""

    tier = forms.ChoiceField(label=_("类型"), choices=[ANY, *Station.Tier.choices], required=False)
    region = forms.ChoiceField(label=_("区划"), required=False)
    quiet = forms.BooleanField(label=_("长期没有活动"), required=False)

    def __init__(self, data, *, stations):
        """``stations`` are those that the user follows."""
        super().__init__(data)
        self.stations = stations
        self.fields["region"].choices = region_choices(stations)

    def found(self, *, quarter, today):
        """The stations asked for, with their activity; none where a filter cannot be read."""
        if not self.is_valid():
            return self.stations.none()
        wanted = self.cleaned_data
        found = self.stations.filter(region__code__startswith=wanted["region"])
        if wanted["tier"]:
            found = found.filter(tier=wanted["tier"])
        found = activity.with_activity(found, quarter=quarter, today=today)
        return activity.quiet(found, today) if wanted["quiet"] else found


class YearFilter(ListFilter):
    """A year; where the address names none, this one."""

    year = forms.ChoiceField(label=_("年份"), required=False)

    def __init__(self, data, *, years, **others):
        """``years`` are those to choose from, this one first; ``others`` what a form beside it takes."""
        super().__init__(data, **others)
        self.years = years
        self.fields["year"].choices = [(str(year), _("%(year)s年") % {"year": year}) for year in years]

    @property
    def chosen(self) -> int:
        """The year of the address; this one, too, where it cannot be read."""
        return int(self.cleaned_data["year"]) if self.is_valid() and self.cleaned_data["year"] else self.years[0]


class QuarterFilter(ListFilter):
    """A quarter; where the address does not name one, the running one."""

    year = forms.ChoiceField(label=_("年份"))
    q = forms.ChoiceField(label=_("季度"), choices=[(str(n), _("第%(n)s季度") % {"n": n}) for n in QUARTERS])

    def __init__(self, data, *, years, running, **others):
        """``years`` are those to choose from, ``running`` is the ``Quarter`` of today; ``others`` as of ``YearFilter``."""
        asked = {name: value for name, value in data.items() if value}
        super().__init__({"year": running.year, "q": running.number} | asked, **others)
        self.running = running
        self.fields["year"].choices = [(str(year), _("%(year)s年") % {"year": year}) for year in years]

    @property
    def chosen(self) -> Quarter:
        """The quarter of the address; the running one, too, where it cannot be read."""
        if not self.is_valid():
            return self.running
        return Quarter(int(self.cleaned_data["year"]), int(self.cleaned_data["q"]))


class RegionFilter(ListFilter):
    """The stations of one place."""

    region = forms.ChoiceField(label=_("区划"), required=False)

    def __init__(self, data, *, stations):
        super().__init__(data)
        self.stations = stations
        self.fields["region"].choices = region_choices(stations)

    def found(self):
        if not self.is_valid():
            return self.stations.none()
        return self.stations.filter(region__code__startswith=self.cleaned_data["region"])


class QuarterOfRegionFilter(QuarterFilter, RegionFilter):
    """The stations of one place in a quarter."""

    field_order = ("year", "q", "region")


class DeputyFilter(ListFilter):
    """Deputies by name and by the station they are grouped in."""

    q = PlainField(label=_("姓名"), max_length=40, required=False)
    station = forms.ChoiceField(label=_("联络站"), required=False)

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


class YearOfDeputiesFilter(YearFilter, DeputyFilter):
    """Deputies by name and station, in a year."""

    field_order = ("year", "q", "station")


class LockForm(forms.Form):
    """A month of a place to be locked."""

    region = forms.ModelChoiceField(label=_("区划"), queryset=Region.objects.none(), empty_label=None)
    month = forms.ChoiceField(label=_("月份"))

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
