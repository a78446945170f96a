"""Photos of a case, and of the draft of one; the vault's pictures encode them anew."""

from datetime import timedelta

from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.models import Photo
from vault.errors import PictureError
from vault.files import keep_files
from vault.pictures import encode_anew

PHOTOS_A_DRAFT = 6
DRAFTS_LIVE = timedelta(hours=24)


def keep_photo(*, file, draft_key):
    """Store one uploaded picture for a draft (UUID of the form); returns the ``Photo``.

    Raises ``ActionError`` with a plain sentence for a file that is too large (10 MB), no picture (JPEG, PNG, WebP), too
    many pixels (40 million), or one too many (six), and where the disk is full.
    """
    if Photo.objects.filter(draft_key=draft_key).count() >= PHOTOS_A_DRAFT:
        raise _too_many()
    return store([_encoded(file)], draft_key=draft_key)[0]


def add_photos(case, files):
    """Keep pictures that an organ sends along with an action under way (``case``, a ``Step``), under its name.

    Raises ``ActionError`` as ``keep_photo`` does; then none of them is stored.
    """
    if len(files) > PHOTOS_A_DRAFT:
        raise _too_many()
    store([_encoded(file) for file in files], petition=case.petition, added_by_label=case.label)


def _too_many():
    return ActionError(_("最多上传%(most)d张照片。") % {"most": PHOTOS_A_DRAFT})


def _encoded(file):
    try:
        return encode_anew(file)
    except PictureError as refusal:
        raise ActionError(str(refusal)) from refusal


def store(pictures, **facts):
    """Store encoded pictures, each with its (width, height), as photos with these facts: all of them or none.

    Raises ``ActionError`` where the disk is full.
    """
    photos = [Photo(width=width, height=height, **facts) for _data, (width, height) in pictures]
    try:
        keep_files([(photo.file, "photo.jpg", data) for photo, (data, _size) in zip(photos, pictures, strict=True)])
    except PictureError as refusal:
        raise ActionError(str(refusal)) from refusal
    return photos


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
