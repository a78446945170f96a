"""Activities on the desk: the list and its ledger, planning, an activity with everything that may be done with it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.paging import leaf_addresses, read_leaf
from accounts.permissions import requires_role
from accounts.services import grants_of, has_role
from deputies.offers import id_of
from programmes.activity_file import open_activity
from programmes.activity_offers import offers_of, targets_of
from programmes.agenda import LEAF
from programmes.errors import ProgrammeError
from programmes.forms.activities import FORMS, ActivityForm, FilterForm, RevealForm
from programmes.models import Activity, Document, Invitation, Programme, office_name
from programmes.permissions import run_places
from programmes.services import activities, guests
from stations.models import Region, Station

PLANNERS = (Role.OFFICER, Role.HEAD, Role.COMMITTEE)
NOT_UNDERSTOOD, MOVED_ON = 422, 409
SERVICES = {"enter_answer": activities.answer}


@require_safe
@requires_role()
def activity_list(request):
    """The activities that one may see, narrowed by the address, latest first. 422 for filters that cannot be read."""
    form = FilterForm(request.GET)
    after = request.GET.get("after", "")
    found = form.narrow(Activity.objects.visible_to(request.user).select_related("region", "station"))
    rows, further = read_leaf(found, after, by="-starts_at", size=LEAF)
    context = {"form": form, "rows": rows, "may_plan": has_role(request.user, *PLANNERS)}
    context |= leaf_addresses(request, further)
    return render(request, "programmes/activities.html", context, status=form.http_status)


def _organisers(user):
    """Choices of whom this user plans for: stations of an officer, offices of a head and of a committee."""
    stations = {grant.station for grant in grants_of(user) if grant.role == Role.OFFICER}
    own = [(f"station:{one.pk}", one.name) for one in sorted(stations, key=lambda one: one.name)]
    return own + [(f"region:{one.pk}", office_name(one)) for one in run_places(user)]


def _programmes(user):
    return Programme.objects.visible_to(user).running()


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*PLANNERS)
def activity_new(request):
    """Plan an activity; nobody is told until it is announced."""
    organisers = _organisers(request.user)
    form = ActivityForm(
        request.POST or None,
        organisers=organisers,
        programmes=_programmes(request.user),
        initial={"programme": request.GET.get("programme"), "organiser": organisers[0][0]},
    )
    status = NOT_UNDERSTOOD if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        planned = Activity(**_place(form.cleaned_data["organiser"]), **form.facts())
        try:
            activity = activities.plan_activity(activity=planned, actor=request.user)
        except ProgrammeError as refusal:
            form.add_error(None, str(refusal))
            status = MOVED_ON
        else:
            messages.success(request, _("已保存。请接着邀请代表和单位，再发出邀请。"))
            return redirect(activity)
    return render(request, "programmes/activity_edit.html", {"form": form}, status=status)


def _place(chosen):
    sort, _separator, pk = chosen.partition(":")
    if sort == "station":
        return {"station": Station.objects.select_related("region").get(pk=pk)}
    return {"region": Region.objects.get(pk=pk)}


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*PLANNERS)
def activity_edit(request, pk):
    """Change what was planned, until it is announced."""
    found = _opened(request, pk)
    if not found.may_run or not found.is_planned:
        return redirect(found.activity)
    standing = {name: getattr(found.activity, name) for name in ActivityForm.base_fields if name != "organiser"}
    form = ActivityForm(request.POST or None, organisers=[], programmes=_programmes(request.user), initial=standing)
    status = 200
    if request.method == "POST":
        status = NOT_UNDERSTOOD
        if form.is_valid():
            try:
                activities.edit(activity=found.activity, actor=request.user, **form.facts())
                return redirect(found.activity)
            except ProgrammeError as refusal:
                form.add_error(None, str(refusal))
                status = MOVED_ON
    context = {"form": form, "activity": found.activity}
    return render(request, "programmes/activity_edit.html", context, status=status)


@require_safe
@requires_role()
def activity(request, pk):
    """Everything about an activity, and everything that this user may do with it now."""
    return _page(request, _opened(request, pk))


@require_http_methods(["GET", "POST"])
@requires_role()
def act(request, pk, action):
    """Take one action; what cannot be taken comes back with its sentence and with everything typed."""
    found = _opened(request, pk)
    if action not in FORMS:
        raise Http404
    if request.method == "GET":
        return redirect(found.activity)
    target = _target(found, action, request.POST.get("target", ""))
    form = FORMS[action](request.POST, request.FILES, found=found, target=target, auto_id=id_of(action, target))
    if not form.is_valid():
        return _page(request, found, form, status=NOT_UNDERSTOOD)
    facts = form.facts()
    if "invitation" not in facts:
        facts = {"activity": found.activity, **facts}
    try:
        SERVICES.get(action, getattr(activities, action, None))(actor=request.user, **facts)
    except ProgrammeError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, _opened(request, pk), form, status=MOVED_ON)
    messages.success(request, _("已办：%(what)s。") % {"what": form.label})
    return redirect(found.activity)


def _target(found, action, key):
    """What an action is taken on; page 404 for an invitation of somebody else."""
    for target in targets_of(found, action):
        if target is None or str(target.pk) == key:
            return target
    raise Http404


@require_POST
@requires_role(*PLANNERS)
def uninvite(request, pk, invitation):
    """Strike an invitation that was not sent yet."""
    found = _opened(request, pk)
    invited = get_object_or_404(Invitation.objects.select_related("activity"), pk=invitation, activity=found.activity)
    return _done(request, found, activities.uninvite, invitation=invited)


@require_POST
@requires_role(*PLANNERS)
def take_away(request, pk, document):
    """Remove a photo or a material."""
    found = _opened(request, pk)
    kept = get_object_or_404(Document.objects.select_related("activity"), pk=document, activity=found.activity)
    return _done(request, found, activities.take_away, document=kept)


def _done(request, found, service, **facts):
    try:
        service(actor=request.user, **facts)
    except ProgrammeError as refusal:
        messages.error(request, str(refusal))
    return redirect(found.activity)


@require_http_methods(["GET", "POST"])
@requires_role(*PLANNERS)
def reveal(request, pk):
    """Open who signed up, for a reason; it stands in this answer only, and the view log keeps who, when and why."""
    found = _opened(request, pk)
    if request.method == "GET":
        return redirect(found.activity)
    form, named, status = RevealForm(request.POST, auto_id="reveal-%s"), None, NOT_UNDERSTOOD
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            named = guests.reveal_guests(activity=found.activity, actor=request.user, reason=reason)
            status = 200
        except ProgrammeError as refusal:
            form.add_error(None, str(refusal))
    return _page(request, found, reveal=form, named=named, status=status)


def _opened(request, pk):
    try:
        return open_activity(pk, request.user)
    except Activity.DoesNotExist:
        raise Http404 from None


def _page(request, found, refused=None, *, reveal=None, named=None, status=200):
    context = {
        "found": found,
        "activity": found.activity,
        "form": refused or reveal,
        "offers": offers_of(found, refused),
        "reveal": reveal or RevealForm(auto_id="reveal-%s"),
        "named": named,
    }
    response = render(request, "programmes/activity.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def opened_for_office(request, pk):
    """The activity for those who run it; page 403 says so to others who may see it."""
    found = _opened(request, pk)
    if not found.may_run:
        raise PermissionDenied(_("只有组织单位可以办理这项活动。"))
    return found
