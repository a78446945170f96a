"""The dashboard of a place, its three lights for the wall, and who has its open cases in hand."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.filters import tab_of
from accounts.models import Role
from accounts.paging import leaf_addresses, leaf_of_list
from accounts.permissions import requires_role
from accounts.services import has_role
from insights import figures
from insights.holders import KINDS, holders
from insights.period_form import PeriodForm
from insights.permissions import WATCHING
from insights.places import EVERYTHING, ORGAN, REGION, STATION, name_of, roots, units, way_to
from insights.services.locks import lock_of
from insights.standing import by_topic, by_unit, standing
from insights.tallied import told_from_to
from petitions.todo import Span
from workdays.services import load_calendar

LEAF = 50
BELOW, ORGANS, TOPICS, TIME = "below", "organs", "topics", "time"
VIEWS = {BELOW: _("按下级"), ORGANS: _("按承办单位"), TOPICS: _("按类别"), TIME: _("按时间")}
BY = {BELOW: by_unit, TOPICS: by_topic}
EVERY_SECONDS = 60  # the board on the wall
WALL = (Role.OFFICER, *WATCHING)


def _asked(request):
    """The place that the address asks for, the user's own places, today's span, and what every page of a place shows of it."""
    own = roots(request.user)
    way = way_to(request.user, own, request.GET)
    if way is None:
        raise Http404
    *above, place = way
    shown = {
        "place": place,
        "name": name_of(place),
        "above": [(name_of(each), urlencode(each.filters)) for each in above],
        "of_place": urlencode(place.filters),
    }
    return place, own, Span.of(load_calendar(), timezone.localdate()), shown


def _views_of(place):
    """By what a place's cases can be told apart; the first one is shown where the address names none."""
    if place is EVERYTHING:
        return [BELOW]
    if place.kind == ORGAN:
        return [TIME]
    return [BELOW, ORGANS, TOPICS, TIME] if place.kind == REGION else [TOPICS, ORGANS, TIME]


@require_safe
@requires_role()
def dashboard(request):
    """How a place stands now and what its figures of a period are; every number leads to exactly its cases.

    422 for a period that cannot be read. Of everything that one sees there are no such figures, and no form asks for a period.
    """
    place, own, span, shown = _asked(request)
    first_day, counted_at = told_from_to()
    form = PeriodForm(request.GET, today=span.today, first_day=first_day)
    period, views = form.chosen_period, _views_of(place)
    by = tab_of(request.GET, "by", views) or views[0]
    found = standing(request.user, place, span, BY.get(by))
    context = shown | {
        "today": span.today,
        "at": found.at or timezone.now(),
        "period": period,
        "now": figures.now_figures(found.total, **place.filters),
        "stages": figures.stages(place, found),
        "views": [(each, VIEWS[each]) for each in views],
        "by": by,
        "has_wall": place.kind != ORGAN and has_role(request.user, *WALL),
    }
    if place is EVERYTHING:
        context["others"] = [(root.name, urlencode(root.filters)) for root in own if root.kind != STATION]
        context["lines"] = figures.unit_lines(place, period, found, units(place, own))
        return render(request, "insights/dashboard.html", context)
    context["form"] = form
    if form.is_valid():
        context |= {"told": figures.told(place, period), "counted_at": counted_at}
        if place.kind == REGION and period.last_day < span.today:
            context["lock"] = lock_of(request.user, place.code, period)
        context |= _table(request, place, period, found, span, by)
    return render(request, "insights/dashboard.html", context, status=form.http_status)


def _table(request, place, period, found, span, by):
    """The table by units, topics, time or organs."""
    if by == TIME:
        return {"time": figures.time_series(place, period)}
    heads = figures.heads(figures.ORGAN_COLUMNS if by == ORGANS else figures.COLUMNS)
    if by == BELOW:
        return {"lines": figures.unit_lines(place, period, found, units(place, [])), "heads": heads}
    if by == TOPICS:
        return {"lines": figures.topic_lines(place, period, found), "heads": heads}
    holding, _at = holders(request.user, place, span)
    shown, further = figures.organ_lines(place, period, holding, after=request.GET.get("after", ""), size=LEAF)
    return {"lines": shown, "heads": heads} | leaf_addresses(request, further)


@require_safe
@requires_role(*WALL)
def wall(request):
    """Green, yellow and red of each unit below a place, for a screen on the wall; no case and nobody is named."""
    place, own, span, shown = _asked(request)
    found = standing(request.user, place, span, by_unit)
    context = shown | {
        "total": found.total,
        "rows": [(unit.name, found.of(unit.key)) for unit in units(place, own)],
        "at": timezone.localtime(found.at),
        "is_still": "still" in request.GET,
    }
    response = render(request, "insights/wall.html", context)
    if not context["is_still"]:
        response["Refresh"] = str(EVERY_SECONDS)
    return response


@require_safe
@requires_role()
def holder_list(request):
    """Who has the open cases of a place in hand now, and when the first of them is due; fifty a leaf."""
    place, _own, span, shown = _asked(request)
    found, at = holders(request.user, place, span)
    kind = tab_of(request.GET, "kind", KINDS)
    wanted = [holder for holder in found if kind in ("", holder.kind)]
    rows, further = leaf_of_list(wanted, request.GET.get("after", ""), by="key", size=LEAF)
    context = shown | {
        "at": at,
        "rows": rows,
        "kind": kind,
        "kinds": [(key, label) for key, label in KINDS.items() if key in {holder.kind for holder in found}],
    }
    return render(request, "insights/holders.html", context | leaf_addresses(request, further))
