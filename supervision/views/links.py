"""The links of an organ's duty on the desk: the assigner sees, makes, sends and takes them back."""

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import requires_role
from supervision import links
from supervision.errors import SupervisionError
from supervision.models import Clock
from supervision.permissions import may_link

ALONG = ("owner_organ", "station__region", "region")


@require_http_methods(["GET", "POST"])
@requires_role()
def duty_links(request, pk):
    """Every link to a duty; a new one is shown once, with a QR code, and ends those before it."""
    clock = get_object_or_404(Clock.objects.select_related(*ALONG), pk=pk, owner_organ__isnull=False)
    if not links.page_of(clock):
        raise Http404
    if not may_link(request.user, clock):
        raise PermissionDenied(_("办理链接由交办单位（主席团、代工委）生成。"))
    if request.method != "POST":
        return _page(request, clock)
    do = {"make": _make, "send": _send, "revoke": _revoke}.get(request.POST.get("do", ""))
    if do is None:
        raise Http404
    try:
        return do(request, clock)
    except SupervisionError as refusal:
        messages.error(request, str(refusal))
        return redirect("supervision:links", clock.pk)


def _make(request, clock):
    token = links.make_anew(clock, by=request.user)[1]
    return _page(request, clock, address=f"{settings.SITE_URL}{links.path_of(clock, token)}")


def _send(request, clock):
    links.send_link(clock)
    messages.success(request, _("已放入待发消息，办公时间内发出。"))
    return redirect("supervision:links", clock.pk)


def _revoke(request, clock):
    count = links.revoke([clock])
    messages.success(request, _("已收回%(count)d个链接。") % {"count": count})
    return redirect("supervision:links", clock.pk)


def _page(request, clock, address=""):
    now = timezone.now()
    rows = list(clock.organ_links.select_related("made_by"))
    good = set(links.good_links(now).filter(clock=clock).values_list("pk", flat=True))
    for row in rows:
        row.is_good = row.pk in good
    context = {
        "clock": clock,
        "rows": rows,
        "any_good": bool(good),
        "can_send": bool(links.reached_by_link(clock.owner_organ)),
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2) if address else "",
    }
    response = render(request, "supervision/links.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
