"""The calendar page for everybody at a desk. The pages that change it lie where the clocks are known."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from workdays import services
from workdays.models import CalendarChange, Day, Year
from workdays.permissions import may_edit, readers_only
from workdays.sheets import spans, year_sheets

CHANGES_SHOWN = 20
FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
@readers_only
def calendar(request):
    """A year's working days, what makes them so, and who changed them last."""
    today, year = timezone.localdate(), asked_year(request)
    in_force = services.load_calendar()
    context = {
        "year": year,
        "years": range(max(year - 2, FIRST_YEAR), min(year + 2, LAST_YEAR) + 1),
        "sheets": year_sheets(in_force, year, today=today),
        "notice": Year.objects.filter(year=year).first(),
        "next_year": today.year + 1,
        "next_year_is_known": today.year + 1 in in_force.years,
        "spans": spans(Day.objects.filter(date__year=year)),
        "changes": CalendarChange.objects.all()[:CHANGES_SHOWN],
        "in_force": in_force,
        "may_edit": may_edit(request.user),
        "may_load": may_edit(request.user) and services.is_announced(year),
    }
    return render(request, "workdays/calendar.html", context)


def asked_year(request) -> int:
    """The year of the address, or this year (Beijing) where it names none that makes sense."""
    asked = request.GET.get("year", "")
    if asked.isascii() and asked.isdigit() and FIRST_YEAR <= int(asked) <= LAST_YEAR:
        return int(asked)
    return timezone.localdate().year
