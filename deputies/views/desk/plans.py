"""Planning reception days: which station, which rhythm, looked at, saved and staffed."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import requires_role
from deputies import services
from deputies.errors import ReceptionError
from deputies.forms.plans import PlanForm
from deputies.models import Deputy, Membership
from deputies.permissions import STATION_SIDE, managed_stations
from workdays.rhythm import spoken_lunar, spoken_rhythm
from workdays.services import load_calendar

A_PAGE = 50
NOT_UNDERSTOOD = 422


@require_safe
@requires_role(*STATION_SIDE)
def where(request):
    """Choose the station to plan for; whoever has one only is led to its plan."""
    words = request.GET.get("q", "").strip()[:40]
    stations = managed_stations(request.user).select_related("region").order_by("region_id", "name")
    found = list((stations.search(words) if words else stations)[: A_PAGE + 1])
    if len(found) == 1 and not words:
        return redirect("deputies:plan_new", found[0].code)
    context = {"stations": found[:A_PAGE], "words": words, "are_more": len(found) > A_PAGE}
    return render(request, "deputies/desk/plan_where.html", context)


@require_http_methods(["GET", "POST"])
@requires_role(*STATION_SIDE)
def plan_new(request, code):
    """Fill in a plan, look at its days, save it with its roster."""
    station = get_object_or_404(managed_stations(request.user).select_related("region"), code=code)
    if request.method == "GET":
        return _show(request, PlanForm(station=station, initial={"place": station.address}))
    form = PlanForm(request.POST, station=station)
    if not form.is_valid():
        return _show(request, form, status=NOT_UNDERSTOOD)
    plan, calendar = form.plan(request.user), load_calendar()
    try:
        days = services.preview(plan, calendar)
        if not days:
            form.add_error(form.days_field, _("按这个节奏，这段时间里没有接待日。请换一段时间，或者多选几项。"))
        elif "save" in request.POST and form.was_shown(days):
            return _save(request, form, plan)
    except ReceptionError as refusal:
        form.add_error(None, str(refusal))
    if form.errors:
        return _show(request, form, status=NOT_UNDERSTOOD)
    return _show(request, form, plan, days, services.left_out(plan, calendar))


def _save(request, form, plan):
    """Save the plan and put deputies on duty by fair turns; what is left to do stands in its list."""
    with transaction.atomic():
        new = services.save_plan(plan=plan, organs=form.cleaned_data["organs"], actor=request.user)
        services.fill(receptions=new, actor=request.user)
    messages.success(request, _("已保存计划：%(n)s个接待日，已排好轮值，还没有公布。") % {"n": len(new)})
    return redirect(f"{reverse('deputies:desk_receptions')}?plan={plan.pk}#main")


def _show(request, form, plan=None, days=(), left_out=(), *, status=200):
    context = {"form": form, "station": form.station, "plan": plan}
    if plan:
        new = sum(not day.is_kept for day in days)
        context |= {
            "rhythm": spoken_rhythm(plan),
            "days": [(day, spoken_lunar(day.day)) for day in days],
            "left_out": left_out,
            "provisional": any(day.provisional for day in days),
            "new": new,
            "kept": len(days) - new,
            "share": _share(plan, new),
            "shown": form.shown_as(days),
            "changed": "save" in request.POST,
        }
    return render(request, "deputies/desk/plan.html", context, status=status)


def _share(plan, days):
    """Among how many deputies the turns of so many days are shared, and how many each gets at least and at most."""
    grouped = Membership.objects.on(plan.starts_on).filter(station=plan.station)
    if plan.group:
        grouped = grouped.filter(group=plan.group)
    people = Deputy.objects.in_office(plan.starts_on).filter(pk__in=grouped.values("deputy")).count()
    turns = days * min(plan.per_day, people)
    return {
        "people": people,
        "least": turns // people if people else 0,
        "most": -(-turns // people) if people else 0,
        "too_few": people < plan.per_day,
    }
