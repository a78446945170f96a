"""Hot topics on the desk."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import requires_role
from insights.hot import DAYS, LEAST, Window, hot_topics
from insights.permissions import WATCHING


@require_safe
@requires_role(Role.OFFICER, *WATCHING)
def hot(request):
    """What recent cases have in common, by place, with its growth; each topic leads to exactly its cases."""
    today = timezone.localdate()
    context = {
        "topics": hot_topics(request.user, today),
        "window": Window.until_yesterday(today),
        "days": DAYS,
        "least": LEAST,
    }
    return render(request, "insights/hot.html", context)
