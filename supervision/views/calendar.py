"""Changes of the working calendar: what moves is shown first, then the change is confirmed."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from supervision.rehearsal import change_calendar
from workdays import services
from workdays.forms import REST, WORK, DayForm, HoursForm, YearForm
from workdays.models import Day
from workdays.permissions import editors_only
from workdays.services import CalendarError


@require_http_methods(["GET", "POST"])
@editors_only
def set_day(request):
    """Add a special day, or change the one named in the address (?date=2027-02-05)."""
    standing = facts_of(request.GET.get("date", ""))
    form = DayForm(request.POST or None, initial=standing)
    change = year = None
    if request.method == "POST" and form.is_valid():
        facts = {**form.cleaned_data, "is_workday": form.cleaned_data["kind"] == WORK, "by_name": request.user.name}
        facts.pop("kind")
        year = facts["date"].year

        def change():
            services.set_day(**facts)

    removable = standing["date"] if "name" in standing else None
    return two_steps(request, form, change, year, heading=_("设定某一天"), removable=removable)


@require_POST
@editors_only
def remove_day(request, day):
    """Let a special day be again what its weekday says."""
    heading = _("恢复%(day)s为平常的一天") % {"day": services.spoken(day)}
    return at_a_press(request, lambda: services.remove_day(date=day, by_name=request.user.name), day.year, heading)


@require_http_methods(["GET", "POST"])
@editors_only
def record_year(request):
    """Enter a year from the State Council's notice."""
    form = YearForm(request.POST or None, initial={"year": request.GET.get("year")})
    change = year = None
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["year"]

        def change():
            services.record_year(**form.cleaned_data, by_name=request.user.name)

    lead = _("录入的内容就是这一年的全部安排，原来为这一年设定的日子都以此次录入为准。")
    return two_steps(request, form, change, year, heading=_("按国务院通知录入"), lead=lead)


@require_POST
@editors_only
def load_year(request, year):
    """Load a year that the portal brings along."""
    heading = _("载入%(year)s年的放假安排") % {"year": year}
    return at_a_press(request, lambda: services.load_year(year=year, by_name=request.user.name), year, heading)


@require_http_methods(["GET", "POST"])
@editors_only
def set_hours(request):
    """Set the office hours, within which officials are told things."""
    in_force = services.load_calendar()
    form = HoursForm(request.POST or None, initial={"opens": in_force.opens, "closes": in_force.closes})
    change = None
    if request.method == "POST" and form.is_valid():

        def change():
            services.set_office_hours(**form.cleaned_data, by_name=request.user.name)

    return two_steps(request, form, change, timezone.localdate().year, heading=_("办公时间"))


def two_steps(request, form, change, year, **page):
    """Show the form; with what was typed, what follows from it; and once that is confirmed, the year's page."""
    preview = None
    if change:
        try:
            preview = change_calendar(change, seen=request.POST.get("seen", ""))
        except CalendarError as refusal:
            form.add_error(None, str(refusal))
    if preview and preview.applied:
        return back_to_year(request, year)
    context = {"form": form, "preview": preview, "is_stale": request.POST.get("seen"), **page}
    return render(request, "supervision/calendar.html", context)


def at_a_press(request, change, year, heading):
    """The same two steps for a change that needs no typing."""
    try:
        preview = change_calendar(change, seen=request.POST.get("seen", ""))
    except CalendarError as refusal:
        messages.error(request, str(refusal))
        return redirect(page_of(year))
    if preview.applied:
        return back_to_year(request, year)
    context = {"preview": preview, "is_stale": request.POST.get("seen"), "heading": heading}
    return render(request, "supervision/calendar.html", context)


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
