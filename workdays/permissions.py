"""Who reads and who changes the calendar, asked by permission names: roles are known only on the floor above."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


def may_edit(user) -> bool:
    """Whether the user may change the calendar: the deputy-affairs committee and administrators."""
    return user.has_perm("workdays.change_calendar")


def readers_only(view: Callable) -> Callable:
    """Let everybody in who holds any role; anonymous visitors are sent to sign in."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.has_perm("workdays.view_calendar"):
            raise PermissionDenied(_("您的账号目前没有任何授权，请与管理员联系。"))
        return view(request, *args, **kwargs)

    return checked


def editors_only(view: Callable) -> Callable:
    """Let only those in who may change the calendar; anonymous visitors are sent to sign in."""

    @wraps(view)
    @readers_only
    def checked(request, *args, **kwargs):
        if not may_edit(request.user):
            raise PermissionDenied(_("工作日历只由代工委和管理员修改，您可以查看。"))
        return view(request, *args, **kwargs)

    return checked
