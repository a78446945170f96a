"""A resident's own data: what is kept, as a file to take along, and deleted on request."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from petitions.errors import ActionError
from petitions.forms.erasure import EraseForm
from petitions.models import ErasureRequest
from portal import own_data
from vault import opened

private = cache_control(private=True, no_store=True)


def _scope(request, number):
    """What this browser may ask about: one opened case, or everything of the phone that was proved; else page 404."""
    phone_index = opened.phone_of(request.session)
    proposer = opened.keys(request.session, "proposers").get(number)
    if number and proposer:
        return own_data.scope_of_case(proposer)
    if phone_index and not number:
        return own_data.scope_of_phone(phone_index)
    raise Http404


@private
@require_safe
def own(request, number=""):
    """What is kept, and what may be done about it."""
    return _page(request, number, EraseForm())


@private
@require_safe
def own_file(request, kind, number=""):
    """Everything as a file: ``json`` for machines, ``html`` to read and to print."""
    facts = own_data.everything(_scope(request, number))
    if kind == "json":
        response = JsonResponse(facts, json_dumps_params={"ensure_ascii": False, "indent": 2})
    elif kind == "html":
        response = render(request, "portal/public/own_data_file.html", {"sections": own_data.sections(facts)})
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="my-data.{kind}"'
    return response


@private
@require_POST
def erase(request, number=""):
    """Delete, or ask for it where the case is still open."""
    form = EraseForm(request.POST)
    if not form.is_valid():
        return _page(request, number, form, status=422)
    try:
        own_data.erase(_scope(request, number), words=form.cleaned_data["words"])
    except ActionError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, number, form, status=409)
    messages.success(request, _("您的申请已收到：已经结束的当即删除，还在办理的由联络站负责人决定。"))
    return redirect("portal:own_data", number) if number else redirect("portal:all_own_data")


def _page(request, number, form, *, status=200):
    scope = _scope(request, number)
    asked = ErasureRequest.objects.filter(proposer__in=scope.proposers).select_related("petition")
    waiting = {one.proposer_id for one in asked if one.decided_at is None}
    may_ask = any(not (hasattr(row, "proposer") and row.proposer.pk in waiting) for row in scope.identities)
    context = {"scope": scope, "number": number, "form": form, "asked": asked, "may_ask": may_ask}
    return render(request, "portal/public/own_data.html", context, status=status)
