"""Pictures: encoded anew, and what is no picture is refused in words."""

import struct
import zlib

import pytest
from PIL import Image

from tests.factories import picture, upload
from vault.errors import PictureError
from vault.pictures import encode_anew


def a_png_of(width, height):
    """A PNG that says it has so many pixels and has none of them."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_photo_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    _encoded, size = encode_anew(upload(picture(exif=exif)))

    assert size == (480, 640)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_common_formats_become_jpeg(kind):
    encoded, _size = encode_anew(upload(picture(kind)))

    assert encoded[:3] == b"\xff\xd8\xff"


def test_what_hides_behind_a_picture_is_gone():
    file = upload(picture() + b"<script>alert(1)</script>PK\x03\x04")

    kept, _size = encode_anew(file)

    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept


@pytest.mark.parametrize(
    "data",
    [
        b"not a picture",
        b"",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a" + b"\x00" * 40,
        picture()[:300],
        b"%PDF-1.7 " + picture(),
    ],
    ids=["text", "empty", "svg", "gif", "truncated", "pdf"],
)
def test_what_is_no_picture_is_refused_in_words(data):
    with pytest.raises(PictureError, match="不是可以识别的照片"):
        encode_anew(upload(data))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked():
    with pytest.raises(PictureError, match="照片"):
        encode_anew(upload(a_png_of(30_000, 30_000)))


def test_a_picture_one_pixel_wide_and_millions_long_is_refused_before_it_is_unpacked():
    with pytest.raises(PictureError, match="尺寸过大"):
        encode_anew(upload(a_png_of(1, 39_000_000)))
