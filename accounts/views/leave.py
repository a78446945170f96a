"""Days away, and who stands in."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ..forms import LeaveForm
from ..models import Leave
from ..permissions import requires_role
from ..services import AccountError, colleagues_of, end_leave, take_leave


@require_http_methods(["GET", "POST"])
@requires_role()
def leave(request):
    """Show the user's leaves and take a new one."""
    form = LeaveForm(request.POST or None, colleagues=colleagues_of(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            taken = take_leave(user=request.user, **form.cleaned_data)
        except AccountError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已登记，请假期间由%(name)s代理。") % {"name": taken.substitute.name})
            return redirect("accounts:leave")
    today = timezone.localdate()
    context = {
        "form": form,
        "leaves": request.user.leaves.not_over(today).select_related("substitute"),
        "substitutions": request.user.substitutions.not_over(today).select_related("user"),
    }
    return render(request, "accounts/leave.html", context)


@require_POST
@requires_role()
def back(request, pk):
    """End one of the user's own leaves."""
    end_leave(user=request.user, leave=get_object_or_404(Leave, pk=pk, user=request.user))
    messages.success(request, _("已销假，从今天起事项重新通知您本人。"))
    return redirect("accounts:leave")
