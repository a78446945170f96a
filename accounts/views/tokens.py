"""A person's own tokens for programs: made, listed, revoked."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from ..forms import TokenForm
from ..permissions import requires_role
from ..services import AccountError
from ..tokens import prove_and_make, revoke_tokens

SHOWN = 50


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
@requires_role()
def tokens(request):
    """List the user's tokens; make one for who proves to be the user, which stands in this answer only."""
    has_factor = hasattr(request.user, "second_factor")
    form, made = TokenForm(request.POST or None, has_factor=has_factor), ""
    if request.method == "POST" and form.is_valid():
        try:
            typed, address = form.cleaned_data.pop("code"), request.META["REMOTE_ADDR"]
            _row, made = prove_and_make(user=request.user, typed=typed, address=address, **form.cleaned_data)
            form = TokenForm(has_factor=has_factor)
        except AccountError as refusal:
            form.add_error(refusal.field, str(refusal))
    rows = request.user.api_tokens.all()[:SHOWN]
    context = {"form": form, "made": made, "rows": rows, "today": timezone.localdate()}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@requires_role()
def revoke_token(request, pk):
    """Revoke one of the user's own tokens."""
    if revoke_tokens(user=request.user, by=request.user, pk=pk):
        messages.success(request, _("令牌已停用，用它的程序从现在起不能再访问。"))
    return redirect("accounts:tokens")
