"""Locked months: the list, locking one, and what has changed in one since."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from accounts.paging import leaf_addresses, read_leaf
from accounts.permissions import requires_role
from insights.errors import LedgerError
from insights.forms import LockForm, NoteForm
from insights.permissions import WATCHING
from insights.services import locks

LEAF = 50
NOT_UNDERSTOOD = 422


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.OFFICER, *WATCHING)
def month_locks(request):
    """The locked months that one reads, newest first; who holds an office locks a month of its place."""
    places = locks.places_to_lock(request.user)
    form = LockForm(request.POST or None, places=places, today=timezone.localdate()) if places else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            lock = locks.lock_month(**form.cleaned_data, actor=request.user)
        except LedgerError as refusal:
            form.add_error("month", str(refusal))
        else:
            messages.success(request, _("已封存%(month)s。") % {"month": lock.month})
            return redirect(lock)
    found = locks.visible_locks(request.user).select_related("region", "locked_by")
    rows, further = read_leaf(found, request.GET.get("after", ""), by="-locked_at", size=LEAF)
    context = {"form": form, "rows": rows} | leaf_addresses(request, further)
    status = NOT_UNDERSTOOD if form is not None and form.errors else 200
    return render(request, "insights/month_locks.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_role(Role.OFFICER, *WATCHING)
def month_lock(request, pk):
    """A locked month: each figure then and now, the stations where one differs, and what the office says of it."""
    found = locks.visible_locks(request.user).select_related("region", "locked_by")
    lock = get_object_or_404(found, pk=pk)
    may_note = lock.region in locks.places_to_lock(request.user)
    form = NoteForm(request.POST or None) if may_note else None
    if request.method == "POST" and form is not None and form.is_valid():
        locks.add_note(lock=lock, text=form.cleaned_data["text"], actor=request.user)
        messages.success(request, _("说明已记下。"))
        return redirect(lock)
    total, stations = locks.compare(lock, request.user)
    context = {
        "lock": lock,
        "total": total,
        "stations": stations,
        "form": form,
        "notes": lock.notes.select_related("by"),
    }
    status = NOT_UNDERSTOOD if form is not None and form.errors else 200
    return render(request, "insights/month_lock.html", context, status=status)
