"""Coming by the government's single sign-on: only who is known here, and only by an answer of which all holds."""

import datetime as dt

import pyotp
import pytest
import time_machine
from joserfc.jwk import RSAKey

from accounts import second_factor
from accounts.models import AccountChange, Role, User
from tests.accounts.provider import CLIENT, SECRET, Provider
from tests.factories import a_user

pytestmark = pytest.mark.django_db

GO, BACK = "/accounts/sso/", "/accounts/sso/back/"


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.server.shutdown()


@pytest.fixture
def provider(running, settings, monkeypatch):
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = running.issuer, CLIENT, SECRET
    running.key, running.claims = running.known, {"sub": "10086"}
    return running


@pytest.fixture
def clerk(provider):
    return a_user(Role.CLERK, sso_subject=f"{provider.issuer} 10086")


def come(client, provider, **asked):
    """Go to the provider, and come back from it."""
    return client.get(BACK, provider.authorize(client.get(GO, asked).url))


def said(client):
    return client.get("/accounts/login/").content.decode()


def is_in(client):
    return "_auth_user_id" in client.session


def test_who_is_bound_signs_in_and_a_second_factor_is_asked_for_all_the_same(client, provider, clerk, settings):
    assert "用统一身份认证登录" in said(client)
    assert come(client, provider).url == "/desk/"
    assert is_in(client)
    client.post("/accounts/logout/")

    secret = second_factor.draw_secret()
    second_factor.set_up(user=clerk, secret=secret, typed=pyotp.TOTP(secret).now())
    assert come(client, provider, next="/desk/calendar/").url == "/accounts/login/code/"
    assert not is_in(client)
    with time_machine.travel(dt.timedelta(minutes=1)):
        assert client.post("/accounts/login/code/", {"code": pyotp.TOTP(secret).now()}).url == "/desk/calendar/"
    client.post("/accounts/logout/")

    settings.OIDC_SECOND_FACTOR_TRUSTED = settings.SECOND_FACTOR_DEMANDED = True
    assert come(client, provider).url == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_who_is_not_known_here_is_told_so_and_nobody_is_made(client, provider, settings):
    settings.OIDC_USERNAME_CLAIM = "preferred_username"
    provider.claims = {"sub": "404", "preferred_username": "nobody"}

    come(client, provider)

    assert "没有找到与之绑定的账号" in said(client)
    assert not is_in(client)
    assert not User.objects.exists()


def test_a_name_is_matched_once_and_where_the_office_says_in_which_claim(client, provider, settings):
    clerk = a_user(Role.CLERK, username="clerk7")
    provider.claims = {"sub": "7", "preferred_username": "clerk7"}
    come(client, provider)
    assert not is_in(client)

    settings.OIDC_USERNAME_CLAIM = "preferred_username"
    come(client, provider)
    assert is_in(client)
    assert AccountChange.objects.get().user == clerk
    client.post("/accounts/logout/")

    provider.claims = {"sub": "8", "preferred_username": "clerk7"}
    come(client, provider)
    assert not is_in(client)


def test_who_may_not_sign_in_any_more_does_not_by_this_way_either(client, provider, clerk):
    clerk.is_active = False
    clerk.save()

    come(client, provider)

    assert not is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"nonce": "of-another-sign-in"},
        {"aud": "another-portal"},
        {"exp": 1_700_000_000},
    ],
    ids=["issuer", "nonce", "audience", "expired"],
)
def test_an_answer_of_which_one_thing_does_not_hold_is_refused(client, provider, clerk, claims):
    provider.claims |= claims

    come(client, provider)

    assert not is_in(client)
    assert "统一身份认证没有完成" in said(client)


def test_a_foreign_signature_an_unasked_answer_and_a_provider_that_is_gone_are_refused(
    client, provider, clerk, settings
):
    provider.key = RSAKey.generate_key(2048, {"kid": "known"})
    come(client, provider)
    assert not is_in(client)

    client.get(BACK, {"code": "one-code", "state": "never-asked"})
    assert not is_in(client)

    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    client.get(GO)
    assert "统一身份认证没有完成" in said(client)


def test_who_is_signed_in_binds_themselves_after_being_asked_and_takes_nobody_elses_identity(client, provider):
    clerk, other = a_user(Role.CLERK), a_user(Role.CLERK)
    client.force_login(clerk)

    assert "10086" in come(client, provider).content.decode()
    clerk.refresh_from_db()
    assert clerk.sso_subject is None
    client.post("/accounts/sso/bind/")
    clerk.refresh_from_db()
    assert clerk.sso_subject == f"{provider.issuer} 10086"

    client.force_login(other)
    come(client, provider)
    assert "已经绑定了别的账号" in client.post("/accounts/sso/bind/", follow=True).content.decode()


def test_without_a_provider_there_is_no_such_way(client):
    assert client.get(GO).status_code == client.get(BACK).status_code == 404
    assert "统一身份认证" not in said(client)
