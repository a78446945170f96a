"""Submissions that look like spam, for those who screen them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import requires_role
from accounts.services import has_role
from petitions.errors import ActionError
from petitions.lifecycle import TABLE
from petitions.models import Suspicion
from petitions.permissions import STATION_SIDE, screened_by
from petitions.services.suspicions import clear, refuse_as_junk

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(*STATION_SIDE)
def suspicions(request):
    """What waits to be judged, the oldest first, each with its reasons; several are judged by one press."""
    own = Suspicion.objects.filter(screened_by(request.user))
    if request.method == "POST":
        return _judge(request, own)
    return _page(request, own)


def _judge(request, own):
    chosen = own.filter(pk__in=[int(key) for key in request.POST.getlist("chosen") if _is_key(key)])
    try:
        if "junk" in request.POST:
            done = refuse_as_junk(suspicions=chosen, actor=request.user)
        else:
            done = clear(suspicions=chosen, actor=request.user)
    except ActionError as refusal:
        return _page(request, own, str(refusal), status=409)
    if not done:
        return _page(request, own, _("请先勾选要处理的意见。"), status=422)
    messages.success(request, _("已处理 %(n)s 件。") % {"n": done})
    return redirect("petitions:suspicions")


def _is_key(text):
    return text.isascii() and text.isdecimal() and len(text) < 19


def _page(request, own, refused="", *, status=200):
    context = {
        "rows": own.waiting().select_related("petition__station", "petition__stage_clock")[:SHOWN],
        "refused": refused,
        "today": timezone.localdate(),
        "may_refuse": has_role(request.user, *TABLE["refuse"].actors),
    }
    return render(request, "petitions/desk/suspicions.html", context, status=status)
