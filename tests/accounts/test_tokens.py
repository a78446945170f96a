"""Tokens by which programs act for a person: made and revoked on the page, never worth more than their owner."""

import datetime as dt
import html

import pyotp
import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts import second_factor
from accounts.models import ApiToken, Grant, Role, Scope
from accounts.services import AccountError
from accounts.tokens import make_token, revoke_tokens, token_of
from tests.factories import a_user

pytestmark = pytest.mark.django_db

PAGE = "/accounts/tokens/"
CASES = "/api/v1/desk/petitions/"
LAST_DAY = dt.date(2027, 11, 24)


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel("2026-11-24 10:00 +0800", tick=False) as moved:
        yield moved


@pytest.fixture
def officer():
    return a_user(Role.OFFICER)


def a_token(user, *scopes, expires_on=LAST_DAY):
    return make_token(user=user, name="综治平台", scopes=list(scopes or [Scope.READ]), expires_on=expires_on)[1]


def ask(client, token, path=CASES, **options):
    return client.get(path, headers={"Authorization": f"Bearer {token}"}, **options)


def test_a_token_is_shown_once_and_kept_as_a_hash(client, officer):
    client.force_login(officer)

    page = client.post(PAGE, {"name": "综治平台", "scopes": ["read"], "expires_on": "2026-12-31"})

    row = ApiToken.objects.get()
    token = html.unescape(page.content.decode()).partition('id="token" class="link-text">')[2].partition("<")[0]
    assert token_of(token) == row
    assert token not in str(ApiToken.objects.values().get())
    assert "no-store" in page.headers["Cache-Control"]
    assert token not in client.get(PAGE).content.decode()
    assert row.prefix in client.get(PAGE).content.decode()


def test_a_token_for_more_than_a_year_is_refused_and_nothing_typed_is_lost(client, officer):
    client.force_login(officer)

    page = client.post(PAGE, {"name": "综治平台", "scopes": ["read"], "expires_on": "2027-11-25"})

    assert page.status_code == 422
    assert "最长一年" in page.content.decode()
    assert 'value="综治平台"' in page.content.decode()
    with pytest.raises(AccountError):
        a_token(officer, expires_on=dt.date(2026, 11, 23))


def test_a_program_with_a_token_reads_what_its_owner_sees_and_has_no_session(client, officer):
    answer = ask(client, a_token(officer))

    assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert SESSION_KEY not in client.session
    assert ApiToken.objects.get().used_at is not None


@pytest.mark.parametrize("why", ["expired", "revoked", "left", "forged"])
def test_what_is_over_opens_nothing(client, officer, morning, why):
    token = a_token(officer, expires_on=dt.date(2026, 11, 24))
    if why == "expired":
        morning.move_to("2026-11-25 00:01 +0800")
    elif why == "revoked":
        client.force_login(officer)
        client.post(f"{PAGE}{ApiToken.objects.get().pk}/revoke/")
        client.logout()
    elif why == "left":
        type(officer).objects.update(is_active=False)
    else:
        token += "x"

    answer = ask(client, token)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["detail"] == "令牌无效、已过期或已停用。"


def test_a_token_rests_while_its_owner_owes_a_password_or_a_second_factor(client, officer, settings):
    token = a_token(officer)
    type(officer).objects.update(must_change_password=True)
    assert ask(client, token).status_code == 401

    type(officer).objects.update(must_change_password=False)
    settings.SECOND_FACTOR_DEMANDED = True
    assert ask(client, token).status_code == 401

    secret = second_factor.draw_secret()
    second_factor.set_up(user=officer, secret=secret, typed=pyotp.TOTP(secret).now())
    assert ask(client, token).status_code == 200


def test_without_a_grant_today_the_token_is_worth_nothing(client, officer):
    token = a_token(officer)
    Grant.objects.update(ends_on=dt.date(2026, 11, 23))

    assert ask(client, token).status_code == 403


def test_a_token_does_what_it_was_made_for_and_no_more(client, officer):
    reading = a_token(officer, Scope.READ)
    for path in (f"{CASES}x/actions/accept/", "/api/v1/desk/ledgers/petitions/"):
        answer = client.post(path, headers={"Authorization": f"Bearer {reading}"})
        assert answer.status_code == 403
        assert "这个令牌不能用于" in answer.json()["detail"]
    assert ask(client, a_token(officer, Scope.ACT)).status_code == 403


def test_a_deed_by_session_needs_the_token_of_a_form_and_one_by_token_does_not(officer):
    browser = Client(enforce_csrf_checks=True)
    token = a_token(officer, Scope.ACT)
    path = f"{CASES}XD-20261124-00001/actions/accept/"

    assert browser.post(path, headers={"Authorization": f"Bearer {token}"}).status_code == 404
    browser.force_login(officer)
    assert browser.post(path).status_code == 403


def test_that_a_token_was_used_is_written_once_an_hour(officer, morning, django_assert_num_queries):
    token = a_token(officer)
    with django_assert_num_queries(2):
        token_of(token)
    with django_assert_num_queries(1):
        token_of(token)
    morning.shift(dt.timedelta(hours=1))
    with django_assert_num_queries(2):
        token_of(token)


def test_nobody_revokes_the_token_of_another(client, officer):
    a_token(officer)
    client.force_login(a_user(Role.OFFICER))

    client.post(f"{PAGE}{ApiToken.objects.get().pk}/revoke/")

    assert ApiToken.objects.get().revoked_at is None
    assert revoke_tokens(user=officer, by=officer) == 1
