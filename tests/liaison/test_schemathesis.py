"""Every operation of the API, tried with what its description allows and what it does not: never a fault of the portal,
never an answer that the description does not know. In-process, with a fixed seed and few examples, for a minute at most."""

import datetime as dt

import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import booleans, sampled_from
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Scope
from accounts.tokens import make_token
from liaison.wsgi import application
from petitions.forms.desk import FORMS
from petitions.models import Petition, Status
from tests.factories import a_reception, load_years
from tests.petitions.story import Story, an_office

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 12


@pytest.fixture
def office(db, monkeypatch):
    monkeypatch.setattr("accounts.throttles.READS", 10**6)
    monkeypatch.setattr("accounts.throttles.WRITES", 10**6)
    monkeypatch.setattr("petitions.services.intake.SUBMISSIONS_AN_ADDRESS", (10**6, 3600))
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        load_years(2026)
        office = an_office()
        a_reception(office.station, deputies=[office.deputy_person])
        office.story = Story.brought_to(Status.TRACKING, office)
        Petition.objects.update(
            publication="published", public_title="路灯", summary="已修。", published_at=office.story.at
        )
        yield office


@pytest.fixture
def operations(office):
    """Every operation; between its requests the connection stays open, as the test's own transaction is on it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield list(schemathesis.openapi.from_wsgi("/api/schema/", at_a_desk).get_all_operations())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def at_a_desk(environ, start_response):
    """The portal as a server asks it, which knows where a request came from."""
    return application({"REMOTE_ADDR": "127.0.0.1"} | environ, start_response)


def try_out(operation, headers, petition):
    """Send a few of the requests that the description allows, half of them about a case that there is.

    Returns the statuses of the answers.
    """
    statuses = set()

    @given(case=operation.as_strategy(), real=booleans(), action=sampled_from(sorted(FORMS)))
    @seed(311)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def send(case, real, action):
        known = {"number": petition.number, "action": action} if real else {}
        case.path_parameters |= {name: value for name, value in known.items() if name in case.path_parameters}
        statuses.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    send()
    return statuses


def test_everybody_gets_answers_that_the_description_knows(office, operations):
    for operation in operations:
        try_out(operation.ok(), {"X-Query-Code": office.story.code}, office.story.petition)


def test_staff_with_a_token_get_answers_that_the_description_knows(office, operations):
    facts = {"name": "试", "scopes": list(Scope), "expires_on": dt.date(2027, 1, 1)}
    headers = {"Authorization": f"Bearer {make_token(user=office.head, **facts)[1]}"}
    desk = [operation.ok() for operation in operations if "/desk/" in operation.ok().path]

    answered = {operation.path: try_out(operation, headers, office.story.petition) for operation in desk}

    for path in ("/", "/{number}/"):
        assert 200 in answered[f"/api/v1/desk/petitions{path}"]
    assert answered["/api/v1/desk/petitions/{number}/actions/{action}/"] & {400, 409}
