"""Whoever watches the portal is told what stands still, in figures that name nobody."""

import datetime as dt
import json
import logging
import shutil
from collections import namedtuple

import pytest
import time_machine
from django.utils import timezone

from liaison import logs, ready
from liaison.logs import JsonLine
from notices.models import Message
from supervision.models import Heartbeat
from tests.factories import load_years

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(settings):
    """A portal whose sweep has just been."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with time_machine.travel("2026-10-08T10:00:00+08:00", tick=False):
        load_years()
        for name in ("supervision", "figures"):
            Heartbeat.objects.create(name=name, at=timezone.now(), took_ms=40, handled=3)
        yield


def asked(client):
    answer = client.get("/readyz")
    return answer.status_code, {name: check["state"] for name, check in answer.json().items()}


def wait(minutes):
    return Message.objects.create(
        outside_key="identity:1",
        title="受理",
        dedupe_key="x",
        next_try_at=timezone.now() - dt.timedelta(minutes=minutes),
    )


def test_a_portal_that_works_is_ready_in_few_queries(client, works, django_assert_num_queries):
    with django_assert_num_queries(5):
        status, states = asked(client)

    assert status == 200
    assert states == dict.fromkeys(["database", "broker", "sweep", "figures", "notices", "calendar", "disk"], "ok")


def test_a_sweep_that_stands_still_makes_the_portal_unready(client, works):
    Heartbeat.objects.update(at=timezone.now() - dt.timedelta(minutes=4))
    assert asked(client) == (503, asked(client)[1] | {"sweep": "failed"})

    Heartbeat.objects.all().delete()
    assert asked(client)[0] == 503


def test_figures_that_are_not_counted_any_more_are_a_warning(client, works):
    Heartbeat.objects.filter(name="figures").update(at=timezone.now() - dt.timedelta(minutes=16))

    assert asked(client) == (200, asked(client)[1] | {"figures": "warning"})


def test_a_notice_that_waits_too_long_makes_the_portal_unready(client, works):
    wait(minutes=5)
    assert asked(client)[0] == 200
    Message.objects.update(next_try_at=timezone.now() - dt.timedelta(minutes=16))

    assert client.get("/readyz").json()["notices"] == {"state": "failed", "value": 960}


def test_a_broker_that_does_not_answer_is_named_and_submissions_go_on(client, works, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert asked(client) == (503, asked(client)[1] | {"broker": "failed", "database": "ok"})
    assert client.get("/healthz").status_code == 200


def test_a_year_that_is_not_loaded_is_a_warning_sixty_days_before_it_begins(client, works):
    with time_machine.travel("2026-11-01T10:00:00+08:00", tick=False):
        assert client.get("/readyz").json()["calendar"] == {"state": "ok", "value": []}
    with time_machine.travel("2026-11-02T10:00:00+08:00", tick=False):
        assert client.get("/readyz").json()["calendar"] == {"state": "warning", "value": [2027]}


@pytest.mark.parametrize(("megabytes", "state"), [(5000, "ok"), (1500, "warning"), (100, "failed")])
def test_a_disk_that_fills_up_is_told_in_time(client, works, monkeypatch, megabytes, state):
    usage = namedtuple("usage", "free")(megabytes * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)

    assert client.get("/readyz").json()["disk"] == {"state": state, "value": megabytes}


def test_what_watches_the_portal_needs_neither_tls_nor_the_proxy(client, works, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/readyz").status_code == 200


def test_figures_are_for_those_who_know_the_token_only(client, works, settings):
    def status(token=None):
        return client.get(
            "/metrics", headers={"authorization": f"Bearer {token}"} if token is not None else {}
        ).status_code

    assert [status(), status(""), status("guessed")] == [404, 404, 404]
    settings.METRICS_TOKEN = "known"
    assert [status(), status(""), status("guessed"), status("known")] == [404, 404, 404, 200]


def test_figures_count_requests_by_route_and_hold_nothing_that_was_typed(client, works, settings):
    settings.METRICS_TOKEN = "known"
    wait(minutes=5)
    client.get("/petitions/track/?number=XD-20261124-00042")
    client.get("/no-such-page-of-孟庆余")
    client.generic("孟庆余", "/")

    said = client.get("/metrics", headers={"authorization": "Bearer known"}).content.decode()

    assert 'liaison_request_seconds_count{method="GET",route="petitions/track/",status="2xx"}' in said
    assert 'liaison_request_seconds_count{method="GET",route="none",status="4xx"}' in said
    assert "liaison_messages_due 1.0" in said
    assert 'liaison_sweep_age_seconds{sweep="supervision"} 0.0' in said
    assert 'liaison_ready{check="broker"} 1.0' in said
    assert "XD-2026" not in said
    assert "孟庆余" not in said


def test_a_request_has_one_id_in_its_answer_and_in_all_that_is_logged_of_it(client, settings):
    settings.BEHIND_PROXY = True
    answer = client.get("/no-such-page", headers={"x-request-id": "of-the-proxy-1"})
    record = logging.LogRecord("web", logging.WARNING, "", 0, "no such page: %s", ("/o/s3cret/\nforged",), None)
    line = JsonLine().format(record)

    assert answer.headers["X-Request-ID"] == "of-the-proxy-1"
    assert "\n" not in line
    said = json.loads(line)
    assert (said["request"], said["level"], said["message"]) == (
        "of-the-proxy-1",
        "WARNING",
        "no such page: /o/…/\nforged",
    )


@pytest.mark.parametrize("told", ["", "short", "x" * 65, 'forged", "level": "INFO'])
def test_an_id_that_is_none_is_replaced(told):
    assert logs.begin_request(told) != told
    assert logs.begin_request(told) != logs.begin_request(told)


def test_a_visitor_without_our_proxy_cannot_choose_an_id(client):
    answer = client.get("/no-such-page", headers={"x-request-id": "of-a-visitor-1"})

    assert answer.headers["X-Request-ID"] != "of-a-visitor-1"


def test_nobody_learns_the_words_of_an_error_from_the_outside(client, works, monkeypatch):
    def fails():
        raise OSError("/srv/secret/place")

    monkeypatch.setattr(ready, "_disk", fails)

    assert client.get("/readyz").json()["disk"] == {"state": "failed", "value": "OSError"}
