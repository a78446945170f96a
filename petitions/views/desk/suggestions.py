"""Deputies' suggestions on the desk: the list, a suggestion with its actions, and raising a new one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.paging import leaf_addresses, read_leaf
from accounts.permissions import requires_role
from accounts.services import has_role
from petitions.errors import ActionError
from petitions.forms.suggestion import FORMS, RaiseSuggestionForm
from petitions.forms.suggestion_filters import SuggestionFilter
from petitions.lifecycle import TABLE as CASE_TABLE
from petitions.models import Cluster, Petition, Suggestion
from petitions.offers import Offer
from petitions.services import suggestions as services
from petitions.suggestion_lifecycle import TABLE
from petitions.suggestion_offers import form_for, offers_of, part_of
from petitions.suggestion_permissions import deputies_beside, deputy_of, offices_of
from petitions.suggestion_todo import attach_clocks
from petitions.suggestionfile import open_suggestion
from petitions.todo import Span
from supervision.errors import SupervisionError
from workdays.services import load_calendar

LEAF = 50
NOT_UNDERSTOOD, MOVED_ON = 422, 409


@require_safe
@requires_role()
def suggestion_list(request):
    """The suggestions that one may see, narrowed by the address, newest first, fifty a leaf.

    422 for filters that cannot be read.
    """
    calendar, today = load_calendar(), timezone.localdate()
    form = SuggestionFilter(request.GET, user=request.user, span=Span.of(calendar, today))
    found = form.suggestions()
    after = request.GET.get("after", "")
    rows, further = read_leaf(found.select_related("deputy", "region"), after, by="-raised_at", size=LEAF)
    attach_clocks(rows, calendar, today)
    context = {
        "form": form,
        "rows": rows,
        "total": found.count(),
        "may_raise": has_role(request.user, Role.DEPUTY),
    }
    context |= leaf_addresses(request, further)
    return render(request, "petitions/desk/suggestions.html", context, status=form.http_status)


@require_safe
@requires_role()
def suggestion(request, number):
    """Everything about a suggestion, and everything that this user may do with it now."""
    return _page(request, _opened(request, number))


@require_http_methods(["GET", "POST"])
@requires_role()
def act(request, number, action):
    """Take one action; what cannot be taken comes back with its sentence and with everything typed."""
    if request.method == "GET":
        return redirect("petitions:suggestion", number)
    case = _opened(request, number)
    target, organ = _target(case, action, request.POST.get("target", ""))
    form = form_for(action, case, target, request.POST)
    refused = Offer(TABLE[action], target, form, part=part_of(case, organ))
    if not form.is_valid():
        return _page(request, case, refused, status=NOT_UNDERSTOOD)
    named = {TABLE[action].per: target} if target is not None else {}
    try:
        getattr(services, action)(suggestion=case.suggestion, actor=request.user, **named, **form.facts())
    except (ActionError, SupervisionError) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, _opened(request, number), refused, status=MOVED_ON)
    messages.success(request, _("已办：%(what)s。") % {"what": TABLE[action].label})
    seen = Suggestion.objects.visible_to(request.user).filter(number=number).first()
    return redirect(seen or "petitions:suggestions")


@require_http_methods(["GET", "POST"])
@requires_role(Role.DEPUTY)
def raise_suggestion(request):
    """A deputy's new suggestion: from a case (``?case=``), from a cluster of cases (``?cluster=``), or from nothing."""
    day = timezone.localdate()
    deputy = deputy_of(request.user, day)
    offices = list(offices_of(deputy, day)) if deputy else []
    if not offices:
        return render(request, "petitions/desk/suggestion_none.html", {"deputy": deputy})
    cases, left_out, cluster = _cases_asked(request)
    beside = deputies_beside(offices[0], day).exclude(pk=deputy.pk)
    if request.method == "GET":
        form = RaiseSuggestionForm(offices=offices, beside=beside)
        return _raising(request, form, cases, left_out, cluster)
    form = RaiseSuggestionForm(request.POST, offices=offices, beside=beside)
    if not form.is_valid():
        return _raising(request, form, cases, left_out, cluster, status=NOT_UNDERSTOOD)
    try:
        raised = services.raise_suggestion(actor=request.user, petitions=cases, cluster=cluster, **form.facts())
    except (ActionError, SupervisionError) as refusal:
        form.add_error(None, str(refusal))
        return _raising(request, form, cases, left_out, cluster, status=MOVED_ON)
    messages.success(request, _("建议已提出，编号%(number)s。") % {"number": raised.number})
    return redirect(raised)


def _cases_asked(request):
    """The cases that the address names and that can be raised now, those that cannot, and the cluster, if any."""
    seen = Petition.objects.visible_to(request.user)
    cluster = None
    if "case" in request.GET:
        asked = [get_object_or_404(seen, number=request.GET["case"])]
    elif request.GET.get("cluster", "").isdecimal():
        cluster = get_object_or_404(Cluster, pk=request.GET["cluster"][:18])
        asked = list(seen.filter(cluster=cluster).order_by("submitted_at", "pk"))
        if not asked:
            raise Http404
    else:
        asked = []
    fitting = [case for case in asked if case.status in CASE_TABLE["raise_suggestion"].sources]
    # Where none can be raised the service says so; and it finds by its key what was sent twice.
    fitting = fitting or asked
    return fitting, [case for case in asked if case not in fitting], cluster


def _raising(request, form, cases, left_out, cluster, *, status=200):
    context = {"form": form, "cases": cases, "left_out": left_out, "cluster": cluster}
    return render(request, "petitions/desk/suggestion_new.html", context, status=status)


def _opened(request, number):
    try:
        return open_suggestion(number, request.user)
    except Suggestion.DoesNotExist:
        raise Http404 from None


def _target(case, action, key):
    """What an action is to be taken on; page 404 for an action that does not exist and for a target of another suggestion."""
    if action not in FORMS:
        raise Http404
    for target, organ in case.targets(TABLE[action].per):
        if target is None or str(target.pk) == key:
            return target, organ
    raise Http404


def _page(request, case, refused=None, *, status=200):
    context = {
        "case": case,
        "suggestion": case.suggestion,
        "form": refused and refused.form,
        "offers": offers_of(case, refused),
    }
    response = render(request, "petitions/desk/suggestion.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
