"""Handling organs and the office phone and e-mail by which one without an account is reached: the committee's to keep."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stations.forms import OrganContactForm
from stations.models import Organ
from stations.permissions import holders_of

CHANGE = "stations.change_organ"
LEAF = 50
committee_only = holders_of(CHANGE, _("承办单位的联系方式由代工委登记。"))


@require_safe
@committee_only
def organs(request):
    """The organs of the reader's places, by place and name, fifty a leaf; further leaves begin after ``?after=12``."""
    words, after = request.GET.get("q", "").strip()[:40], request.GET.get("after", "")
    found = _within(request.user).filter(name__icontains=words).select_related("region")
    last = found.filter(pk=after).first() if after.isascii() and after.isdigit() and len(after) < 10 else None
    rest = found.filter(Q(region__gt=last.region_id) | Q(region=last.region_id, name__gt=last.name)) if last else found
    rows = list(rest.order_by("region_id", "name")[: LEAF + 1])
    page = reverse("stations:organs")
    context = {
        "rows": rows[:LEAF],
        "words": words,
        "older": f"{page}?{urlencode({'q': words, 'after': rows[LEAF - 1].pk})}" if len(rows) > LEAF else "",
        "newer": f"{page}?{urlencode({'q': words})}" if last else "",
    }
    return render(request, "stations/desk/organs.html", context)


@require_http_methods(["GET", "POST"])
@committee_only
def organ(request, pk):
    """Change how an organ is reached."""
    organ = get_object_or_404(Organ.objects.select_related("region"), pk=pk)
    if not request.user.has_perm(CHANGE, organ.region):
        raise PermissionDenied(_("这个单位不在您的区划内。"))
    form = OrganContactForm(request.POST or None, instance=organ)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("已保存。该单位没有账号的，以后的通知发到这里，并带办理链接。"))
        return redirect("stations:organs")
    return render(
        request, "stations/desk/organ.html", {"form": form, "organ": organ}, status=422 if form.is_bound else 200
    )


def _within(user):
    """The organs of the places that the user keeps, and of what lies in them."""
    wanted = Q(pk__in=[])
    for region in user.places_with(CHANGE):
        wanted |= Q(region__code__startswith=region.code)
    return Organ.objects.filter(wanted)
