"""An activity's own pages: whom to invite, who came, and the minutes with what was found."""

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import requires_role
from deputies.models import Deputy, Membership
from programmes.errors import ProgrammeError
from programmes.forms.activity_people import ROWS, AttendanceForm, InviteForm, ItemFormSet, MinutesForm, owner_choices
from programmes.models import Activity
from programmes.services import activities
from programmes.services.guests import number_of
from programmes.views.activities import MOVED_ON, NOT_UNDERSTOOD, PLANNERS, opened_for_office
from stations.models import CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS, Organ, Region, Station, of_county_or_city

MOST_SHOWN = 100  # deputies offered at once; a search finds the others
PAGE = ["GET", "HEAD", "POST"]


@require_http_methods(PAGE)
@requires_role(*PLANNERS)
def invite(request, pk):
    """Boxes for the deputies of the station or the place, found by name, and for the organs near."""
    found = opened_for_office(request, pk)
    if not found.may_invite:
        return redirect(found.activity)
    words = request.GET.get("q", "").strip()[:40]
    organs = _organs(found.activity.region_id).exclude(invitations__activity=found.activity)
    shown = list(_deputies(found.activity, words)[: MOST_SHOWN + 1])
    offered = Deputy.objects.filter(pk__in=[one.pk for one in shown[:MOST_SHOWN]]).order_by("name", "pk")
    # What was ticked stands for itself, whatever was searched for meanwhile.
    allowed = _deputies(found.activity, "") if request.method == "POST" else offered
    form = InviteForm(request.POST or None, deputies=allowed, organs=organs)
    status = 200
    if request.method == "POST":
        told = _("已邀请，已通知他们。") if found.activity.announced_at else _("已邀请，发出邀请时一起通知。")
        done, status = _try(request, form, activities.invite, found, told=told)
        if done:
            return redirect(found.activity)
        form.fields["deputies"].queryset = offered
    context = {"form": form, "activity": found.activity, "words": words, "has_more": len(shown) > MOST_SHOWN}
    return render(request, "programmes/activity_invite.html", context, status=status)


def _deputies(activity, words):
    """Deputies to invite: in office on the day, grouped in the station or the place, of a name or station that fits."""
    day = timezone.localdate(activity.starts_at)
    groups = Membership.objects.on(day).filter(deputy=OuterRef("pk"))
    if activity.station_id:
        groups = groups.filter(station=activity.station_id)
    else:
        groups = groups.filter(station__region__code__startswith=activity.region_id)
    there = Exists(groups)
    if words:
        there &= Q(name__icontains=words) | Exists(groups.filter(station__name__icontains=words))
    return Deputy.objects.in_office(day).filter(there).exclude(invitations__activity=activity).order_by("name", "pk")


def _organs(code):
    """The active organs of the county and its city; for a city, its own."""
    near = Q(region=code) if len(code) < COUNTY_DIGITS else of_county_or_city(code[:COUNTY_DIGITS], code[:CITY_DIGITS])
    return Organ.objects.filter(near, active=True)


@require_http_methods(PAGE)
@requires_role(*PLANNERS)
def attendance(request, pk):
    """Who came, line by line; may be corrected until the minutes are there."""
    found = opened_for_office(request, pk)
    if not found.has_begun:
        return redirect(found.activity)
    came = [(guest.pk, number_of(guest)) for guest in found.guests]
    form = AttendanceForm(request.POST or None, invitations=found.invitations, guests=came)
    status = 200
    if request.method == "POST":
        done, status = _try(request, form, activities.record_attendance, found)
        if done:
            return redirect(found.activity)
    context = {"form": form, "activity": found.activity, "rows": list(form.rows()), "guests": came}
    return render(request, "programmes/activity_attendance.html", context, status=status)


@require_http_methods(PAGE)
@requires_role(*PLANNERS)
def minutes(request, pk):
    """The minutes, and what was found or promised, each with who does it until when."""
    found = opened_for_office(request, pk)
    if not found.has_begun:
        return redirect(found.activity)
    return _with_items(request, found, MinutesForm(request.POST or None), activities.record_minutes)


@require_http_methods(PAGE)
@requires_role(*PLANNERS)
def items(request, pk):
    """What is to be done besides, once the minutes are there."""
    found = opened_for_office(request, pk)
    if found.state != Activity.State.CLOSED:
        return redirect(found.activity)
    return _with_items(request, found, None, activities.add_items)


def _with_items(request, found, form, service):
    owners = _owners(found.activity)
    typed = request.POST.copy() if request.method == "POST" else None
    wants_rows = typed is not None and "more" in typed
    if wants_rows:
        typed["items-TOTAL_FORMS"] = str(_total(typed) + ROWS)
    rows = ItemFormSet(typed, prefix="items", form_kwargs={"owners": owners})
    status = 200
    if typed is not None and not wants_rows:
        status = NOT_UNDERSTOOD
        # Both are asked, so that all errors are said at once.
        sound = all([rows.is_valid(), form is None or form.is_valid()])
        if sound and form is None and not rows.has_changed():
            messages.error(request, _("没有填写事项，请至少填写一项。"))
        elif sound:
            facts = {"specs": [row.facts() for row in rows if row.has_changed()]}
            facts |= form.cleaned_data if form else {}
            try:
                service(activity=found.activity, actor=request.user, **facts)
                messages.success(
                    request, _("已办：%(what)s。") % {"what": _("形成纪要") if form else _("提出督查事项")}
                )
                return redirect(found.activity)
            except ProgrammeError as refusal:
                messages.error(request, str(refusal))
                status = MOVED_ON
    wrong = not wants_rows and bool((form and form.errors) or (rows.is_bound and rows.total_error_count()))
    context = {"form": form, "rows": rows, "activity": found.activity, "is_refused": wrong}
    return render(request, "programmes/activity_minutes.html", context, status=status)


def _total(typed):
    total = typed.get("items-TOTAL_FORMS", "")
    return int(total) if total.isascii() and total.isdecimal() and len(total) <= 3 else ROWS


def _owners(activity):
    """Who can be given an item: organs near, the offices of the level below, a township's stations."""
    code = activity.region_id
    own = [activity.station_id] if activity.station_id else []
    stations = Station.objects.active().filter(region__code__startswith=code).exclude(pk__in=own).order_by("name")
    return owner_choices(
        organs=_organs(code),
        stations=stations if len(code) >= TOWNSHIP_DIGITS else [],
        regions=Region.objects.filter(parent=code) if len(code) < TOWNSHIP_DIGITS else [],
    )


def _try(request, form, service, found, *, told=""):
    """Whether the service took what the form says, and the status of the page where it did not; ``told`` is said of it."""
    if not form.is_valid():
        return False, NOT_UNDERSTOOD
    try:
        service(activity=found.activity, actor=request.user, **form.facts())
    except ProgrammeError as refusal:
        form.add_error(None, str(refusal))
        return False, MOVED_ON
    messages.success(request, told or _("已保存。"))
    return True, 200
