"""Files are kept with their rows: both, or neither."""

from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError

from petitions.models import Photo
from vault.files import keep_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def photos(tmp_path, settings):
    """Two photos of a draft that are not stored yet, in a place of their own."""
    settings.MEDIA_ROOT = tmp_path
    return [Photo(draft_key=uuid4(), width=1, height=1) for _n in range(2)]


def keep(photos):
    keep_files([(photo.file, "photo.jpg", b"picture") for photo in photos])


def test_a_file_is_kept_with_its_row(photos):
    keep(photos)

    assert [photo.file.read() for photo in Photo.objects.all()] == [b"picture", b"picture"]


def test_of_files_one_of_which_the_database_refused_none_stays(photos, tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(photos[1], "save", refuse)

    with pytest.raises(DatabaseError):
        keep(photos)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_failure_that_is_no_full_disk_is_not_called_one(photos, monkeypatch):
    def fail(self, *args):
        raise PermissionError

    monkeypatch.setattr(ContentFile, "chunks", fail)

    with pytest.raises(PermissionError):
        keep(photos)
