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
from tests.factories import PASSWORD, a_user

pytestmark = pytest.mark.django_db

PAGE = "/accounts/tokens/"
CASES = "/api/v1/desk/petitions/"
LAST_DAY = dt.date(2027, 11, 24)
# What somebody without a second factor types to make one.
TYPED = {"name": "综治平台", "scopes": ["read"], "expires_on": "2026-12-31", "code": PASSWORD}


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

    page = client.post(PAGE, TYPED)

    row = ApiToken.objects.get()
    token = html.unescape(page.content.decode()).partition('id="token" class="link-text">')[2].partition("<")[0]
    assert token_of(token) == row
    assert token not in str(ApiToken.objects.values().get())
    assert "no-store" in page.headers["Cache-Control"]
    assert token not in client.get(PAGE).content.decode()
    assert row.prefix in client.get(PAGE).content.decode()


def test_a_token_for_more_than_a_year_is_refused_and_nothing_typed_is_lost(client, officer):
    client.force_login(officer)

    page = client.post(PAGE, TYPED | {"expires_on": "2027-11-25"})

    assert page.status_code == 422
    assert "最长一年" in page.content.decode()
    assert 'value="综治平台"' in page.content.decode()
    with pytest.raises(AccountError):
        a_token(officer, expires_on=dt.date(2026, 11, 23))


def test_making_a_token_asks_for_a_code_again_which_a_mistake_elsewhere_does_not_use_up(client, officer, morning):
    app = pyotp.TOTP(second_factor.draw_secret())
    recovery = second_factor.set_up(user=officer, secret=app.secret, typed=app.now())
    client.force_login(officer)
    assert client.get(PAGE).context["form"]["code"].label == "验证码"

    for wrong in ("", "000000", PASSWORD, app.now()):
        page = client.post(PAGE, TYPED | {"code": wrong})
        assert page.status_code == 422
        assert list(page.context["form"].errors) == ["code"]
        assert 'value="综治平台"' in page.content.decode()
    assert not ApiToken.objects.exists()

    client.post(PAGE, TYPED | {"code": recovery[0], "expires_on": "2027-11-25"})
    assert officer.recovery_codes.count() == 10
    morning.shift(60)
    for right in (app.now(), recovery[0]):
        assert client.post(PAGE, TYPED | {"code": right}).status_code == 200
    assert ApiToken.objects.count() == 2
    assert officer.recovery_codes.count() == 9


def test_who_has_no_second_factor_gives_the_password_again(client, officer):
    client.force_login(officer)

    page = client.post(PAGE, TYPED | {"code": "falsch-2026"})

    assert "密码不对，请重新输入。" in str(page.context["form"].errors["code"])
    assert "falsch-2026" not in page.content.decode()
    assert not ApiToken.objects.exists()
    officer.set_unusable_password()
    officer.save()
    client.force_login(officer)
    assert "启用两步验证" in str(client.post(PAGE, TYPED).context["form"].errors["code"])


@pytest.mark.parametrize("has_factor", [True, False])
def test_guessing_at_the_token_page_is_counted_as_guessing_at_the_sign_in(client, officer, has_factor):
    app = pyotp.TOTP(second_factor.draw_secret())
    right = PASSWORD
    if has_factor:
        right = second_factor.set_up(user=officer, secret=app.secret, typed=app.now())[0]
    client.force_login(officer)
    for _number in range(10):
        client.post(PAGE, TYPED | {"code": "000000"})

    assert "输错次数过多" in str(client.post(PAGE, TYPED | {"code": right}).context["form"].errors["code"])
    assert not ApiToken.objects.exists()
    if not has_factor:
        refused = Client().post("/accounts/login/", {"username": officer.username, "password": PASSWORD})
        assert "输错次数过多" in refused.content.decode()


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
