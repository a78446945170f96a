"""Requests for deletion: those of one's own cases, and deciding on them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import requires_role
from petitions.errors import ActionError
from petitions.forms.erasure import DecideErasureForm
from petitions.models import ErasureRequest
from petitions.services.erasure import DECIDING, decide_erasure

SHOWN = 50


@require_safe
@requires_role(Role.OFFICER, *DECIDING)
def erasure_requests(request):
    """The open requests, each with the form for whoever may decide, and the latest that were decided."""
    return _page(request)


@require_POST
@requires_role(*DECIDING)
def decide(request, pk):
    """Delete, or keep with a reason."""
    asked = get_object_or_404(ErasureRequest.objects.visible_to(request.user).select_related("proposer"), pk=pk)
    form = DecideErasureForm(request.POST, auto_id=f"request-{pk}-%s")
    if not form.is_valid():
        return _page(request, form, asked, status=422)
    try:
        decided = decide_erasure(request=asked, actor=request.user, **form.cleaned_data)
    except ActionError as refusal:
        form.add_error("why" if form.cleaned_data["erased"] is False else None, str(refusal))
        return _page(request, form, asked, status=409)
    messages.success(request, _("已删除身份信息。") if decided.erased else _("已告知申请人暂不删除。"))
    return redirect("petitions:erasure_requests")


def _page(request, refused=None, asked=None, *, status=200):
    rows = ErasureRequest.objects.visible_to(request.user).select_related("petition__station", "decided_by")
    waiting = list(rows.open().order_by("asked_at")[:SHOWN])
    for one in waiting:
        one.form = refused if asked == one else DecideErasureForm(auto_id=f"request-{one.pk}-%s")
    context = {
        "waiting": waiting,
        "decided": rows.exclude(decided_at=None).order_by("-decided_at")[:SHOWN],
        "may_decide": any(grant.role in DECIDING for grant in request.user.grants_in_force()),
    }
    return render(request, "petitions/desk/erasure_requests.html", context, status=status)
