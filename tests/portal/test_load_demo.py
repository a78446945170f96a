"""The demo is played through the real actions, once."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command

from papers.models import Paper
from petitions.models import Petition
from portal.demo.offices import read
from portal.demo.stories import submission_key

# The hardest moment to load: early on a day of National Day week.
NOW = datetime(2026, 10, 5, 7, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

pytestmark = pytest.mark.django_db


def test_every_case_stands_where_its_story_says_and_is_loaded_only_once(settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    rows = read("petitions")

    with time_machine.travel(NOW):
        call_command("load_demo")
        call_command("load_demo")

    stands = dict(Petition.objects.values_list("submission_key", "status"))
    told = {submission_key(row["key"]): row["final_status"] for row in rows}
    assert stands == told
    assert Paper.objects.exists()
    sign_ins = json.loads((tmp_path / "demo-users.json").read_text(encoding="utf-8"))
    assert len({sign_in["password"] for sign_in in sign_ins}) == len(sign_ins) == 10


def test_the_demo_is_not_loaded_where_real_cases_are_handled(settings):
    settings.DEMO, settings.DEBUG = False, False

    with pytest.raises(CommandError, match="不是演示环境"):
        call_command("load_demo")

    assert not Petition.objects.exists()
