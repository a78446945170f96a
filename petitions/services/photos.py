"""Photos: decoded, turned upright, shrunk and encoded anew; nothing of the sent file but its picture is kept."""

import io
import warnings
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from petitions.errors import ActionError
from petitions.models import Photo

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2000
PHOTOS_A_DRAFT = 6
DRAFTS_LIVE = timedelta(hours=24)


def keep_photo(*, file, draft_key):
    """Store one uploaded picture for a draft (UUID of the form); returns the ``Photo``.

    Raises ``ActionError`` with a plain sentence for a file that is too large (10 MB), no picture (JPEG, PNG, WebP), too
    many pixels (40 million), or one too many (six).
    """
    if Photo.objects.filter(draft_key=draft_key).count() >= PHOTOS_A_DRAFT:
        raise ActionError(_("最多上传%(most)d张照片。") % {"most": PHOTOS_A_DRAFT})
    if file.size > MOST_BYTES:
        raise ActionError(_("照片“%(name)s”超过10 MB，请换一张小一些的。") % {"name": file.name})
    encoded, (width, height) = _encoded_anew(file)
    photo = Photo(draft_key=draft_key, width=width, height=height)
    photo.file.save("photo.jpg", ContentFile(encoded), save=True)
    return photo


def drop_photo(*, draft_key, pk):
    """Remove a picture from a draft (UUID of the form); one that belongs to another draft or a case stays."""
    for photo in Photo.objects.filter(draft_key=draft_key, pk=pk):
        photo.file.delete(save=False)
        photo.delete()


def _encoded_anew(file):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise ActionError(_("照片“%(name)s”尺寸过大，请换一张。") % {"name": file.name})
            # Lets the JPEG decoder skip what the smaller copy does not need.
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning):
        raise ActionError(_("“%(name)s”不是可以识别的照片，请上传JPG、PNG或WebP格式。") % {"name": file.name}) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    encoded = io.BytesIO()
    upright.save(encoded, "JPEG", quality=85, optimize=True)
    return encoded.getvalue(), upright.size


def discard_drafts(*, at):
    """Remove photos whose form was not sent within 24 hours; returns how many."""
    left = Photo.objects.filter(draft_key__isnull=False, added_at__lt=at - DRAFTS_LIVE)[:200]
    for photo in left:
        photo.file.delete(save=False)
        photo.delete()
    return len(left)
