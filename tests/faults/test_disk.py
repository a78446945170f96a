"""A full disk: a photo is kept whole or not at all, and whoever sent it is told so and loses nothing else."""

import subprocess

import pytest
from django.urls import reverse

from petitions.models import Petition, Photo
from tests.factories import StationFactory, picture, upload
from tests.petitions.test_public_submitting import address_of, filled, said

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


@pytest.fixture
def small_disk(tmp_path, settings):
    """Photos lie on a disk of their own with 8 KiB; skipped where mounting is refused."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", tmp_path]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    settings.MEDIA_ROOT = tmp_path
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def test_a_photo_that_finds_no_room_is_refused_in_a_sentence_and_the_matter_arrives_without_it(client, small_disk):
    station, form = StationFactory(), filled() | {"confirmed": "1"}

    refused = client.post(address_of(station), form | {"photos": [upload(picture(size=(1600, 1200)))]})
    sent = client.post(address_of(station), form)

    assert refused.status_code == 422
    assert "存放照片和文件的磁盘满了" in said(refused)
    assert form["body"] in said(refused)
    assert [path for path in small_disk.rglob("*") if path.is_file()] == []
    assert Photo.objects.count() == 0
    assert sent.url == reverse("petitions:receipt", args=[Petition.objects.get().number])
