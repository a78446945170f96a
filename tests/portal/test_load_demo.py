"""The demo is played through the real actions, once."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command

from deputies import services
from deputies.models import Reception, Turn
from papers.models import Paper
from petitions.models import Cluster, Petition, Suggestion, ToCount
from portal.demo.offices import read
from portal.demo.stories import submission_key
from programmes.models import Meeting
from stations.models import Finding, Organ
from supervision.models import Ladder
from tests.portal.test_who_sees import assert_the_page_is_the_rule

# The hardest moment to load: early on a day of National Day week.
NOW = datetime(2026, 10, 5, 7, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

pytestmark = pytest.mark.django_db


def test_every_case_stands_where_its_story_says_and_is_loaded_only_once(settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    rows = read("petitions")

    with time_machine.travel(NOW):
        call_command("load_demo")
        call_command("load_demo")

    stands = dict(Petition.objects.filter(note=None).values_list("submission_key", "status"))
    told = {submission_key(row["key"]): row["final_status"] for row in rows}
    assert stands == told
    assert_reception_days_are_as_told()
    assert_what_goes_beyond_one_case_is_there()
    assert_the_page_is_the_rule()
    assert Paper.objects.exists()
    assert not ToCount.objects.exists(), "the first dashboard that is opened shows no figures"
    sign_ins = json.loads((tmp_path / "demo-users.json").read_text(encoding="utf-8"))
    assert len({sign_in["password"] for sign_in in sign_ins}) == len(sign_ins) == 11


def assert_reception_days_are_as_told():
    today = NOW.date()
    notes = [note for plan in read("receptions") for day in plan.get("sessions", []) for note in day["notes"]]
    cases = {note["topic"]: note["case"]["final_status"] for note in notes if "case" in note}
    mine = Turn.objects.filter(deputy__user__username="deputy", reception__date__gte=today).order_by("reception__date")
    next_day = mine[0].reception
    coming = Reception.objects.standing().filter(date__gte=today)
    warnings = services.conflicts(coming)

    assert dict(Petition.objects.exclude(note=None).values_list("title", "status")) == cases
    # The holidays are over on the 8th; whoever signs in as the deputy finds that day's desk.
    assert next_day.date == date(2026, 10, 8)
    assert next_day.state == Reception.State.PUBLISHED
    assert any(services.free_slots(day, at=NOW) for day in coming.published() if day.appointments.count() == 2)
    assert coming.filter(published_at=None, publish_clock__due_on__gte=today).exists()
    assert coming.filter(published_at=None, publish_clock__due_on__lt=today).exists()
    assert any("请假" in sentence for sentences in warnings.values() for sentence in sentences)
    assert Reception.objects.filter(
        closed_at=None, summary_clock__stopped_at=None, summary_clock__isnull=False
    ).exists()
    assert Reception.objects.exclude(cancelled_at=None).exists()
    assert {finding.fixed_on is None for finding in Finding.objects.filter(met=False)} == {True, False}


def assert_what_goes_beyond_one_case_is_there():
    meetings = set(Meeting.objects.values_list("status", flat=True))
    letters = [letter for letter in mail.outbox if letter.to == [Organ.objects.get(code="XD-YL").email]]

    assert meetings == {Meeting.Status.ASKED, Meeting.Status.RECORDED}
    assert Cluster.objects.get().petitions.count() == 3
    assert Suggestion.objects.filter(petitions=None, status=Suggestion.Status.HANDLING).count() == 1
    assert [letter.body.count("/o/") for letter in letters] == [1]
    assert Ladder.objects.filter(category="环境保护", active=True).count() == 1


def test_the_demo_is_not_loaded_where_real_cases_are_handled(settings):
    settings.DEMO, settings.DEBUG = False, False

    with pytest.raises(CommandError, match="不是演示环境"):
        call_command("load_demo")

    assert not Petition.objects.exists()
