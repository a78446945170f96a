"""Bring database and static files up to date: what has to be done before the portal's processes start."""

import hashlib
import os
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    os.environ["DATABASE_TIMEOUTS"] = "0"
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    print("database up to date", flush=True)
    collect_static()
    print("static files up to date", flush=True)
    if not apps.get_model("stations", "Region").objects.exists():
        call_command("load_regions", settings.BASE_DIR / "stations" / "data" / "regions.csv")
    call_command("load_workdays")
    if settings.DEMO:
        call_command("load_demo", verbosity=0)  # the parent shows the sign-ins, framed


def collect_static() -> None:
    """Collect, hash and compress the static files where one of them has changed; that takes five seconds otherwise."""
    stamp, wanted = Path(settings.STATIC_ROOT) / "collected", _static_files()
    if not stamp.exists() or stamp.read_text() != wanted:
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)


def _static_files():
    """A digest of all static files by name, size and time of change, and of how they are stored."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = Path(storage.path(path)).stat()
            digest.update(f"{path} {file.st_size} {file.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
