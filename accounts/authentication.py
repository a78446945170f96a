"""Who calls the API: a program by its token, or a browser by its session; and what a token may be used for."""

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission

from .models import ApiToken, Scope
from .services import grants_of
from .tokens import token_of

SCHEME = "Bearer"


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``. No cookie is involved, so that another site has nothing to misuse."""

    def authenticate(self, request):
        scheme, _blank, written = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        token = token_of(written.strip())
        if token is None:
            raise AuthenticationFailed(_("令牌无效、已过期或已停用。"))
        return token.user, token

    def authenticate_header(self, request):
        return f'{SCHEME} realm="api"'


class OnDesk(BasePermission):
    """Whoever holds a role today; a token has to be for what is asked, too (the view's ``scope``)."""

    def has_permission(self, request, view):
        if not request.user.is_authenticated:
            return False
        if not grants_of(request.user):
            raise PermissionDenied(_("您的账号目前没有任何授权，请与管理员联系。"))
        if not is_for(request, view.scope):
            label = Scope(view.scope).label
            raise PermissionDenied(_("这个令牌不能用于“%(scope)s”，请另建令牌。") % {"scope": label})
        return True


def is_for(request, scope: str) -> bool:
    """Whether a request may do what ``scope`` names: a session may, a token where it was made for it."""
    return not isinstance(request.auth, ApiToken) or scope in request.auth.scopes
