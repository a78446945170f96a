"""What every page of the desk shows of the reader: unread messages, and what they may do where."""

from django.conf import settings

from accounts.services import grants_of

from .models import Message


def unread(request) -> dict:
    """Give ``unread_count`` and ``grants`` on pages of the desk, and ``demo`` everywhere; at most two queries."""
    context = {"demo": settings.DEMO}
    if request.path.startswith(("/desk/", "/accounts/")) and request.user.is_authenticated:
        context["unread_count"] = Message.objects.unread_by(request.user).count()
        context["grants"] = grants_of(request.user)
    return context
