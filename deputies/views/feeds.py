"""Calendars to subscribe to: the reception days of a station or of a deputy, and one day to take along."""

import datetime as dt
import hashlib

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from deputies.calendars import calendar_of
from deputies.models import Deputy, Reception
from stations.models import Station

LOOKING_BACK = dt.timedelta(days=90)  # default
public = cache_control(public=True, max_age=600)


@public
@require_safe
def station_feed(request, code):
    """The published reception days of a station, from 90 days back on."""
    station = get_object_or_404(Station.objects.active(), code=code)
    return _calendar(request, _recent(station.receptions), _("%(name)s接待日") % {"name": station.name})


@public
@require_safe
def deputy_feed(request, code):
    """The published reception days on which a deputy is on duty, from 90 days back on."""
    deputy = get_object_or_404(Deputy, code=code)
    return _calendar(request, _recent(deputy.receptions), _("代表%(name)s接待日") % {"name": deputy.name})


@public
@require_safe
def reception_file(request, pk):
    """One published day as a file to open with a calendar program."""
    days = _told(Reception.objects.filter(pk=pk))
    reception = get_object_or_404(days)
    name = _("%(name)s接待日") % {"name": reception.station.name}
    response = _calendar(request, [reception], name)
    response.headers["Content-Disposition"] = f'attachment; filename="reception-{reception.date:%Y%m%d}.ics"'
    return response


def _recent(receptions):
    first = timezone.localdate() - LOOKING_BACK
    return _told(receptions.filter(date__gte=first)).order_by("date", "starts", "pk")


def _told(receptions):
    return receptions.published().select_related("station").prefetch_related("deputies", "organs")


def _calendar(request, receptions, name):
    """The calendar with a hash of what is in it, or 304 for a program that has exactly this."""
    body = calendar_of(receptions, name=name)
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=response)
