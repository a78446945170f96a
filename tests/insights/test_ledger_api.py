"""Ledgers by the API: ordered, made by a worker, fetched, and on record like those of the page."""

import datetime as dt
import json

import pytest
import time_machine
from django.test import Client

from accounts.models import Grant, Scope
from accounts.tokens import make_token
from insights.models import LedgerJob, LedgerTaking
from insights.services import jobs
from tests.factories import load_years
from tests.petitions.story import Story, an_office

LEDGERS = "/api/v1/desk/ledgers/"


@pytest.fixture
def office(db):
    load_years(2026)
    with time_machine.travel("2026-11-24T10:00:00+08:00", tick=False):
        yield an_office()


def program_of(user):
    facts = {"name": "平台", "scopes": [Scope.LEDGERS], "expires_on": dt.date(2027, 1, 1)}
    return Client(headers={"Authorization": f"Bearer {make_token(user=user, **facts)[1]}"})


def order(program, key="petitions", **facts):
    return program.post(f"{LEDGERS}{key}/", json.dumps(facts), content_type="application/json")


def test_a_ledger_is_ordered_made_and_fetched(office):
    story, program = Story.begin(office), program_of(office.head)
    job = order(program, kind="csv", filters={"status": "submitted"})
    assert (job.status_code, job.json()["state"]) == (202, "waiting")
    assert order(program, kind="csv", filters={"status": "submitted"}).json()["id"] == job.json()["id"]

    jobs.work_off()

    made = program.get(f"{LEDGERS}jobs/{job.json()['id']}/").json()
    assert (made["state"], made["total"]) == ("finished", 1)
    file = program.get(made["file"])
    assert story.petition.number in b"".join(file.streaming_content).decode("utf-8-sig")
    assert LedgerTaking.objects.get().user == office.head


def test_a_filter_that_there_is_not_orders_nothing(office):
    refused = order(program_of(office.head), kind="csv", filters={"status": "nope"})

    assert refused.status_code == 400
    assert refused.json()["errors"]["filters"] == ["状态：没有这一项，请重新选择。"]
    assert not LedgerJob.objects.exists()


def test_ledgers_are_for_who_may_take_them_and_jobs_for_who_ordered_them(office):
    program = program_of(office.head)
    assert "petitions" in [row["key"] for row in program.get(LEDGERS).json()]
    job = order(program, kind="xlsx").json()

    assert program_of(office.committee).get(f"{LEDGERS}jobs/{job['id']}/").status_code == 404
    assert order(program, kind="pdf").status_code == 400
    assert order(program, key="nothing", kind="csv").status_code == 404
    jobs.work_off()
    Grant.objects.filter(user=office.head).update(role="viewer")
    assert program.get(f"{LEDGERS}jobs/{job['id']}/file/").status_code == 403
    assert LedgerJob.objects.count() == 1
