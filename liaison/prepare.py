"""Bring database and static files up to date: what has to be done before the portal's processes start."""

import os

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    os.environ["DATABASE_TIMEOUTS"] = "0"
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    print("database up to date", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    print("static files up to date", flush=True)
    if not apps.get_model("stations", "Region").objects.exists():
        call_command("load_regions", settings.BASE_DIR / "stations" / "data" / "regions.csv")
    call_command("load_workdays")
    if settings.DEMO:
        call_command("load_demo", verbosity=0)  # the parent shows the sign-ins, framed


if __name__ == "__main__":
    main()
