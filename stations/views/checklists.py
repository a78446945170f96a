"""The checklists that stations are inspected by: everybody of the house reads them, the committee changes them."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stations import services
from stations.forms import ChecklistForm, ItemFormSet
from stations.models import Checklist
from stations.permissions import holders_of

CHANGE = "stations.change_checklist"
readers_only = holders_of("stations.view_checklist", _("检查清单供联络站、主席团、代工委和领导查看。"))
editors_only = holders_of(CHANGE, _("检查清单只由代工委修改，您可以查看。"))


@require_safe
@readers_only
def checklists(request):
    """All checklists with their items."""
    lists = Checklist.objects.prefetch_related("items").annotate(used=Count("inspections"))
    return render(
        request, "stations/desk/checklists.html", {"checklists": lists, "may_change": request.user.has_perm(CHANGE)}
    )


@require_http_methods(["GET", "POST"])
@editors_only
def checklist(request, pk=None):
    """Change a checklist and its items, or make a new one."""
    checklist = get_object_or_404(Checklist, pk=pk) if pk else Checklist()
    form = ChecklistForm(request.POST or None, instance=checklist)
    standing = list(checklist.items.values("text", "help", "source")) if pk else []
    items = ItemFormSet(request.POST or None, initial=standing, prefix="items")
    if request.method == "POST" and form.is_valid() and items.is_valid():
        services.save_checklist(checklist=form.instance, items=items.items())
        messages.success(request, _("已保存。此后的自查按新清单，以前的自查仍是当时的内容。"))
        return redirect("stations:checklists")
    context = {"form": form, "items": items, "checklist": checklist}
    status = 422 if request.method == "POST" else 200
    return render(request, "stations/desk/checklist.html", context, status=status)
