"""Who may enter a page of the desk."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from .models import Role
from .services import grants_of, roles_of


def requires_role(*roles: str) -> Callable:
    """Let only users with one of ``roles`` in; without roles, every user who holds any role.

    Anonymous visitors are sent to sign in and come back; others get page 403 with a sentence that says who may enter.
    """

    def decorate(view):
        @wraps(view)
        def checked(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not grants_of(request.user):
                raise PermissionDenied(_("您的账号目前没有任何授权，请与管理员联系。"))
            if roles and roles_of(request.user).isdisjoint(roles):
                names = "、".join(str(Role(role).label) for role in roles)
                raise PermissionDenied(_("这一页只供以下人员使用：%(names)s。") % {"names": names})
            return view(request, *args, **kwargs)

        return checked

    return decorate
