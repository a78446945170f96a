"""Signing in, in one step or two, and out."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from .. import entering, second_factor, sign_ins
from ..forms import CodeForm, SignInForm
from ..services import AccountError

FEW_CODES = 3


class SignIn(auth_views.LoginView):
    """The first step: name and password. ``next`` may only lead to this site."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request, *args, **kwargs):
        owed = entering.owed(request, request.user)
        return redirect(owed) if owed else super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        user = form.get_user()
        entering.keep_way(self.request, self.get_redirect_url())
        is_in = entering.begin(self.request, user)
        return redirect(entering.onward(self.request, user) if is_in else "accounts:second_step")

    def get_context_data(self, **kwargs):
        return super().get_context_data(sso=settings.OIDC_NAME if settings.OIDC_ISSUER else "", **kwargs)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class SecondStep(FormView):
    """The second step: a code of the authenticator app, or a recovery code."""

    template_name = "accounts/second_step.html"
    form_class = CodeForm

    def dispatch(self, request, *args, **kwargs):
        self.user = entering.waiting(request)
        if self.user is None:
            messages.info(request, _("等待的时间太长，请从头登录。"))
            return redirect("accounts:login")
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["code"].widget.attrs["autofocus"] = True
        return form

    def form_valid(self, form):
        address = self.request.META["REMOTE_ADDR"]
        try:
            second_factor.prove(user=self.user, typed=form.cleaned_data["code"], address=address)
        except AccountError as refusal:
            form.add_error("code", str(refusal))
            return self.form_invalid(form)
        entering.enter(self.request, self.user, proved=True)
        left = self.user.recovery_codes.count()
        if left < FEW_CODES:
            said = _("恢复码只剩 %(left)d 个，请到“登录与密码”的“两步验证”里重新生成。")
            messages.warning(self.request, said % {"left": left})
        return redirect(entering.onward(self.request, self.user))


class SignOut(auth_views.LogoutView):
    """Sign out by POST only, so that no link of another site can do it."""

    next_page = reverse_lazy("accounts:login")

    def post(self, request, *args, **kwargs):
        sign_ins.forget(request.session.session_key)
        return super().post(request, *args, **kwargs)


def admin_sign_in(request, extra_context=None):
    """Send the admin site's visitors to the one sign-in page, where tries are counted."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))
    if not request.user.is_staff:
        raise PermissionDenied(_("系统管理页面只供系统管理员使用。"))
    return redirect("admin:index")
