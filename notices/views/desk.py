"""The messages of the signed-in user."""

from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import requires_role
from notices import services
from notices.models import Message

LEAF = 50


@require_safe
@requires_role()
def messages(request):
    """The inbox, newest first; further leaves begin after the message named in the address (?after=12)."""
    inbox = Message.objects.seen_by(request.user)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit():
        last = get_object_or_404(inbox, pk=after)
        inbox = inbox.filter(Q(sent_at__lt=last.sent_at) | Q(sent_at=last.sent_at, pk__lt=last.pk))
    rows = list(inbox[: LEAF + 1])
    page = reverse("notices:messages")
    context = {
        "rows": rows[:LEAF],
        "older": f"{page}?after={rows[LEAF - 1].pk}" if len(rows) > LEAF else "",
        "newer": page if after else "",
    }
    return render(request, "notices/messages.html", context)


@require_POST
@requires_role()
def read(request, pk):
    """Note one message as read and follow its link."""
    message = get_object_or_404(Message.objects.seen_by(request.user), pk=pk)
    services.mark_read(user=request.user, pk=pk)
    return redirect(message.link or "notices:messages")


@require_POST
@requires_role()
def read_all(request):
    """Note everything as read."""
    services.mark_read(user=request.user)
    return redirect("notices:messages")
