"""Reception days on the desk: the list by month, a day with everything that may be done with it, publishing many."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.paging import LONGEST_KEY
from accounts.permissions import requires_role
from accounts.services import has_role
from deputies import services
from deputies.agenda import read_leaf
from deputies.dayfile import open_day
from deputies.errors import ReceptionError
from deputies.forms.plans import DaysForm
from deputies.forms.receptions import FORMS, RevealForm
from deputies.models import Appointment, Reception
from deputies.offers import id_of, offers_of
from deputies.permissions import STATION_SIDE, managed_stations, seen_stations
from supervision.errors import SupervisionError

READERS = (*STATION_SIDE, Role.DEPUTY, Role.VIEWER)
NOT_UNDERSTOOD, MOVED_ON = 422, 409


@require_safe
@requires_role(*READERS)
def reception_list(request):
    """The reception days of the user's stations by month, from today on or, with ``past``, backwards.

    422 for filters that cannot be read.
    """
    stations = list(seen_stations(request.user).order_by("region_id", "name"))
    form = DaysForm(request.GET, stations=stations)
    is_past = "past" in request.GET
    leaf = read_leaf(
        form.found(request.user),
        request.user,
        today=timezone.localdate(),
        after=request.GET.get("after", ""),
        is_past=is_past,
    )
    context = {
        "form": form,
        "leaf": leaf,
        "stations": stations,
        "plan": leaf.entries[0].reception.plan if form.cleaned_data.get("plan") and leaf.entries else None,
        "is_past": is_past,
        "is_filtered": any(form.cleaned_data.values()),
        "may_plan": has_role(request.user, *STATION_SIDE),
    }
    context |= _addresses(request, leaf)
    return render(request, "deputies/desk/list.html", context, status=form.http_status)


def _key(text):
    """A key out of an address or a form, or None for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY else None


def _addresses(request, leaf):
    """Addresses of the leaves before and behind this one, and of the other direction of time."""
    page, kept = reverse("deputies:desk_receptions"), request.GET.copy()
    on_later_leaf = kept.pop("after", None)
    behind = kept.copy()
    behind["after"] = leaf.further
    other = kept.copy()
    other.pop("past", None)
    upcoming = other.urlencode()
    other.pop("since", None)
    other["past"] = "1"
    return {
        "kept": kept.urlencode(),
        "upcoming": f"{page}?{upcoming}",
        "past": f"{page}?{other.urlencode()}",
        "newer": f"{page}?{kept.urlencode()}" if on_later_leaf else "",
        "older": f"{page}?{behind.urlencode()}" if leaf.further else "",
    }


@require_POST
@requires_role(*STATION_SIDE)
def publish_chosen(request):
    """Publish the ticked days; of each that cannot be published it is said why."""
    ticked = [key for key in map(_key, request.POST.getlist("day")) if key]
    days = Reception.objects.filter(station__in=managed_stations(request.user), pk__in=ticked)
    back = f"{reverse('deputies:desk_receptions')}?{request.POST.get('kept', '')}"
    if not days:
        messages.warning(request, _("请先勾选要公布的接待日。"))
        return redirect(back)
    done, refused = services.publish_all(receptions=list(days), actor=request.user)
    if done:
        messages.success(request, _("已公布%(n)s个接待日。") % {"n": len(done)})
    for sentence in refused:
        messages.error(request, sentence)
    return redirect(back)


@require_safe
@requires_role(*READERS)
def reception(request, pk):
    """Everything about a reception day, and everything that this user may do with it now."""
    return _page(request, _opened(request, pk))


@require_http_methods(["GET", "POST"])
@requires_role(*STATION_SIDE)
def act(request, pk, action):
    """Take one action; what cannot be taken comes back with its sentence and with everything typed."""
    day = _opened(request, pk)
    if action not in FORMS or not day.may_manage:
        raise Http404
    if request.method == "GET":
        return redirect("deputies:reception", pk)
    target = _target(day, action, request.POST.get("target", ""))
    form = FORMS[action](request.POST, day=day, target=target, auto_id=id_of(action, target))
    if not form.is_valid():
        return _page(request, day, form, status=NOT_UNDERSTOOD)
    try:
        getattr(services, action)(reception=day.reception, actor=request.user, **form.facts())
    except (ReceptionError, SupervisionError) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, _opened(request, pk), form, status=MOVED_ON)
    messages.success(request, _("已办：%(what)s。") % {"what": form.label})
    return redirect("deputies:reception", pk)


def _target(day, action, key):
    """What an action is taken on; page 404 for a reminder of another day."""
    for target in day.targets(action):
        if target is None or str(target.pk) == key:
            return target
    raise Http404


@require_http_methods(["GET", "POST"])
@requires_role(*STATION_SIDE)
def reveal_booked(request, number):
    """Open who booked, for a reason; it stands in this answer only, and the view log keeps who, when and why."""
    appointments = Appointment.objects.filter(reception__station__in=managed_stations(request.user))
    appointment = get_object_or_404(appointments.select_related("reception__station"), number=number)
    if request.method == "GET":
        return redirect("deputies:reception", appointment.reception_id)
    form = RevealForm(request.POST, auto_id=f"reveal-{appointment.pk}-%s")
    identity, status = None, NOT_UNDERSTOOD
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            identity = services.reveal_booked(appointment=appointment, actor=request.user, reason=reason)
            status = 200
        except ReceptionError as refusal:
            form.add_error(None, str(refusal))
    opened = {appointment.pk: (form, identity)}
    return _page(request, _opened(request, appointment.reception_id), form=form, opened=opened, status=status)


def _opened(request, pk):
    try:
        return open_day(pk, request.user)
    except Reception.DoesNotExist:
        raise Http404 from None


def _bookings(day, opened):
    """Each booking with the form that asks why it should be opened, and the identity where that was just answered."""
    for booked in day.appointments:
        yield booked, *opened.get(booked.pk, (RevealForm(auto_id=f"reveal-{booked.pk}-%s"), None))


def _page(request, day, refused=None, *, form=None, opened=None, status=200):
    context = {
        "day": day,
        "reception": day.reception,
        "form": refused or form,
        "offers": offers_of(day, refused),
        "bookings": list(_bookings(day, opened or {})),
    }
    response = render(request, "deputies/desk/reception.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
