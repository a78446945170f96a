"""An official paper, to read and to print."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import requires_role
from papers.permissions import visible_to


@require_safe
@requires_role()
def paper(request, pk):
    """One paper as a sheet of A4."""
    return render(request, "papers/paper.html", {"paper": get_object_or_404(visible_to(request.user), pk=pk)})
