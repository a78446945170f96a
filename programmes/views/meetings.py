"""Meetings with organ heads on the desk: the list, the request, and one of them with its actions."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.paging import LONGEST_KEY, leaf_addresses, read_leaf
from accounts.permissions import requires_role
from petitions.permissions import ENTERING
from programmes import asking
from programmes.errors import ProgrammeError
from programmes.forms.meetings import FORMS, AskForm, MeetingFilterForm
from programmes.lifecycle import MEETING_TABLE
from programmes.meetingfile import Offer, form_for, open_meeting
from programmes.models import Meeting
from programmes.services import meeting_minutes, meetings

NOT_UNDERSTOOD, MOVED_ON = 422, 409
LEAF = 50
WITHOUT_STATION = "none"
SERVICES = {
    "arrange": meetings.arrange,
    "decline": meetings.decline,
    "postpone": meetings.postpone,
    "hold": meetings.hold,
    "miss": meetings.miss,
    "record_minutes": meeting_minutes.record_minutes,
}


@require_safe
@requires_role()
def meeting_list(request):
    """The meetings that one may see, narrowed by the address, latest asked first, fifty a leaf.

    422 for filters that cannot be read.
    """
    form = MeetingFilterForm(request.GET, user=request.user)
    found = form.meetings()
    shown, after = found.select_related("organ", "station", "deputy", "clock"), request.GET.get("after", "")
    rows, further = read_leaf(shown, after, by="-asked_at", size=LEAF)
    context = {
        "form": form,
        "rows": rows,
        "total": found.count(),
        "may_ask": asking.may_ask(request.user),
        "today": timezone.localdate(),
    }
    context |= leaf_addresses(request, further)
    return render(request, "programmes/meetings.html", context, status=form.http_status)


@require_http_methods(["GET", "POST"])
@requires_role(*ENTERING)
def ask_meeting(request):
    """Ask to meet an organ's head about a case, a cluster of cases, or a matter of a station."""
    scope = _scope(request)
    if scope is None:
        return _choose_station(request)
    if request.method == "GET":
        return _ask_page(request, AskForm(scope=scope, initial=scope.initial))
    form = AskForm(request.POST, scope=scope)
    if not form.is_valid():
        return _ask_page(request, form, status=NOT_UNDERSTOOD)
    try:
        meeting = meetings.ask(actor=request.user, **form.facts())
    except ProgrammeError as refusal:
        form.add_error(None, str(refusal))
        return _ask_page(request, form, status=MOVED_ON)
    messages.success(request, _("已提请约见，代工委会安排或者说明理由。"))
    return redirect(meeting)


def _scope(request):
    """What the address asks about; None where the station is still to be chosen. Page 404 for what is not the user's."""
    if "case" in request.GET:
        return asking.about_case(request.user, request.GET["case"]) or _not_found()
    if "cluster" in request.GET:
        key = request.GET["cluster"]
        is_key = key.isdecimal() and len(key) <= LONGEST_KEY
        return (is_key and asking.about_cluster(request.user, key)) or _not_found()
    stations = asking.stations_to_ask_for(request.user)
    chosen = request.GET.get("station")
    if chosen == WITHOUT_STATION:
        return asking.Scope(request.user) if asking.committee_places(request.user) else _not_found()
    if chosen is not None:
        return asking.Scope(request.user, station=get_object_or_404(stations, code=chosen))
    return asking.Scope(request.user, station=stations[0]) if len(stations) == 1 else None


def _not_found():
    raise Http404


def _choose_station(request):
    context = {
        "stations": asking.stations_to_ask_for(request.user),
        "without": asking.committee_places(request.user),
    }
    return render(request, "programmes/meeting_where.html", context)


def _ask_page(request, form, *, status=200):
    context = {"form": form, "scope": form.scope, "address": request.get_full_path()}
    return render(request, "programmes/meeting_ask.html", context, status=status)


@require_safe
@requires_role()
def meeting(request, pk):
    """Everything about a meeting, and everything that this user may do with it now."""
    return _page(request, _opened(request, pk))


@require_http_methods(["GET", "POST"])
@requires_role()
def act_on_meeting(request, pk, action):
    """Take one action; what cannot be taken comes back with its sentence and with everything typed."""
    file = _opened(request, pk)
    if action not in FORMS:
        raise Http404
    if request.method == "GET":
        return redirect(file.meeting)
    if action == "postpone" and file.meeting.meets_at is None:
        raise Http404
    form = form_for(action, file.meeting, request.POST)
    refused = Offer(MEETING_TABLE[action], form)
    if not form.is_valid():
        return _page(request, file, refused, status=NOT_UNDERSTOOD)
    try:
        SERVICES[action](meeting=file.meeting, actor=request.user, **form.facts())
    except ProgrammeError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, _opened(request, pk), refused, status=MOVED_ON)
    messages.success(request, _("已办：%(what)s。") % {"what": MEETING_TABLE[action].label})
    return redirect(file.meeting)


def _opened(request, pk):
    try:
        return open_meeting(pk, request.user)
    except Meeting.DoesNotExist:
        raise Http404 from None


def _page(request, file, refused=None, *, status=200):
    context = {
        "file": file,
        "meeting": file.meeting,
        "form": refused and refused.form,
        "offers": file.offers(refused),
    }
    response = render(request, "programmes/meeting.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
