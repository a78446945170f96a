"""What of a case or a note is personal and for how long: the identities of those who brought it, and their photos."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from deputies.models import NotePhoto
from petitions.models import OVER, Photo, Proposer, Round
from vault.models import Identity
from vault.retention import Kind
from workdays.calendar import BEIJING


def over_before(before: dt.date, petition: str = "petition") -> Q:
    """The condition of rows whose case is over, and whose case's last round ended before a day (Beijing date).

    ``petition`` is the way from the row to its case.
    """
    midnight = dt.datetime.combine(before, dt.time(), BEIJING)
    later = Round.objects.filter(petition=OuterRef(petition)).filter(Q(closed_at=None) | Q(closed_at__gte=midnight))
    return Q(**{f"{petition}__status__in": OVER}) & ~Exists(later)


def _identities(before):
    return Identity.objects.filter(Exists(Proposer.objects.filter(over_before(before), identity=OuterRef("pk"))))


def erase(identities):
    """Remove identities of proposers (list of ``Identity``): note, case and booking lose them alike, no mail goes out."""
    Proposer.objects.filter(identity__in=identities).update(wants_mail=False)
    Identity.objects.filter(pk__in=[row.pk for row in identities]).delete()


def _photos(before):
    # An organ's photos show what it did, and stay with its reply.
    return Photo.objects.filter(over_before(before), added_by_label="")


def remove_files(rows):
    """Remove rows with their files; the file goes first, so that a run that was cut short finds the row again."""
    for row in rows:
        row.file.delete(save=False)
        row.delete()


def _visitors(before):
    # A visitor whose note became a case is kept and removed with the case.
    return Identity.objects.filter(note__reception__date__lt=before, note__petition=None)


def _note_photos(before):
    told = Q(note__petition=None, note__reception__date__lt=before)
    return NotePhoto.objects.filter(told | over_before(before, "note__petition"))


KINDS = [
    Kind("case_identity", _("意见反映人身份"), _("自意见办结（或不予受理、引导、并案、撤回）起"), _identities, erase),
    Kind("case_photos", _("群众上传的照片"), _("自意见办结（或不予受理、引导、并案、撤回）起"), _photos, remove_files),
    Kind("note_identity", _("来访人身份"), _("自接待日起；转为意见的，随意见"), _visitors, erase),
    Kind("note_photos", _("接待记录的照片"), _("自接待日起；转为意见的，随意见"), _note_photos, remove_files),
]
