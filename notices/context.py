"""What every page of the desk shows of the reader: unread messages, and what they may do where."""

from django.conf import settings
from django.db.models import Count

from accounts.prepared import Prepared
from accounts.services import grants_of, roles_of

from .models import Message

# One number, of somebody who has any.
_UNREAD = Prepared(
    lambda user: Message.objects.unread_by(user).values("recipient").annotate(n=Count("pk")).values_list("n", flat=True)
)


def unread(request) -> dict:
    """Give ``unread_count``, ``grants`` and ``roles`` on pages of the desk, ``demo`` everywhere; at most two queries."""
    context = {"demo": settings.DEMO}
    # A request that is refused on its way in, such as one for another host, has no user yet.
    user = getattr(request, "user", None)
    if request.path.startswith(("/desk/", "/accounts/")) and user is not None and user.is_authenticated:
        context["unread_count"] = sum(_UNREAD.rows(user.pk))
        context["grants"] = grants_of(user)
        context["roles"] = roles_of(user)
    return context
