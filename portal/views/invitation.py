"""The page of an invitation: who invites to what, and a password of one's own. Looking changes nothing."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.inviting import open_invitation
from accounts.services import AccountError
from portal.people import accept
from supervision.views.by_link import HEADERS

NOT_UNDERSTOOD = 422


def _told_nobody_else(view):
    """The address is a key: it goes to no other site, into no cache and no index."""

    @wraps(view)
    def checked(request, token):
        response = view(request, token)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return checked


# No cookie is needed: whoever knows the token may act, and another site, which might misuse a cookie, does not know it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@_told_nobody_else
def invited(request, token):
    """Who invites to what; a POST sets the password. Every link that is not good gets one answer."""
    invitation = open_invitation(token, address=request.META["REMOTE_ADDR"])
    if invitation is None:
        return render(request, "portal/public/invitation_gone.html", status=404)
    form = SetPasswordForm(invitation.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accept(invitation, form.cleaned_data["new_password1"])
        except AccountError:
            return render(request, "portal/public/invitation_gone.html", status=404)
        messages.success(request, _("密码已设置，请用登录名%(name)s登录。") % {"name": invitation.user.username})
        return redirect("accounts:login")
    context = {
        "invitation": invitation,
        "form": form,
        "rights": invitation.user.grants.select_related("region", "station", "organ").order_by("pk"),
    }
    status = NOT_UNDERSTOOD if form.errors else 200
    return render(request, "portal/public/invitation.html", context, status=status)


@require_safe
def led_on(request):
    """Where an invitation's message leads in-site, for who has joined already."""
    return redirect("accounts:login")
