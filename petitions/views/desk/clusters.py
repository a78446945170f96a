"""Like cases on the desk: beside each other, confirmed as one group, and acted on together."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.paging import leaf_addresses, read_leaf
from accounts.permissions import requires_role
from accounts.services import has_role
from petitions import services
from petitions.clusterfile import ClusterFile, clusters_of, proposals
from petitions.errors import ActionError
from petitions.forms.clusters import MOST, TOGETHER, ConfirmForm
from petitions.lifecycle import open_actions
from petitions.models import Cluster, Petition
from petitions.permissions import STATION_SIDE, is_station_side, positions
from petitions.search import marked
from petitions.similar import LIKE, SHOWN_TO_STAFF, similar_cases

LEAF = 30
NOT_UNDERSTOOD, MOVED_ON = 422, 409
SERVICES = {
    "hand_over": services.hand_over_cluster,
    "pass_reply": services.pass_reply_cluster,
    "add": services.add_to_cluster,
    "remove": services.remove_from_cluster,
    "dissolve": services.dissolve_cluster,
}


@require_safe
@requires_role()
def clusters(request):
    """The clusters one may see, newest first; on the first leaf, what may be further groups."""
    after = request.GET.get("after", "")
    rows, further = read_leaf(clusters_of(request.user), after, by="-confirmed_at", size=LEAF)
    groups = proposals(request.user) if not after and has_role(request.user, *STATION_SIDE) else []
    context = {"rows": rows, "groups": groups} | leaf_addresses(request, further)
    return render(request, "petitions/desk/clusters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*STATION_SIDE)
def new_cluster(request):
    """Confirm that the cases named in the address are about one matter."""
    numbers = request.GET.getlist("case")[:MOST]
    cases = list(Petition.objects.visible_to(request.user).open().filter(number__in=numbers).order_by("pk"))
    form = ConfirmForm(request.POST or None, cases=cases)
    status = 200
    if request.method == "POST":
        status = NOT_UNDERSTOOD
        if form.is_valid():
            try:
                made = services.confirm_cluster(actor=request.user, **form.facts())
            except ActionError as refusal:
                form.add_error(None, str(refusal))
                status = MOVED_ON
            else:
                messages.success(request, _("已确认为同类事项。"))
                return redirect(made)
    return render(request, "petitions/desk/cluster_new.html", {"form": form, "cases": cases}, status=status)


@require_safe
@requires_role()
def cluster(request, pk):
    """A cluster: its cases with their clocks, and what can be done with them together."""
    return _page(request, _opened(request, pk))


@require_POST
@requires_role(*STATION_SIDE)
def act_on_cluster(request, pk, action):
    """Take one action on several cases; what cannot be taken comes back with its sentence and everything typed."""
    if action not in TOGETHER:
        raise Http404
    file = _opened(request, pk)
    form = _form(action, file, request.POST)
    if not form.is_valid():
        return _page(request, file, action, form, status=NOT_UNDERSTOOD)
    try:
        SERVICES[action](cluster=file.cluster, actor=request.user, **form.facts())
    except ActionError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, _opened(request, pk), action, form, status=MOVED_ON)
    messages.success(request, _("已办：%(what)s。") % {"what": form.label})
    left = Cluster.objects.visible_to(request.user).filter(pk=pk).first()
    return redirect(left or "petitions:clusters")


def _opened(request, pk):
    return ClusterFile(get_object_or_404(clusters_of(request.user), pk=pk), request.user)


def _form(action, file, data=None):
    return TOGETHER[action](data, file=file, auto_id=f"{action}-%s")


def _page(request, file, refused="", form=None, *, status=200):
    context = {
        "file": file,
        "cluster": file.cluster,
        "form": form,
        "offers": list(_offers(file, request.user, refused, form)),
        "may_suggest": has_role(request.user, Role.DEPUTY),
        "may_meet": has_role(request.user, Role.DEPUTY, *STATION_SIDE),
    }
    response = render(request, "petitions/desk/cluster.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _offers(file, user, refused, form):
    """The forms that are open to this user now, the refused one first and open, as pairs of action and form."""
    if refused:
        yield refused, form
    for action, kind in TOGETHER.items():
        possible = file.fit_for(kind.action) if action != "add" else has_role(user, *STATION_SIDE)
        if possible and action != refused:
            yield action, _form(action, file)


@require_safe
@requires_role(*STATION_SIDE)
def similar(request, number):
    """A case beside those that may be about the same matter, with the words they share marked."""
    seen = Petition.objects.visible_to(request.user).select_related("station", "region", "category", "deputy")
    petition = get_object_or_404(seen, number=number)
    if not is_station_side(petition, request.user):
        raise Http404
    told = {name: getattr(petition, name) for name in ("region", "title", "body", "category")}
    others = Petition.objects.visible_to(request.user).open().exclude(pk=petition.pk).select_related("cluster")
    alike = similar_cases(others, **told, least=LIKE, most=SHOWN_TO_STAFF)
    for other in alike:
        other.beside = [[marked(text, other.shared) for text in (one.title, one.body)] for one in (petition, other)]
    rows = open_actions(petition, "case", positions(petition, request.user))
    context = {"petition": petition, "alike": alike, "open_actions": {row.action for row in rows}}
    response = render(request, "petitions/desk/similar.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
