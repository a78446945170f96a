"""A station on the desk: its facts, and its self-inspections."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stations import services
from stations.errors import StationError
from stations.forms import FixForm, InspectionForm, NewStationForm, StationForm
from stations.models import Checklist, Finding, Inspection, Region, Station
from stations.permissions import CHANGE, VIEW, holders_of, station_opened

INSPECTIONS_SHOWN = 20
ADD = "stations.add_station"
adders_only = holders_of(ADD, _("联络站由站长（主席团）和代工委新建。"))


@require_safe
@login_required
def station(request, code):
    """What is known of a station, its checklists, and what self-inspections found."""
    station = station_opened(get_object_or_404(Station.objects.with_places(), code=code), request.user)
    lists = Checklist.objects.filter(active=True, tier__in=("", station.tier))
    open_findings = Finding.objects.open().filter(inspection__station=station).select_related("inspection")
    context = {
        "station": station,
        "today": timezone.localdate(),
        "may_change": request.user.has_perm(CHANGE, station),
        "checklists": lists,
        "open_findings": open_findings.order_by("fix_by", "pk"),
        "inspections": services.counted(station.inspections.select_related("checklist"))[:INSPECTIONS_SHOWN],
    }
    return render(request, "stations/desk/station.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def edit(request, code):
    """Change a station's facts."""
    station = station_opened(get_object_or_404(Station, code=code), request.user, CHANGE)
    form = StationForm(request.POST or None, instance=station)
    if request.method == "POST" and form.is_valid():
        services.change_facts(station=station, **form.cleaned_data)
        messages.success(request, _("已保存，公开页面随即更新。"))
        return redirect("stations:desk_station", code)
    return render(request, "stations/desk/edit.html", {"form": form, "station": station}, status=_status(form))


@require_safe
@adders_only
def choose_place(request):
    """Go down from place to place to where a new station shall stand."""
    region = Region.objects.filter(code=request.GET.get("in", "")).first()
    if region is None:
        return render(request, "stations/desk/choose_place.html", {"places": request.user.places_with(ADD)})
    if not request.user.has_perm(ADD, region):
        raise Http404
    if region.level in (Region.Level.TOWNSHIP, Region.Level.VILLAGE):
        return redirect("stations:new", region.code)
    return render(request, "stations/desk/choose_place.html", {"region": region, "places": region.children.all()})


@require_http_methods(["GET", "POST"])
@adders_only
def new(request, region):
    """A new station of a place."""
    place = get_object_or_404(Region, code=region)
    if not request.user.has_perm(ADD, place):
        raise Http404
    form = NewStationForm(request.POST or None, place=place, initial={"code": services.free_code(place)})
    if request.method == "POST" and form.is_valid():
        try:
            station = services.open_station(**form.cleaned_data)
        except StationError as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, _("已新建。接下来可以编入代表、安排接待日。"))
            return redirect("stations:desk_station", station.code)
    return render(request, "stations/desk/new.html", {"form": form, "place": place}, status=_status(form))


@require_http_methods(["GET", "POST"])
@login_required
def inspect(request, code, checklist):
    """Inspect a station by a checklist; everything is stored at once, or nothing."""
    station = station_opened(get_object_or_404(Station, code=code), request.user, CHANGE)
    fitting = Checklist.objects.filter(active=True, tier__in=("", station.tier))
    checklist = get_object_or_404(fitting, pk=checklist)
    form = InspectionForm(request.POST or None, items=list(checklist.items.all()))
    if request.method == "POST" and form.is_valid():
        inspection = _recorded(request, station, checklist, form)
        if inspection:
            messages.success(request, _("自查已登记。"))
            return redirect(inspection)
    context = {"form": form, "station": station, "checklist": checklist}
    return render(request, "stations/desk/inspect.html", context, status=_status(form))


def _recorded(request, station, checklist, form):
    facts = {"on": form.cleaned_data["on"], "remarks": form.cleaned_data["remarks"], "answers": form.answers()}
    try:
        return services.record_inspection(station=station, checklist=checklist, by_name=request.user.name, **facts)
    except StationError as refusal:
        form.add_error("on", str(refusal))
        return None


@require_safe
@login_required
def inspection(request, pk):
    """One self-inspection: what was not met, by when it is to be put right, and what was."""
    inspection = get_object_or_404(Inspection.objects.select_related("station__region", "checklist"), pk=pk)
    station_opened(inspection.station, request.user, VIEW)
    return _inspection_page(request, inspection)


@require_POST
@login_required
def fix(request, pk):
    """Record that a finding has been put right."""
    finding = get_object_or_404(Finding.objects.select_related("inspection__station"), pk=pk)
    station_opened(finding.inspection.station, request.user, CHANGE)
    form = FixForm(request.POST, prefix=f"fix{pk}")
    if form.is_valid():
        try:
            services.put_right(finding=finding, by_name=request.user.name, **form.cleaned_data)
            messages.success(request, _("已登记整改。"))
            return redirect(finding.inspection)
        except StationError as refusal:
            form.add_error(None, str(refusal))
    return _inspection_page(request, finding.inspection, bound={pk: form}, status=422)


def _inspection_page(request, inspection, *, bound=None, status=200):
    """The page with a form beside each open finding; ``bound`` holds the form that was sent, by finding."""
    may_change = request.user.has_perm(CHANGE, inspection.station)
    findings = list(inspection.findings.all())
    for finding in findings:
        if may_change and not finding.met and finding.fixed_on is None:
            blank = FixForm(prefix=f"fix{finding.pk}", initial={"on": timezone.localdate()})
            finding.form = (bound or {}).get(finding.pk, blank)
    context = {
        "inspection": inspection,
        "unmet": [finding for finding in findings if not finding.met],
        "met": [finding for finding in findings if finding.met],
        "today": timezone.localdate(),
    }
    return render(request, "stations/desk/inspection.html", context, status=status)


def _status(form):
    return 422 if form.is_bound and not form.is_valid() else 200
