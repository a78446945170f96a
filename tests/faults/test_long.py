"""The long trial's own checks: each names what is wrong, so that its silence means something."""

import dataclasses
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Role
from notices.models import Message
from notices.services import deliver
from petitions import services
from petitions.models import Petition, Photo, SearchEntry
from tests.factories import StationFactory, a_user, picture, upload
from tests.faults.long import checks
from tests.faults.long.traffic import OFFICERS, Accepted

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
ADDRESS = "resident1@example.invalid"


@pytest.fixture
def known(settings, tmp_path):
    """An office with one case that was accepted with a photo, and what its resident was told."""
    settings.MEDIA_ROOT, settings.EMAIL_FILE_PATH = tmp_path / "media", tmp_path / "mail"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    station, draft = StationFactory(), uuid4()
    for _ in range(OFFICERS):
        a_user(Role.OFFICER, station)
    services.keep_photo(file=upload(picture()), draft_key=draft)
    petition, code = services.submit(
        station=station,
        region=station.region,
        title="村口路灯不亮",
        body=f"村口三盏路灯坏了半个月，老人晚上不敢出门。{ADDRESS}",
        secrecy=Petition.Secrecy.STATION,
        identity={"name": "孟庆余", "phone": "13900000042", "address": "", "email": ADDRESS},
        submission_key=uuid4(),
        draft_key=draft,
    )
    deliver()
    return {ADDRESS: Accepted(petition.number, code, station.code, has_photo=True)}


def test_a_whole_office_gives_no_check_anything_to_say(known):
    assert checks.accepted(known) == []
    assert checks.half_cases() == []
    assert checks.photos(known) == []
    assert checks.chains() == []
    assert checks.seals() == []
    assert checks.letters() == []
    assert checks.another_sweep() == []


def test_a_lost_case_an_unknown_one_and_a_wrong_code_are_named(known):
    told = known[ADDRESS]

    assert checks.accepted(known | {"resident2@example.invalid": told}) == ["resident2@example.invalid has 0 cases"]
    assert checks.accepted({}) == [f"nobody was told that {told.number} arrived"]
    assert checks.accepted({ADDRESS: dataclasses.replace(told, code="00000-00000")}) == [
        f"{told.number} does not open with its code"
    ]


def test_half_of_a_case_is_named(known):
    SearchEntry.objects.all().delete()
    Message.objects.filter(dedupe_key__startswith="proposer:").delete()

    wrong = checks.half_cases()

    number = known[ADDRESS].number
    assert wrong == [f"{number} is half there", f"of {number} not everybody was told once"]


def test_a_case_that_stands_where_no_event_led_it_is_named(known):
    Petition.objects.update(status="accepted")

    assert len(checks.chains()) == 1


def test_a_photo_that_was_cut_off_lost_or_left_over_is_named(known):
    photo = Photo.objects.get()
    with open(photo.file.path, "r+b") as file:
        file.truncate(300)
    cut_off = checks.photos(known)
    Photo.objects.all().delete()
    left_over = checks.photos(known)

    assert len(cut_off) == 1
    assert left_over == [
        f"no photo knows {photo.file.name.removeprefix('photos/')}",
        f"{known[ADDRESS].number} lost its photo",
    ]


def test_a_letter_that_left_under_two_numbers_is_named(known):
    Message.objects.exclude(outside_key="").update(status="queued", batch="", next_try_at=timezone.now())
    deliver()

    assert len(checks.letters()) == 1
