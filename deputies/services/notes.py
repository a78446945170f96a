"""Reception notes: written down while the visitor sits there, amended until the day is closed, opened for a reason."""

from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.errors import ReceptionError
from deputies.models import Appointment, Note
from deputies.permissions import may_reveal_note
from deputies.services.session import at_desk, check_in, record
from vault import services as vault
from vault.files import keep_files
from vault.models import Identity, Secrecy
from vault.pictures import encode_anew

MOST_PHOTOS = 6


def record_note(*, reception, key, actor, identity=None, photos=(), appointment=None, at=None, **facts):
    """Store what a visitor said at the desk and return the ``Note``, with the day's next number.

    ``key`` (UUID of the form) sent again returns the note already stored. ``identity`` is a dict of name, phone, address,
    email, or None; ``photos`` are uploaded files. ``facts`` are the note's own: topic, words, outcome, and, if given,
    visitors, region, secrecy, answer, proposal, organ, promise, promised_on, deputy. A booked visitor's identity moves
    from ``appointment`` to the note; who wishes to be anonymous leaves none. Raises ReceptionError, PictureError.
    """
    sent_before = _sent_before(reception, key)
    if sent_before is not None:
        return sent_before
    pictures = _encoded(photos)
    with transaction.atomic():
        try:
            at_desk(reception, actor)
        except ReceptionError:
            # The first sending may have been the last note before the day was closed.
            sent_before = _sent_before(reception, key)
            if sent_before is None:
                raise
            return sent_before
        return _sent_before(reception, key) or _store(
            reception, key, actor, identity, pictures, appointment, at or timezone.now(), facts
        )


def _sent_before(reception, key):
    note = Note.objects.filter(key=key).first()
    if note is not None and note.reception_id != reception.pk:
        raise ReceptionError(_("这份表单已用于另一次接待，请刷新页面重新填写。"))
    return note


def _store(reception, key, actor, identity, pictures, appointment, at, facts):
    if reception.opened_at is None:
        raise ReceptionError(_("请先开始接待。"))
    number = (reception.notes.aggregate(last=Max("number"))["last"] or 0) + 1
    note = Note(reception=reception, key=key, number=number, recorded_by=actor, recorded_at=at, **facts)
    note.identity = None if note.secrecy == Secrecy.ANONYMOUS else vault.keep(identity)
    if appointment is not None:
        _receive(note, appointment)
    note.save()
    _attach(note, pictures)
    _count_present(note, actor, at)
    return note


def _count_present(note, actor, at):
    """Whoever received a visitor was there (到岗), whether anybody thought of recording it or not."""
    if note.deputy is not None:
        check_in(reception=note.reception, deputy=note.deputy, actor=actor, at=at)


def _receive(note, appointment):
    """The booked visitor has come: the identity they booked with goes over to the note."""
    appointment.refresh_from_db(from_queryset=Appointment.objects.select_for_update(of=("self",)))
    if appointment.state == Appointment.State.CANCELLED:
        raise ReceptionError(_("这个预约已经取消，请按未预约的来访人记录。"))
    received = Note.objects.filter(appointment=appointment).first()
    if received is not None:
        raise ReceptionError(_("这位预约的来访人已有第%(n)d号记录。") % {"n": received.number})
    booked_as = appointment.identity
    if booked_as is not None and note.identity is None:
        appointment.identity = None
        if note.secrecy == Secrecy.ANONYMOUS:
            booked_as.delete()
        else:
            note.identity = booked_as
    appointment.state = Appointment.State.CAME
    appointment.save(update_fields=["state", "identity"])
    note.appointment = appointment


@transaction.atomic
def amend_note(*, note, actor, identity=None, photos=(), dropped=(), at=None, **facts):
    """Change a note until its day is closed or it became a petition; ``facts`` as for ``record_note``.

    ``identity`` replaces the one kept, None leaves it; a visitor who now wishes to be anonymous leaves none. ``dropped``
    are ``NotePhoto`` to remove. Raises ReceptionError, PictureError.
    """
    at_desk(note.reception, actor)
    note.refresh_from_db(from_queryset=Note.objects.select_for_update(of=("self",)))
    if hasattr(note, "petition"):
        raise ReceptionError(_("这条记录已转为群众意见%(number)s，不再改动。") % {"number": note.petition.number})
    pictures = _encoded(photos)
    for photo in dropped:
        photo.delete()
        transaction.on_commit(partial(photo.file.delete, save=False))
    for name, value in facts.items():
        setattr(note, name, value)
    _keep_identity(note, identity)
    note.save()
    _attach(note, pictures)
    at = at or timezone.now()
    _count_present(note, actor, at)
    record(note.reception, actor, _("修改第%(n)d号接待记录") % {"n": note.number}, at)


def _keep_identity(note, identity):
    before = note.identity
    anonymous = note.secrecy == Secrecy.ANONYMOUS
    now = None if anonymous else vault.keep(identity) or before
    if before is not None and now != before:
        note.identity = None
        before.delete()
    note.identity = now


def reveal_visitor(*, note, actor, reason):
    """Open who a note's visitor is, for one who may, with a reason that the view log keeps; a list of one dict.

    Raises ReceptionError without the right, VaultError without a reason.
    """
    if not may_reveal_note(note, actor):
        raise ReceptionError(_("您无权查看这位来访人的身份。"))
    identities = Identity.objects.filter(note=note)
    number = _("接待记录 %(pk)d") % {"pk": note.pk}
    return vault.reveal(identities=identities, number=number, actor=actor, reason=reason)


def _encoded(photos):
    if len(photos) > MOST_PHOTOS:
        raise ReceptionError(_("一条记录最多%(most)d张照片。") % {"most": MOST_PHOTOS})
    return [encode_anew(file) for file in photos]


def _attach(note, pictures):
    if note.photos.count() + len(pictures) > MOST_PHOTOS:
        raise ReceptionError(_("一条记录最多%(most)d张照片。") % {"most": MOST_PHOTOS})
    keep_files(
        [
            (note.photos.model(note=note, width=width, height=height).file, "photo.jpg", encoded)
            for encoded, (width, height) in pictures
        ]
    )
