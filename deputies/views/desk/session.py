"""The reception desk on a phone: the day is opened, deputies are there, one visitor after another is written down."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.permissions import requires_role
from deputies import services
from deputies.errors import ReceptionError
from deputies.permissions import STATION_SIDE, receivable_receptions
from deputies.reception_desk import Desk
from vault.errors import PictureError

RECEIVING = (*STATION_SIDE, Role.DEPUTY)
NOT_UNDERSTOOD = 422


@require_safe
@requires_role(*RECEIVING)
def session(request, pk):
    """The day at the desk; ``appointment`` begins the note of a visitor who booked."""
    desk = desk_of(request, pk)
    booked = desk.booked(request.GET.get("appointment", "")) if desk.is_open else None
    form = desk.form(appointment=booked) if desk.is_open else None
    return _page(request, desk, form, booked=booked)


@require_POST
@requires_role(*RECEIVING)
def session_open(request, pk):
    """Begin the reception."""
    try:
        services.open_session(reception=desk_of(request, pk).reception, actor=request.user)
    except ReceptionError as refusal:
        messages.warning(request, str(refusal))
    return redirect("deputies:session", pk)


@require_POST
@requires_role(*RECEIVING)
def presence(request, pk):
    """Record that a deputy is there, or take it back."""
    desk = desk_of(request, pk)
    found = [deputy for deputy in desk.people if str(deputy.pk) == request.POST.get("deputy", "")]
    if not found:
        raise Http404
    change = services.check_out if request.POST.get("here") == "no" else services.check_in
    try:
        change(reception=desk.reception, deputy=found[0], actor=request.user)
    except ReceptionError as refusal:
        messages.warning(request, str(refusal))
    return redirect("deputies:session", pk)


@require_http_methods(["GET", "POST"])
@requires_role(*RECEIVING)
def note_new(request, pk):
    """Store a note; to a script with its row for the list, to a browser with the page, ready for the next visitor."""
    if request.method == "GET":
        return redirect("deputies:session", pk)
    if request.POST.get("author", "") != str(request.user.pk):
        raise PermissionDenied(_("这台设备换了账号登录，记录没有保存。请用原来的账号登录后再发送。"))
    desk = desk_of(request, pk)
    form = desk.form(request.POST, request.FILES)
    note = _recorded(desk, form)
    by_script = not request.accepts("text/html")
    if note is None:
        return _refused(form) if by_script else _page(request, desk, form, status=NOT_UNDERSTOOD)
    if by_script:
        return JsonResponse({"number": note.number, "row": _row(request, note)})
    messages.success(request, _("已记为第%(n)d号。") % {"n": note.number})
    return redirect("deputies:session", pk)


def desk_of(request, pk):
    """The desk of a day at which the user may write; page 404 for any other."""
    days = receivable_receptions(request.user).select_related("station__region")
    return Desk(get_object_or_404(days, pk=pk), request.user)


def _recorded(desk, form):
    if not form.is_valid():
        return None
    typed = form.cleaned_data
    try:
        return services.record_note(
            reception=desk.reception,
            key=typed["key"],
            appointment=typed["appointment"],
            actor=desk.user,
            **form.facts(),
        )
    except ReceptionError as refusal:
        form.add_error(None, str(refusal))
    except PictureError as refusal:
        form.add_error("photos", str(refusal))
    return None


def _refused(form):
    return JsonResponse({"errors": form.errors}, status=NOT_UNDERSTOOD)


def _row(request, note):
    note.photo_count = note.photos.count()
    return render_to_string("deputies/desk/_note_row.html", {"note": note}, request)


def _page(request, desk, form, *, booked=None, status=200):
    if booked is None and form is not None and form.is_bound:
        booked = form.cleaned_data.get("appointment")
    context = {"day": desk, "reception": desk.reception, "form": form, "booked": booked}
    return render(request, "deputies/desk/session.html", context, status=status)
