"""The public site: home, stations, deputies, published results, and the size of the type."""

from itertools import groupby

import segno
from django.conf import settings
from django.db.models import Prefetch, Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.prepared import Prepared
from accounts.services import holders
from deputies.announcing import announced, with_all_told
from deputies.models import Deputy, Mandate, Reception
from insights import tallied
from insights.deeds import deeds_of, receptions_attended, with_deeds
from petitions.models import Petition
from portal.serving import feed_addresses, with_last_held, year_of
from stations.models import Station
from stations.services import find_stations

RECEPTIONS_SHOWN = ATTENDED_SHOWN = 5
RESULTS_SHOWN = 5
RESULTS_A_PAGE = 20
YEAR = 365 * 24 * 3600  # seconds


@require_safe
def home(request):
    """What this is, three doors, and what is new."""
    today = timezone.localdate()
    context = {
        "today": today,
        "receptions": announced(_NEXT.rows(today)),
        "results": _NEWEST.rows(),
        "figures": _figures(today),
    }
    return render(request, "portal/public/home.html", context)


def _figures(today):
    """Counts, no rates: stations open, cases received and answered this year (Beijing) as the statistics keep them."""
    return tallied.year_of_all(today) | {"stations": Station.objects.active().count()}


def _published():
    newest = Petition.objects.published().order_by("-published_at", "-pk")
    return newest.select_related("station", "category", "region")


# What the home shows of receptions and results; it is opened more often than all other pages.
_NEXT = Prepared(lambda day: with_all_told(Reception.objects.standing().upcoming(day).filter(closed_at=None))[:3])
_NEWEST = Prepared(lambda: _published()[:3])


@require_safe
def stations(request):
    """Find a station by words or by place."""
    words = request.GET.get("q", "").strip()[:40]
    found = find_stations(words, region_code=request.GET.get("region", ""), after=request.GET.get("after", ""))
    return render(request, "portal/public/stations.html", {"found": found, "words": words})


@require_safe
def station(request, code):
    """Where a station is, who receives there and when, what came of it."""
    found = get_object_or_404(with_last_held(Station.objects.active().with_places()), code=code)
    today = timezone.localdate()
    to_submit = f"{reverse('petitions:new')}?station={found.code}"
    context = {
        "station": found,
        "rules": [rule for rule in found.rules.splitlines() if rule.strip()],
        "heads": holders(Role.HEAD, station=found, on=today),
        "levels": _by_level(found, today),
        "receptions": announced(with_all_told(found.receptions.upcoming(today))[:RECEPTIONS_SHOWN]),
        "done": year_of(found, today.year),
        "results": _published().filter(station=found)[:RESULTS_SHOWN],
        "today": today,
        "to_submit": to_submit,
        "qr": _qr(to_submit),
    } | feed_addresses(reverse("deputies:station_feed", args=[found.code]))
    return render(request, "portal/public/station.html", context)


def _by_level(station, today):
    """The station's deputies in office under the highest level at which they sit: a list of (words, deputies).

    Each comes with its ``seats`` and with what it did this year.
    """
    in_force = Prefetch("mandates", Mandate.objects.in_force(today), to_attr="seats")
    grouped = with_deeds(Deputy.objects.grouped_in(station, today), today.year)
    deputies = sorted(grouped.prefetch_related(in_force), key=lambda deputy: (deputy.seats[0].level, deputy.code))
    return [
        (words, list(those))
        for words, those in groupby(deputies, key=lambda deputy: deputy.seats[0].get_level_display())
    ]


@require_safe
def deputy(request, code):
    """A deputy's basic and duty facts, which are public (Deputies Law 2025, art. 58)."""
    found = get_object_or_404(Deputy.objects.prefetch_related("mandates"), code=code)
    today = timezone.localdate()
    seats = list(found.mandates.all())
    for seat in seats:
        seat.runs = (
            seat.status == Mandate.Status.NORMAL and seat.starts_on <= today and not _is_past(seat.ends_on, today)
        )
    memberships = found.memberships.on(today).filter(station__active=True)
    to_submit = f"{reverse('petitions:new')}?deputy={found.code}"
    context = {
        "deputy": found,
        "seats": sorted(seats, key=lambda seat: not seat.runs),
        "in_office": any(seat.runs for seat in seats),
        "memberships": memberships.select_related("station__region__parent__parent__parent"),
        "receptions": announced(with_all_told(found.receptions.upcoming(today))[:RECEPTIONS_SHOWN]),
        "deeds": deeds_of([found], today.year)[found.pk],
        "attended": _attended(found, today.year)[:ATTENDED_SHOWN],
        "today": today,
        "to_submit": to_submit,
        "qr": _qr(to_submit),
    } | feed_addresses(reverse("deputies:deputy_feed", args=[found.code]))
    return render(request, "portal/public/deputy.html", context)


def _attended(deputy, year):
    turns = receptions_attended(year).filter(deputy=deputy).select_related("reception__station")
    return turns.order_by("-reception__date", "-reception__starts")


def _is_past(day, today):
    return day is not None and day < today


def _qr(address):
    return segno.make(f"{settings.SITE_URL}{address}", error="m").svg_data_uri(scale=4, border=2)


@require_safe
def results(request):
    """Published summaries, newest first."""
    last = Petition.objects.published().filter(number=request.GET.get("after", "")).first()
    page = _published()
    if last is not None:
        page = page.filter(Q(published_at__lt=last.published_at) | Q(published_at=last.published_at, pk__lt=last.pk))
    page = list(page[: RESULTS_A_PAGE + 1])
    older = f"?after={page[RESULTS_A_PAGE - 1].number}" if len(page) > RESULTS_A_PAGE else ""
    context = {"results": page[:RESULTS_A_PAGE], "newer": "?" if last else "", "older": older}
    return render(request, "portal/public/results.html", context)


@require_safe
def result(request, number):
    """One published summary; never the words of the one who brought it."""
    return render(request, "portal/public/result.html", {"result": get_object_or_404(_published(), number=number)})


@require_POST
def type_size(request):
    """Keep the size of the type in a cookie and go back to where the switch was pressed."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("portal:home")
    response = HttpResponseRedirect(back)
    size = "large" if request.POST.get("type") == "large" else "normal"
    response.set_cookie("type", size, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    return response
