"""Pictures: decoded, turned upright, shrunk and encoded anew; nothing of the sent file but its picture is kept."""

import io
import warnings

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import PictureError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_A_SIDE = 65_535  # what JPEG allows; a line of pixels costs memory of its own
LONGEST_SIDE = 2000


def encode_anew(file, *, longest=LONGEST_SIDE):
    """Return an uploaded picture as JPEG bytes without EXIF, at most ``longest`` pixels long, and its (width, height).

    Raises ``PictureError`` for a file that is too large (10 MB), no picture (JPEG, PNG, WebP), or has too many pixels
    (40 million, or 65,535 on one side).
    """
    if file.size > MOST_BYTES:
        raise PictureError(_("照片“%(name)s”超过10 MB，请换一张小一些的。") % {"name": file.name})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS or max(picture.size) > MOST_A_SIDE:
                raise PictureError(_("照片“%(name)s”尺寸过大，请换一张。") % {"name": file.name})
            # Lets the JPEG decoder skip what the smaller copy does not need.
            picture.draft("RGB", (longest, longest))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning):
        raise PictureError(
            _("“%(name)s”不是可以识别的照片，请上传JPG、PNG或WebP格式。") % {"name": file.name}
        ) from None
    upright.thumbnail((longest, longest))
    encoded = io.BytesIO()
    upright.save(encoded, "JPEG", quality=85, optimize=True)
    return encoded.getvalue(), upright.size
