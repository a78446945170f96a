"""The desk's first page, and the demo's mailbox."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import requires_role
from accounts.services import roles_of
from deputies.today import days_in_need
from petitions.permissions import may_enter
from petitions.todo import Span
from portal.inbox import gather
from portal.mailbox import read_mail
from programmes.todo import todo_of
from workdays.services import load_calendar

LONGEST_TERM = timedelta(days=60)  # what the terms in working days reach to


@require_safe
@requires_role()
def desk(request):
    """What needs me today, most pressing first."""
    calendar, today = load_calendar(), timezone.localdate()
    roles = roles_of(request.user)
    groups, at = gather(request.user, Span.of(calendar, today), calendar)
    context = {
        "groups": groups,
        "at": at,
        "roles": roles,
        "today": today,
        "may_enter": may_enter(request.user),
        "follow_ups": todo_of(request.user),
        "days": days_in_need(request.user, calendar, today),
        "unknown_year": _unknown_year(calendar, today),
    }
    return render(request, "portal/desk/today.html", context)


def _unknown_year(calendar, today):
    """The year that due dates will soon fall into and whose holidays are not loaded, or None."""
    ahead = today + LONGEST_TERM
    return None if calendar.is_known(ahead) else ahead.year


@require_safe
@requires_role()
def mailbox(request):
    """What the demo has sent as e-mail, newest first; there is no such page where real mail goes out."""
    if not settings.DEMO:
        raise Http404
    return render(request, "portal/desk/mailbox.html", {"mails": read_mail(settings.EMAIL_FILE_PATH)})
