"""Photos: kept at once and anew, shown to few, and what is no picture is refused in words."""

import io
from uuid import uuid4

import pytest
from django.urls import reverse
from PIL import Image

from petitions import services
from petitions.models import Petition, Photo, Status
from tests.factories import picture, upload
from tests.petitions.story import Story
from tests.petitions.test_public_submitting import address_of, filled, said
from tests.petitions.test_tracking import open_case

pytestmark = pytest.mark.django_db


def where_it_was_taken():
    exif = Image.Exif()
    exif[0x010F] = "某牌手机"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 4.0, 12.0), 3: "E", 4: (114.0, 30.0, 5.0)})
    return exif


def test_nothing_but_the_picture_is_kept():
    file = upload(picture(exif=where_it_was_taken()))

    photo = services.keep_photo(file=file, draft_key=uuid4())

    kept = photo.file.read()
    assert b"Exif" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert dict(image.getexif()) == {}
        assert (image.format, image.size) == ("JPEG", (640, 480))
    assert "路灯" not in photo.file.name


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
    client.force_login(office.officer)
    assert "no-store" in client.get(url).headers["Cache-Control"]


def test_photos_come_with_a_supplement_too(client, office):
    story = Story.brought_to(Status.NEEDS_INFO, office)
    open_case(client, story)

    facts = {"text": "照片如下。", "draft_key": str(uuid4()), "photos": [upload(picture())]}
    client.post(reverse("petitions:tracked_action", args=[story.petition.number, "supplement"]), facts)

    assert story.petition.photos.count() == 1
