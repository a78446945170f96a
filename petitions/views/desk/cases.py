"""A case on the desk: read, acted on, and its identity opened for a reason."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import requires_role
from petitions import services
from petitions.casefile import open_case
from petitions.errors import ActionError
from petitions.forms.desk import FORMS, RevealForm
from petitions.lifecycle import TABLE
from petitions.models import Petition
from petitions.offers import Offer, form_for, offers_of, pages_of, part_of, target_of
from supervision.errors import SupervisionError

NOT_UNDERSTOOD, MOVED_ON = 422, 409


@require_safe
@requires_role()
def case(request, number):
    """Everything about a case, and everything that this user may do with it now."""
    return _page(request, _opened(request, number))


@require_http_methods(["GET", "POST"])
@requires_role()
def act(request, number, action):
    """Take one action; what cannot be taken comes back with its sentence and with everything typed."""
    if request.method == "GET":
        return _back(number)
    case = _opened(request, number)
    target, organ = _target(case, action, request.POST.get("target", ""))
    form = form_for(action, case, target, request.POST)
    refused = Offer(TABLE[action], target, form, part=part_of(case, target, organ))
    if not form.is_valid():
        return _page(request, case, refused, status=NOT_UNDERSTOOD)
    named = {TABLE[action].per: target} if target is not None else {}
    try:
        getattr(services, action)(petition=case.petition, actor=request.user, **named, **form.facts())
    except (ActionError, SupervisionError) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, _opened(request, number), refused, status=MOVED_ON)
    messages.success(request, _("已办：%(what)s。") % {"what": TABLE[action].label})
    return redirect(_next(request, number))


@require_http_methods(["GET", "POST"])
@requires_role()
def reveal(request, number):
    """Open the identity for a reason; it stands in this answer only, and the view log keeps who, when and why."""
    if request.method == "GET":
        return _back(number)
    case = _opened(request, number)
    form = RevealForm(request.POST, auto_id="reveal-%s")
    if not form.is_valid():
        return _page(request, case, reveal_form=form, status=NOT_UNDERSTOOD)
    try:
        identities = services.reveal(petition=case.petition, actor=request.user, reason=form.cleaned_data["reason"])
    except ActionError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, case, reveal_form=form, status=MOVED_ON)
    return _page(request, _opened(request, number), identities=identities)


def _back(number):
    """Whoever loads the address of a form anew is led to the case."""
    return redirect("petitions:case", number)


def _opened(request, number):
    try:
        return open_case(number, request.user)
    except Petition.DoesNotExist:
        raise Http404 from None


def _target(case, action, key):
    """What an action is to be taken on; page 404 for an action that does not exist and for a target of another case."""
    if action not in FORMS:
        raise Http404
    try:
        return target_of(case, action, key)
    except LookupError:
        raise Http404 from None


def _next(request, number):
    """The case, or the list where the action has taken it out of sight."""
    seen = Petition.objects.visible_to(request.user).filter(number=number).first()
    return seen or "petitions:list"


def _page(request, case, refused=None, *, reveal_form=None, identities=None, status=200):
    context = {
        "case": case,
        "petition": case.petition,
        "offers": offers_of(case, refused),
        "pages": pages_of(case),
        "form": refused.form if refused else reveal_form,
        "reveal_form": reveal_form or RevealForm(auto_id="reveal-%s"),
        "identities": identities,
    }
    response = render(request, "petitions/desk/case.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
