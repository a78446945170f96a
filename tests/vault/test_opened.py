"""What a browser has opened with a query code."""

import pytest
from django.contrib.sessions.backends.db import SessionStore

from vault import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    session = SessionStore()
    session.save()
    return session


def test_a_planted_session_key_opens_nothing(session):
    planted = session.session_key

    opened.remember(session, "appointments", number="YY-1", pk=7)

    assert session.session_key != planted
    assert opened.keys(session, "appointments") == {"YY-1": 7}
    assert opened.keys(session, "proposers") == {}


def test_the_last_ten_are_remembered(session):
    for number in range(12):
        opened.remember(session, "proposers", number=f"XD-{number}", pk=number)

    assert list(opened.keys(session, "proposers").values()) == list(range(2, 12))


def test_whoever_leaves_leaves_nothing_open(session):
    opened.remember(session, "proposers", number="XD-1", pk=1)
    session["receipts"] = {"XD-1": {}}

    opened.forget(session, "proposers", "receipts")

    assert opened.keys(session, "proposers") == {}
    assert "receipts" not in session
