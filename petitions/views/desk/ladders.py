"""A ladder of its own for a level or a category: topics are known on this floor only."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import requires_role
from petitions.models import Category
from supervision import rules
from supervision.errors import SupervisionError
from supervision.forms import CopyLadderForm
from supervision.models import Ladder
from supervision.permissions import RULE_SETTERS


@require_http_methods(["GET", "POST"])
@requires_role(*RULE_SETTERS)
def copy_ladder(request, pk):
    """Give a level, a category or both a ladder of their own, copied from another."""
    ladder = get_object_or_404(Ladder, pk=pk, active=True)
    topics = Category.objects.in_use().filter(level=1).values_list("name", flat=True)
    form = CopyLadderForm(request.POST or None, categories=topics)
    if request.method == "POST" and form.is_valid():
        try:
            copy = rules.copy_ladder(ladder=ladder, by=request.user, **form.cleaned_data)
        except SupervisionError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已复制。相应的事项从现在起按新的阶梯督办，已发出的不重发。"))
            return redirect("supervision:ladder_of", copy.pk)
    return render(request, "supervision/copy_ladder.html", {"form": form, "ladder": ladder})
