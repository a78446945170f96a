"""Published suggestions for everybody: what a deputy suggested and what was answered, in the office's own summary."""

from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from petitions.models import Suggestion

LEAF = 20


@require_safe
def public_suggestions(request):
    """The published suggestions, newest first, twenty a leaf."""
    found = Suggestion.objects.published().order_by("-published_at", "-pk").select_related("deputy", "region")
    last = Suggestion.objects.published().filter(number=request.GET.get("after", "")).first()
    if last is not None:
        found = found.filter(Q(published_at__lt=last.published_at) | Q(published_at=last.published_at, pk__lt=last.pk))
    rows = list(found[: LEAF + 1])
    page = reverse("petitions:public_suggestions")
    context = {
        "rows": rows[:LEAF],
        "older": f"{page}?after={rows[LEAF - 1].number}" if len(rows) > LEAF else "",
        "newer": page if last is not None else "",
    }
    return render(request, "petitions/public/suggestions.html", context)
