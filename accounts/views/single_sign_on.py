"""To the government's single sign-on and back."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .. import entering, single_sign_on
from ..services import AccountError

TO_BIND = "sso_to_bind"  # in the session: the subject that its owner is asked about


@never_cache
@require_safe
def send_out(request):
    """Send the browser to the provider."""
    if not settings.OIDC_ISSUER:
        raise Http404
    entering.keep_way(request, request.GET.get("next", ""))
    try:
        return single_sign_on.send_out(request)
    except AccountError as refusal:
        return _refused(request, refusal)


@never_cache
@require_safe
def come_back(request):
    """Sign in whom the provider names; whoever is signed in already is asked whether to bind."""
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        claims = single_sign_on.read_answer(request)
        if request.user.is_authenticated:
            request.session[TO_BIND] = single_sign_on.subject_of(claims)
            return render(request, "accounts/sso_bind.html", {"claims": claims, "sso": settings.OIDC_NAME})
        user = single_sign_on.person_for(claims)
    except AccountError as refusal:
        return _refused(request, refusal)
    is_in = entering.begin(request, user, trusted=settings.OIDC_SECOND_FACTOR_TRUSTED)
    return redirect(entering.onward(request, user) if is_in else "accounts:second_step")


@require_POST
@login_required
def bind(request):
    """Bind the person who is signed in to the subject that they have just proved to be."""
    subject = request.session.pop(TO_BIND, None)
    try:
        if subject is None:
            raise AccountError(_("等待的时间太长，请再做一次统一身份认证。"))
        single_sign_on.bind(user=request.user, subject=subject)
    except AccountError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已绑定，以后可以用统一身份登录。"))
    return redirect("accounts:sign_ins")


def _refused(request, refusal):
    messages.error(request, str(refusal))
    return redirect("accounts:sign_ins" if request.user.is_authenticated else "accounts:login")
