"""What is done before the portal's processes start."""

import os
import time

import pytest
from django.core.management import call_command

from liaison import prepare


@pytest.fixture
def collected(settings, tmp_path, monkeypatch):
    """A place for static files with one source of them, and each time that they were collected."""
    settings.STATIC_ROOT, times = tmp_path / "static", []
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "own.css").write_text("p {}")
    settings.STATICFILES_DIRS = [tmp_path / "sources"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]

    def collect(*arguments, **options):
        times.append(arguments)
        return call_command(*arguments, **options)

    monkeypatch.setattr(prepare, "call_command", collect)
    return times


def test_static_files_are_collected_once_and_again_when_one_has_changed(settings, tmp_path, collected):
    prepare.collect_static()
    prepare.collect_static()
    assert len(collected) == 1

    source = tmp_path / "sources" / "own.css"
    source.write_text("p { margin: 0 }")
    # Django compares whole seconds.
    os.utime(source, (time.time() + 2, time.time() + 2))
    prepare.collect_static()

    assert len(collected) == 2
    assert (settings.STATIC_ROOT / "own.css").read_text() == "p { margin: 0 }"


def test_a_collection_that_was_cut_off_is_made_up_for(settings, collected, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(prepare, "call_command", lambda *arguments, **options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            prepare.collect_static()

    prepare.collect_static()

    assert (settings.STATIC_ROOT / "own.css").exists()
