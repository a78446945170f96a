"""Photos: kept at once and anew, shown to few, and what is no picture is refused in words."""

import io
import struct
import zlib
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from petitions import services
from petitions.errors import ActionError
from petitions.models import Petition, Photo, Status
from tests.petitions.story import Story
from tests.petitions.test_public_submitting import address_of, filled, said
from tests.petitions.test_tracking import open_case

pytestmark = pytest.mark.django_db


def picture(kind="JPEG", size=(640, 480), **options):
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, kind, **options)
    return data.getvalue()


def upload(data, name="路灯.jpg"):
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def where_it_was_taken():
    exif = Image.Exif()
    exif[0x010F] = "某牌手机"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 4.0, 12.0), 3: "E", 4: (114.0, 30.0, 5.0)})
    return exif


def a_png_of(width, height):
    """A PNG that says it has so many pixels and has none of them."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_nothing_but_the_picture_is_kept():
    file = upload(picture(exif=where_it_was_taken()))

    photo = services.keep_photo(file=file, draft_key=uuid4())

    kept = photo.file.read()
    assert b"Exif" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert dict(image.getexif()) == {}
        assert (image.format, image.size) == ("JPEG", (640, 480))
    assert "路灯" not in photo.file.name


def test_a_photo_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    photo = services.keep_photo(file=upload(picture(exif=exif)), draft_key=uuid4())

    assert (photo.width, photo.height) == (480, 640)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_common_formats_become_jpeg(kind):
    photo = services.keep_photo(file=upload(picture(kind)), draft_key=uuid4())

    assert photo.file.read(3) == b"\xff\xd8\xff"


def test_what_hides_behind_a_picture_is_gone():
    file = upload(picture() + b"<script>alert(1)</script>PK\x03\x04")

    photo = services.keep_photo(file=file, draft_key=uuid4())

    kept = photo.file.read()
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
    with pytest.raises(ActionError, match="不是可以识别的照片"):
        services.keep_photo(file=upload(data), draft_key=uuid4())


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked():
    with pytest.raises(ActionError, match="照片"):
        services.keep_photo(file=upload(a_png_of(30_000, 30_000)), draft_key=uuid4())


def test_a_file_of_50_mb_is_refused_beside_the_field_and_the_rest_stays(client, office):
    form = filled()
    big = upload(picture() + b"\x00" * (50 * 1024 * 1024), "大图.jpg")

    response = client.post(address_of(office.station), form | {"photos": [upload(picture()), big]})

    page = said(response)
    assert response.status_code == 422
    assert "照片“大图.jpg”超过10 MB，请换一张小一些的。" in page
    assert form["body"] in page
    assert "已经收到 1 张照片" in page


def test_a_seventh_photo_is_too_many(client, office):
    form = filled()

    response = client.post(address_of(office.station), form | {"photos": [upload(picture()) for _n in range(7)]})

    assert "最多上传6张照片。" in said(response)
    assert Photo.objects.filter(draft_key=form["draft_key"]).count() == 6


def test_photos_already_sent_stay_while_the_form_is_put_right_and_go_with_it(client, office):
    form = filled(title="")
    client.post(address_of(office.station), form | {"photos": [upload(picture())]})

    client.post(address_of(office.station), form | {"title": "村口路灯不亮"})

    assert Petition.objects.get().photos.count() == 1


def test_photos_can_be_added_and_taken_out_before_anything_else_is_filled_in(client, office):
    form = filled(title="", body="")
    added = client.post(address_of(office.station), form | {"photos": [upload(picture())], "add_photos": "1"})
    photo = Photo.objects.get()

    removed = client.post(address_of(office.station), form | {"remove_photo": photo.pk})

    assert added.status_code == removed.status_code == 200
    assert reverse("petitions:photo", args=[photo.pk]) in said(added)
    assert "还有地方需要修改" not in said(added)
    assert Photo.objects.count() == 0


def test_nobody_takes_a_photo_out_of_somebody_elses_form(client, office):
    photo = services.keep_photo(file=upload(picture()), draft_key=uuid4())

    for key in (photo.pk, "²", "9" * 40):
        assert client.post(address_of(office.station), filled(remove_photo=key)).status_code < 500

    assert Photo.objects.filter(pk=photo.pk).exists()


def test_a_draft_is_seen_by_the_browser_that_sent_it_and_by_no_other(client, client_of_another, office):
    client.post(address_of(office.station), filled(title="") | {"photos": [upload(picture())]})
    url = reverse("petitions:photo", args=[Photo.objects.get().pk])

    shown = client.get(url)

    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in shown.headers["Cache-Control"]
    assert client_of_another.get(url).status_code == 404


def test_a_cases_photo_is_for_its_first_proposer_and_the_staff_who_may_see_the_case(client, client_of_another, office):
    draft_key = uuid4()
    photo = services.keep_photo(file=upload(picture()), draft_key=draft_key)
    story = Story.begin(office, draft_key=draft_key)
    _proposer, code = services.join(petition=story.petition, note="", identity=None, submission_key=uuid4())
    url = photo.get_absolute_url()

    open_case(client, story)
    open_case(client_of_another, story, code)
    seen = {"own": client.get(url).status_code, "joined": client_of_another.get(url).status_code}
    for name in ("officer", "head", "clerk", "stranger", "admin"):
        client.force_login(getattr(office, name))
        seen[name] = client.get(url).status_code

    assert seen == {"own": 200, "joined": 404, "officer": 200, "head": 200, "clerk": 404, "stranger": 404, "admin": 404}


def test_photos_come_with_a_supplement_too(client, office):
    story = Story.brought_to(Status.NEEDS_INFO, office)
    open_case(client, story)

    facts = {"text": "照片如下。", "draft_key": str(uuid4()), "photos": [upload(picture())]}
    client.post(reverse("petitions:tracked_action", args=[story.petition.number, "supplement"]), facts)

    assert story.petition.photos.count() == 1
