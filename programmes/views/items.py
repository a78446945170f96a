"""Items on the desk."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import requires_role
from programmes.models import Item


@require_safe
@requires_role()
def item(request, pk):
    """Everything about an item, and everything that this user may do with it now."""
    found = get_object_or_404(Item.objects.visible_to(request.user), pk=pk)
    return render(request, "programmes/item.html", {"item": found})
