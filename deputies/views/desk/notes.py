"""One reception note on the desk: read, amended, its photos, and its visitor's identity for a reason."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import requires_role
from deputies import services
from deputies.errors import ReceptionError
from deputies.forms.session import AmendForm, RevealForm
from deputies.models import Note, NotePhoto, Reception
from deputies.permissions import may_reveal_note, receivable_receptions
from deputies.reception_desk import Desk
from deputies.views.desk.session import NOT_UNDERSTOOD, RECEIVING
from vault.errors import PictureError, VaultError


@require_safe
@requires_role()
def note(request, pk):
    """A note, for those who may see it."""
    return _page(request, _opened(request, pk))


@require_http_methods(["GET", "POST"])
@requires_role(*RECEIVING)
def note_amend(request, pk):
    """Correct a note until its day is closed or it became a petition."""
    note = _opened(request, pk)
    if not _rights(note, request.user)["may_amend"]:
        return redirect(note)
    desk = Desk(note.reception, request.user)
    form = desk.form(request.POST or None, request.FILES or None, form=AmendForm, note=note)
    if request.method == "POST" and form.is_valid():
        try:
            services.amend_note(note=note, actor=request.user, **form.facts())
        except ReceptionError as refusal:
            form.add_error(None, str(refusal))
        except PictureError as refusal:
            form.add_error("photos", str(refusal))
        else:
            messages.success(request, _("已保存修改。"))
            return redirect(note)
    context = {"note": note, "reception": note.reception, "day": desk, "form": form}
    status = NOT_UNDERSTOOD if form.errors else 200
    return render(request, "deputies/desk/note_amend.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires_role()
def note_reveal(request, pk):
    """Open who the visitor is; it stands in this answer only, and the view log keeps who, when and why."""
    note = _opened(request, pk)
    if request.method == "GET":
        return redirect(note)
    form = RevealForm(request.POST, auto_id="reveal-%s")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            identities = services.reveal_visitor(note=note, actor=request.user, reason=reason)
            return _page(request, note, identities=identities)
        except (ReceptionError, VaultError) as refusal:
            form.add_error(None, str(refusal))
    return _page(request, note, reveal_form=form, status=NOT_UNDERSTOOD)


@require_safe
@requires_role()
def note_photo(request, pk):
    """A picture of a note, for those who may see the note; nobody else learns that it exists."""
    seen = NotePhoto.objects.filter(note__in=Note.objects.visible_to(request.user).values("pk"))
    photo = get_object_or_404(seen, pk=pk)
    try:
        response = FileResponse(photo.file.open(), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _opened(request, pk):
    related = ("reception__station__region", "deputy", "organ", "region", "appointment", "recorded_by", "petition")
    notes = Note.objects.visible_to(request.user).select_related(*related).prefetch_related("photos")
    note = notes.filter(pk=pk).first()
    if note is None:
        raise Http404
    return note


def _rights(note, user):
    """What may be done with a note now, by one who may write at its desk."""
    may_receive = receivable_receptions(user).filter(pk=note.reception_id).exists()
    is_petition = hasattr(note, "petition")
    return {
        "may_receive": may_receive,
        "may_amend": may_receive and not is_petition and note.reception.state == Reception.State.OPEN,
        "may_transfer": may_receive and not is_petition and note.outcome != Note.Outcome.HEARD,
        "may_reveal": may_reveal_note(note, user),
    }


def _page(request, note, *, reveal_form=None, identities=None, status=200):
    context = {
        "note": note,
        "reception": note.reception,
        "form": reveal_form,
        "reveal_form": reveal_form or RevealForm(auto_id="reveal-%s"),
        "identities": identities,
    }
    return render(request, "deputies/desk/note.html", context | _rights(note, request.user), status=status)
