"""What people look after themselves: their password, their second factor and the sessions they have open."""

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.messages.views import SuccessMessageMixin
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import entering, sealing, second_factor, sign_ins
from ..forms import CodeForm, OwnPasswordForm
from ..granting import note_change
from ..models import AccountChange, SecondFactor
from ..services import AccountError

SET_UP = "second_factor_set_up"  # in the session, sealed, until the app has shown that it took it


def frame_of(request) -> str:
    """The base of these pages: the desk's, or a bare one for who may not see the desk yet."""
    return "accounts/bare.html" if entering.owed(request, request.user) else "desk.html"


class Password(SuccessMessageMixin, auth_views.PasswordChangeView):
    """Change one's own password: this session goes on, all others end."""

    template_name = "accounts/password.html"
    form_class = OwnPasswordForm
    success_message = gettext_lazy("密码已修改，下次登录请用新密码。其他设备上的登录已经退出。")

    @transaction.atomic
    def form_valid(self, form):
        old = self.request.session.session_key
        response = super().form_valid(form)
        sign_ins.rename(old=old, new=self.request.session.session_key)
        sign_ins.end_sign_ins(self.request.user, but=self.request.session.session_key)
        note_change(self.request.user, AccountChange.What.PASSWORD_CHANGED, by=self.request.user)
        return response

    def get_success_url(self):
        return entering.onward(self.request, self.request.user, otherwise="accounts:sign_ins")

    def get_context_data(self, **kwargs):
        return super().get_context_data(frame=frame_of(self.request), **kwargs)


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def own_second_factor(request):
    """Set the second factor up, or look after the one there is."""
    factor = SecondFactor.objects.filter(user=request.user).first()
    if factor is None:
        return _set_up(request)
    if entering.owed(request, request.user) == "accounts:second_factor" and not entering.begin(request, request.user):
        return redirect("accounts:second_step")
    return _look_after(request, factor)


def _set_up(request):
    form = CodeForm(request.POST or None)
    if SET_UP not in request.session:
        request.session[SET_UP] = sealing.seal(second_factor.draw_secret())
    secret = sealing.unseal(request.session[SET_UP])
    if request.method == "POST" and form.is_valid():
        try:
            drawn = second_factor.set_up(user=request.user, secret=secret, typed=form.cleaned_data["code"])
        except AccountError as refusal:
            form.add_error("code", str(refusal))
        else:
            del request.session[SET_UP]
            request.session[entering.PROVED] = True
            sign_ins.end_sign_ins(request.user, but=request.session.session_key)
            return _show_codes(request, drawn)
    address = second_factor.address_of(user=request.user, secret=secret)
    context = {
        "form": form,
        "frame": frame_of(request),
        "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
        "address": address,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, "accounts/second_factor_set_up.html", context)


def _look_after(request, factor):
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = _("验证器现在显示的6位数字；手机不在身边的，输入一个没有用过的恢复码。")
    if request.method == "POST" and form.is_valid():
        try:
            return _changed(request, form.cleaned_data["code"])
        except AccountError as refusal:
            form.add_error("code", str(refusal))
    left = request.user.recovery_codes.count()
    return render(request, "accounts/second_factor.html", {"form": form, "factor": factor, "left": left})


def _changed(request, typed):
    """Do with a code what the pressed button says; without the phone a recovery code serves."""
    second_factor.prove(user=request.user, typed=typed, address=request.META["REMOTE_ADDR"])
    if "remove" not in request.POST:
        return _show_codes(request, second_factor.renew_recovery_codes(user=request.user))
    second_factor.remove(user=request.user, actor=request.user, reason=_("本人更换验证器"))
    logout(request)
    messages.success(request, _("原来的验证器已经停用，所有设备都已退出。请重新登录，再用新手机扫码。"))
    return redirect("accounts:login")


def _show_codes(request, drawn):
    context = {"codes": drawn, "frame": frame_of(request), "onward": entering.onward(request, request.user)}
    return render(request, "accounts/recovery_codes.html", context)


@require_safe
@login_required
def own_sign_ins(request):
    """The sessions that are open in one's name."""
    rows = [
        {"sign_in": sign_in, "device": sign_ins.device(sign_in.user_agent), "here": _is_here(request, sign_in)}
        for sign_in in sign_ins.open_sign_ins(request.user)
    ]
    others = any(not row["here"] for row in rows)
    sso = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
    return render(request, "accounts/sign_ins.html", {"rows": rows, "others": others, "sso": sso})


def _is_here(request, sign_in):
    return sign_in.session_key == request.session.session_key


@require_POST
@login_required
def end_sign_in(request, pk=None):
    """End one of one's own sessions, or all but this one."""
    ended = sign_ins.end_sign_ins(request.user, only=pk, but=request.session.session_key)
    if ended:
        said = ngettext("%(count)d 处登录已经退出。", "%(count)d 处登录已经退出。", ended) % {"count": ended}
        messages.success(request, said)
    else:
        messages.info(request, _("那处登录已经退出了。"))
    return redirect("accounts:sign_ins")
