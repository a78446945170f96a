"""The calendar page for everybody at a desk, and its changes for those who may make them."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workdays import services
from workdays.forms import REST, WORK, DayForm, HoursForm, YearForm
from workdays.models import CalendarChange, Day, Year
from workdays.permissions import editors_only, may_edit, readers_only
from workdays.services import CalendarError
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


@require_http_methods(["GET", "POST"])
@editors_only
def set_day(request):
    """Add a special day, or change the one named in the address (?date=2027-02-05)."""
    standing = facts_of(request.GET.get("date", ""))
    form = DayForm(request.POST or None, initial=standing)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        is_workday = facts.pop("kind") == WORK
        services.set_day(**facts, is_workday=is_workday, by_name=request.user.name)
        return back_to_year(request, facts["date"].year)
    removable = standing["date"] if "name" in standing else None
    return render(request, "workdays/form.html", {"form": form, "heading": _("设定某一天"), "removable": removable})


@require_POST
@editors_only
def remove_day(request, day):
    """Let a special day be again what its weekday says."""
    try:
        services.remove_day(date=day, by_name=request.user.name)
    except CalendarError as refusal:
        messages.error(request, str(refusal))
        return redirect(page_of(day.year))
    return back_to_year(request, day.year)


@require_http_methods(["GET", "POST"])
@editors_only
def record_year(request):
    """Enter a year from the State Council's notice."""
    form = YearForm(request.POST or None, initial={"year": request.GET.get("year")})
    if request.method == "POST" and form.is_valid():
        services.record_year(**form.cleaned_data, by_name=request.user.name)
        return back_to_year(request, form.cleaned_data["year"])
    lead = _("录入的内容就是这一年的全部安排，原来为这一年设定的日子都以此次录入为准。")
    return render(request, "workdays/form.html", {"form": form, "heading": _("按国务院通知录入"), "lead": lead})


@require_POST
@editors_only
def load_year(request, year):
    """Load a year that the portal brings along."""
    try:
        services.load_year(year=year, by_name=request.user.name)
    except CalendarError as refusal:
        messages.error(request, str(refusal))
        return redirect(page_of(year))
    return back_to_year(request, year)


@require_http_methods(["GET", "POST"])
@editors_only
def set_hours(request):
    """Set the office hours, within which officials are told things."""
    in_force = services.load_calendar()
    form = HoursForm(request.POST or None, initial={"opens": in_force.opens, "closes": in_force.closes})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_office_hours(**form.cleaned_data, by_name=request.user.name)
            return back_to_year(request, timezone.localdate().year)
        except CalendarError as refusal:
            form.add_error(None, str(refusal))
    return render(request, "workdays/form.html", {"form": form, "heading": _("办公时间")})


def asked_year(request) -> int:
    """The year of the address, or this year (Beijing) where it names none that makes sense."""
    asked = request.GET.get("year", "")
    if asked.isascii() and asked.isdigit() and FIRST_YEAR <= int(asked) <= LAST_YEAR:
        return int(asked)
    return timezone.localdate().year


def facts_of(text: str) -> dict:
    """What the form starts with for the day written as 2027-02-05: what stands for it, or the date alone."""
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        return {}
    day = Day.objects.filter(date=date).first()
    if day is None:
        return {"date": date}
    return {"date": date, "kind": WORK if day.is_workday else REST, "name": day.name, "source": day.source}


def page_of(year: int) -> str:
    """The address of a year's page."""
    return f"{reverse('workdays:calendar')}?year={year}"


def back_to_year(request, year: int):
    """Say that the change is made and what follows from it, and show the year."""
    messages.success(request, _("已保存。未办结事项的期限会在几分钟内按新日历重新计算，有变动的会记入事项并告知。"))
    return redirect(page_of(year))
