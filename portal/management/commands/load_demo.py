"""Load the demo area, once, and give its people passwords of this installation."""

import json
import os

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from deputies.models import Reception
from insights import counting
from petitions.models import Petition
from portal.demo import offices
from portal.demo.matters import matters, own_ladder
from portal.demo.programmes import follow_ups
from portal.demo.receptions import desks
from portal.demo.stories import Stage, submission_key
from stations.models import Region
from workdays.services import load_calendar


class Command(BaseCommand):
    help = "载入演示区域：联络站、承办单位、代表、各角色用户和群众意见；可重复运行，不会重复载入。"

    def add_arguments(self, parser):
        parser.add_argument("--force", action="store_true", help="即使不是演示环境（DEMO=0、DEBUG=0）也载入")

    def handle(self, *args, force, verbosity, **options):
        if not (settings.DEBUG or settings.DEMO or force):
            raise CommandError("这不是演示环境。确实需要演示数据时，请设 DEMO=1，或加 --force。")
        first = offices.read("petitions")[0]["key"]
        if Petition.objects.filter(submission_key=submission_key(first)).exists():
            self.stdout.write("演示数据已经在了，没有重复载入。")
        else:
            self._load()
        self._sign_ins(shown=verbosity > 0)

    @transaction.atomic
    def _load(self):
        now = timezone.now()
        if not Region.objects.exists():
            call_command("load_regions", settings.BASE_DIR / "stations" / "data" / "regions.csv")
        call_command("load_categories")
        call_command("load_workdays")
        calendar = load_calendar()
        offices.load_places()
        offices.load_people()
        offices.load_deputies(calendar, timezone.localdate(now))
        offices.load_inspections(calendar, timezone.localdate(now))
        # PostgreSQL may count the tables at any time, and sees nothing of this transaction: it would then read through
        # all regions for every case. Counted here, they stay so until the end.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        stage = Stage(calendar, now)
        own_ladder(stage)
        receptions = [moment for desk in desks(stage) for moment in desk.moments()]
        stage.play([*receptions, *follow_ups(stage), *matters(stage)])
        _write_private("demo-codes.json", [{"number": number, "code": code} for number, code in stage.codes.items()])
        # The first page somebody opens shows figures already.
        counting.sweep()
        days = Reception.objects.count()
        self.stdout.write(f"演示数据已载入：群众意见 {len(stage.cases)} 件，接待日 {days} 天。")

    def _sign_ins(self, *, shown):
        path = settings.VAR_DIR / "demo-users.json"
        if not path.exists():
            _write_private(path.name, offices.issue_passwords())
        if not shown:
            return
        for user in json.loads(path.read_text(encoding="utf-8")):
            self.stdout.write(f"  {user['role']:<10} {user['name']:<12} {user['password']}")


def _write_private(name, rows):
    """Write rows where only the owner of the installation can read them."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    path = settings.VAR_DIR / name
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(rows, file, ensure_ascii=False, indent=2)
