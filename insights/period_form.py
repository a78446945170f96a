"""Choosing a period, and of everybody's statistics a place."""

from django import forms
from django.db.models import Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from accounts.filters import ListFilter
from petitions.periods import Kind, Period
from stations.models import COUNTY_DIGITS, TOWNSHIP_DIGITS, Region, Station

MONTHS, QUARTERS, YEARS = 24, 8, 5  # years at least


def periods_offered(today, first_day):
    """The periods to choose from, by kind, the running one first: all years that have figures, and the latest of others.

    ``today`` is a Beijing date, ``first_day`` that of the first year with figures, None where there are none.
    """
    years = max(YEARS, today.year - (first_day or today).year + 1)
    return [
        (kind.label, [(each.code, str(each)) for each in reversed(Period.of(kind, today).back(number))])
        for kind, number in ((Kind.YEAR, years), (Kind.QUARTER, QUARTERS), (Kind.MONTH, MONTHS))
    ]


class PeriodForm(ListFilter):
    """A period; where the address names none, this year."""

    period = forms.ChoiceField(label=_("时间"), required=False)

    def __init__(self, data, *, today, first_day):
        """``today`` and ``first_day`` as ``periods_offered`` takes them."""
        super().__init__(data)
        self.today = today
        self.fields["period"].choices = periods_offered(today, first_day)

    @property
    def chosen_period(self) -> Period:
        """The period of the address; this year, too, where it cannot be read."""
        self.full_clean()
        return Period.parse(self.cleaned_data.get("period", "")) or Period.of(Kind.YEAR, self.today)


class StatisticsForm(PeriodForm):
    """A period and an area; where the address does not name them, this year and everywhere."""

    area = forms.ChoiceField(label=_("地区"), required=False)

    def __init__(self, data, *, today, first_day, areas):
        """``areas`` are the regions to choose from, with code and name."""
        super().__init__(data, today=today, first_day=first_day)
        self.fields["area"].choices = [("", _("全部地区")), *((region.pk, region.name) for region in areas)]

    @property
    def chosen(self) -> tuple[Period, str]:
        """The period and the code of the area ("" for all); as where there is none, too, where it cannot be read."""
        return self.chosen_period, self.cleaned_data.get("area", "")

    @property
    def area_name(self) -> str:
        """What the area is called, or that it is all of them."""
        return str(dict(self.fields["area"].choices)[self.cleaned_data.get("area", "")])


def areas_to_choose(area: str) -> list[Region]:
    """The counties that have a station and, of the county of ``area`` (a code), the townships; one query."""
    stations, county = Station.objects.order_by(), area[:COUNTY_DIGITS]
    found = Q(pk__in=_places(stations, COUNTY_DIGITS))
    if len(county) == COUNTY_DIGITS:
        found |= Q(pk__in=_places(stations.filter(region__code__startswith=county), TOWNSHIP_DIGITS))
    return list(Region.objects.filter(found).order_by("pk"))


def _places(stations, digits):
    return stations.annotate(place=Substr("region_id", 1, digits)).values("place")
