"""Deputies on the desk: the list, a deputy's record with what may be done with it."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.paging import leaf_addresses
from accounts.permissions import requires_role
from accounts.services import has_role
from deputies.errors import ReceptionError
from deputies.forms.people import FactsForm, FilterForm, NewDeputyForm
from deputies.importing import scope_of
from deputies.keeping import ACTS, Offer, form_of, may_take, open_record, target_of
from deputies.models import Deputy, Membership
from deputies.permissions import REGION_ROLES, STATION_SIDE, kept_deputies, seen_deputies, seen_stations, with_kept
from deputies.services import people as services
from vault.errors import PictureError

READERS = (*STATION_SIDE, Role.VIEWER)
LEAF = 50
NOT_UNDERSTOOD = 422
PORTRAIT_KEPT = 600  # seconds that a browser may show a portrait without asking again


@require_safe
@requires_role(*READERS)
def deputy_list(request):
    """The deputies whom one finds on the desk, narrowed by the address, by code, fifty a leaf.

    422 for filters that cannot be read.
    """
    today = timezone.localdate()
    form = FilterForm(request.GET, stations=seen_stations(request.user).order_by("region_id", "name"))
    found = form.narrow(seen_deputies(request.user), today)
    after = request.GET.get("after", "")
    leaf = found.filter(code__gt=after) if after else found
    groups = Prefetch("memberships", Membership.objects.on(today).select_related("station"), to_attr="groups")
    rows = list(leaf.order_by("code").prefetch_related("mandates", groups)[: LEAF + 1])
    for deputy in rows[:LEAF]:
        deputy.now = deputy.standing(today)
        # Seats that are over are told only where there is none that counts more.
        deputy.seats = [mandate for mandate in deputy.mandates.all() if mandate.standing(today) == deputy.now]
    context = {
        "form": form,
        "rows": rows[:LEAF],
        "total": found.count(),
        "may_keep": has_role(request.user, *STATION_SIDE),
        "may_import": has_role(request.user, *REGION_ROLES),
    }
    further = rows[LEAF - 1].code if len(rows) > LEAF else ""
    context |= leaf_addresses(request, further)
    return render(request, "deputies/desk/people/list.html", context, status=form.http_status)


@require_http_methods(["GET", "POST"])
@requires_role(*STATION_SIDE)
def deputy_new(request):
    """Enter a new deputy."""
    scope = scope_of(request.user)
    form = NewDeputyForm(request.POST or None, user=request.user, region=scope.region)
    if request.method == "POST" and form.is_valid():
        try:
            deputy = services.add_deputy(**form.facts())
        except ReceptionError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已登记代表%(name)s，编号%(code)s。") % {"name": deputy, "code": deputy.code})
            return redirect("deputies:desk_deputy", deputy.code)
    status = NOT_UNDERSTOOD if form.errors else 200
    return render(request, "deputies/desk/people/new.html", {"form": form}, status=status)


@require_safe
@requires_role(*READERS)
def deputy_record(request, code):
    """A deputy's record; who keeps it may change it here."""
    seen = with_kept(seen_deputies(request.user), request.user)
    deputy = get_object_or_404(seen.select_related("user"), code=code)
    record = open_record(deputy, request.user, may_keep=deputy.is_kept)
    return render(request, "deputies/desk/people/record.html", {"record": record})


@require_http_methods(["GET", "POST"])
@requires_role(*STATION_SIDE)
def deputy_edit(request, code):
    """Change who a deputy is."""
    deputy = get_object_or_404(kept_deputies(request.user), code=code)
    form = FactsForm(request.POST or None, instance=deputy)
    if request.method == "POST" and form.is_valid():
        services.save_deputy(deputy=form.instance)
        messages.success(request, _("已保存。"))
        return redirect("deputies:desk_deputy", deputy.code)
    status = NOT_UNDERSTOOD if form.errors else 200
    return render(request, "deputies/desk/people/edit.html", {"form": form, "deputy": deputy}, status=status)


@require_http_methods(["GET", "POST"])
@requires_role(*STATION_SIDE)
def deputy_act(request, code, action):
    """Take one of the acts of ``deputies.keeping`` on a deputy or on one of their rows."""
    deputy = get_object_or_404(kept_deputies(request.user).select_related("user"), code=code)
    act = _act(request, action)
    if request.method == "GET" and not act.has_page:
        return redirect("deputies:desk_deputy", deputy.code)
    form = _act_form(request, deputy, action)
    if form.is_valid():
        try:
            act.take(**{act.on: form.target or deputy}, **form.facts())
        except (ReceptionError, PictureError) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, form.done)
            return redirect("deputies:desk_deputy", deputy.code)
    return _act_page(request, deputy, action, form)


def _act(request, action):
    act = ACTS.get(action)
    if act is None or not may_take(act, request.user):
        raise Http404
    return act


def _act_form(request, deputy, action):
    """The act's form as it was sent; 404 for a row that is not the user's to change."""
    sent = request.POST if request.method == "POST" else None
    target = target_of(ACTS[action], deputy, request.POST.get("target", ""), request.user)
    if target is None and ACTS[action].kind is not Deputy:
        raise Http404
    return form_of(action, deputy, request.user, target=target, data=sent, files=request.FILES or None)


def _act_page(request, deputy, action, form):
    """The act's own page, or the record with the act's form opened."""
    status = NOT_UNDERSTOOD if form.is_bound else 200
    if ACTS[action].has_page:
        context = {"deputy": deputy, "form": form}
        return render(request, "deputies/desk/people/act.html", context, status=status)
    record = open_record(deputy, request.user, may_keep=True, refused=Offer(action, form))
    return render(request, "deputies/desk/people/record.html", {"record": record}, status=status)


@require_safe
def portrait(request, code):
    """A deputy's portrait, which is public; nothing else of the uploaded file is kept."""
    deputy = get_object_or_404(Deputy.objects.exclude(portrait=""), code=code)
    try:
        response = FileResponse(deputy.portrait.open(), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    response.headers["Cache-Control"] = f"public, max-age={PORTRAIT_KEPT}"
    return response
