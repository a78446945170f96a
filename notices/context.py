"""What every page of the desk shows of the reader: unread messages, and what they may do where."""

from django.conf import settings

from accounts.services import grants_of, roles_of

from .models import Message


def unread(request) -> dict:
    """Give ``unread_count``, ``grants`` and ``roles`` on pages of the desk, ``demo`` everywhere; at most two queries."""
    context = {"demo": settings.DEMO}
    # A request that is refused on its way in, such as one for another host, has no user yet.
    user = getattr(request, "user", None)
    if request.path.startswith(("/desk/", "/accounts/")) and user is not None and user.is_authenticated:
        context["unread_count"] = Message.objects.unread_by(user).count()
        context["grants"] = grants_of(user)
        context["roles"] = roles_of(user)
    return context
