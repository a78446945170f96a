"""Signing in and out, one's own password, and leave."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.views import SuccessMessageMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from .forms import LeaveForm, SignInForm
from .models import Leave
from .permissions import requires_role
from .services import AccountError, colleagues_of, end_leave, take_leave


class SignIn(auth_views.LoginView):
    """Django's sign-in: the session is made anew, and ``next`` may only lead to this site."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(auth_views.LogoutView):
    """Sign out by POST only, so that no link of another site can do it."""

    next_page = reverse_lazy("accounts:login")


class Password(SuccessMessageMixin, auth_views.PasswordChangeView):
    """Change one's own password."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:leave")
    success_message = gettext_lazy("密码已修改，下次登录请用新密码。")


def admin_sign_in(request, extra_context=None):
    """Send the admin site's visitors to the one sign-in page, where tries are counted."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))
    if not request.user.is_staff:
        raise PermissionDenied(_("系统管理页面只供系统管理员使用。"))
    return redirect("admin:index")


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
