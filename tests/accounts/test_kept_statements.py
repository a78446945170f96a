"""A page finds its session and whose it is by statements that are kept, and lets nobody in for whom they are over."""

import datetime as dt

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, authenticate
from django.contrib.sessions.backends.db import SessionStore as DjangosOwn
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from accounts.sessions import SessionStore
from tests.factories import PASSWORD, a_user

pytestmark = pytest.mark.django_db

PAGE = "/accounts/leave/"


@pytest.fixture
def officer(client):
    """An officer who has signed in and seen a page."""
    officer = a_user(Role.OFFICER)
    client.post("/accounts/login/", {"username": officer.username, "password": PASSWORD})
    client.get(PAGE)
    return officer


def is_in(client):
    return client.get(PAGE).status_code == 200


@pytest.mark.parametrize(("pooled", "way"), [(False, "EXECUTE"), (True, "SELECT")])
def test_each_page_asks_for_session_and_user_by_kept_statements(client, officer, settings, pooled, way):
    settings.POOLED = pooled
    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/login/")

    assert [query["sql"].split()[0] for query in queries] == [way, way]


def test_a_session_whose_time_is_over_is_not_opened(client, officer):
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))

    assert not is_in(client)


def test_a_session_that_was_ended_or_never_was_is_not_opened(client, officer, settings):
    assert is_in(client)
    Session.objects.all().delete()

    assert not is_in(client)
    for invented in ("x" * 32, "x" * 400, "'; --"):
        client.cookies[settings.SESSION_COOKIE_NAME] = invented
        assert not is_in(client)


def test_who_is_switched_off_is_out_with_the_next_page_and_so_are_those_with_another_password(client, officer):
    officer.is_active = False
    officer.save()
    assert not is_in(client)

    officer.is_active = True
    officer.save()
    assert is_in(client)

    officer.set_password("another password altogether")
    officer.save()
    assert not is_in(client)


def test_a_right_password_is_told_by_djangos_own_backend_and_the_session_kept_by_ours(client, officer):
    assert authenticate(username=officer.username, password="wrong") is None
    assert authenticate(username=officer.username, password=PASSWORD) == officer
    assert client.session[BACKEND_SESSION_KEY] == "accounts.backends.SignedIn"


def test_sessions_from_before_stay_open(client, officer, settings):
    """Of Django's own class and backend, as those that were opened before an update."""
    old = DjangosOwn()
    old.update(client.session.items())
    old[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    old.create()
    client.cookies[settings.SESSION_COOKIE_NAME] = old.session_key

    assert is_in(client)
    assert SessionStore(old.session_key)[BACKEND_SESSION_KEY] == old[BACKEND_SESSION_KEY]
