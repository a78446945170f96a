"""Photos of a case, and of the draft of one; the vault's pictures encode them anew."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.models import Photo
from vault.errors import PictureError
from vault.pictures import encode_anew

PHOTOS_A_DRAFT = 6
DRAFTS_LIVE = timedelta(hours=24)


def keep_photo(*, file, draft_key):
    """Store one uploaded picture for a draft (UUID of the form); returns the ``Photo``.

    Raises ``ActionError`` with a plain sentence for a file that is too large (10 MB), no picture (JPEG, PNG, WebP), too
    many pixels (40 million), or one too many (six).
    """
    if Photo.objects.filter(draft_key=draft_key).count() >= PHOTOS_A_DRAFT:
        raise _too_many()
    return _stored(_encoded(file), draft_key=draft_key)


def add_photos(case, files):
    """Keep pictures that an organ sends along with an action under way (``case``, a ``Step``), under its name.

    Raises ``ActionError`` as ``keep_photo`` does, before anything is stored.
    """
    if len(files) > PHOTOS_A_DRAFT:
        raise _too_many()
    for encoded in [_encoded(file) for file in files]:
        _stored(encoded, petition=case.petition, added_by_label=case.label)


def _too_many():
    return ActionError(_("最多上传%(most)d张照片。") % {"most": PHOTOS_A_DRAFT})


def _encoded(file):
    try:
        return encode_anew(file)
    except PictureError as refusal:
        raise ActionError(str(refusal)) from refusal


def _stored(encoded, **facts):
    data, (width, height) = encoded
    photo = Photo(width=width, height=height, **facts)
    photo.file.save("photo.jpg", ContentFile(data), save=True)
    return photo


def drop_photo(*, draft_key, pk):
    """Remove a picture from a draft (UUID of the form); one that belongs to another draft or a case stays."""
    for photo in Photo.objects.filter(draft_key=draft_key, pk=pk):
        photo.file.delete(save=False)
        photo.delete()


def discard_drafts(*, at):
    """Remove photos whose form was not sent within 24 hours; returns how many."""
    left = Photo.objects.filter(draft_key__isnull=False, added_at__lt=at - DRAFTS_LIVE)[:200]
    for photo in left:
        photo.file.delete(save=False)
        photo.delete()
    return len(left)
