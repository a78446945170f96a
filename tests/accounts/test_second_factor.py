"""The second step of signing in: demanded of everybody, one code for one time, and a way back after a lost phone."""

import datetime as dt
import re

import pyotp
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import sealing, second_factor
from accounts.models import AccountChange, Role, SecondFactor
from accounts.services import AccountError
from tests.factories import PASSWORD, UserFactory, a_user

pytestmark = pytest.mark.django_db

LOGIN, STEP, SETUP = "/accounts/login/", "/accounts/login/code/", "/accounts/second-factor/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def demanded(settings):
    settings.SECOND_FACTOR_DEMANDED = True


@pytest.fixture
def app():
    return pyotp.TOTP(second_factor.draw_secret())


@pytest.fixture
def officer(app, clock):
    """An officer who set up their second factor a minute ago, with ``drawn``, their recovery codes."""
    user = a_user(Role.OFFICER)
    user.drawn = second_factor.set_up(user=user, secret=app.secret, typed=app.now())
    clock.shift(60)
    return user


def password_given(client, user, **extra):
    return client.post(LOGIN, {"username": user.username, "password": PASSWORD, **extra})


def code_given(client, code, address="10.0.0.1"):
    return client.post(STEP, {"code": code}, REMOTE_ADDR=address)


def test_who_has_no_second_factor_is_a_stranger_everywhere_but_where_it_is_set_up(client, demanded):
    admin = a_user(Role.OFFICER, is_superuser=True)
    case_list = "/api/v1/petitions/"
    unknown = client.get(case_list).status_code

    assert password_given(client, admin).url == SETUP

    for page in ("/desk/", "/accounts/leave/", "/accounts/sessions/", "/admin/accounts/user/"):
        assert "/login/" in client.get(page).url, page
    assert client.get(case_list).status_code == unknown == 401
    assert admin.name not in client.get("/").content.decode()
    assert client.get(LOGIN).url == SETUP
    assert client.post("/accounts/logout/").status_code == 302


def test_setting_it_up_opens_the_desk_and_tells_the_recovery_codes_once(client, demanded):
    officer = a_user(Role.OFFICER)
    password_given(client, officer, next="/desk/calendar/")
    page = client.get(SETUP)

    wrong = client.post(SETUP, {"code": "000000"})
    secret = page.context["secret"].replace(" ", "")
    password_given(Client(), officer)
    done = client.post(SETUP, {"code": pyotp.TOTP(secret).now()})

    assert "验证码不对" in wrong.content.decode()
    assert wrong.context["secret"] == page.context["secret"]
    assert len(re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", done.content.decode())) == 10
    assert client.get("/desk/").status_code == 200
    assert officer.sign_ins.count() == 1
    assert done.context["onward"] == "/desk/calendar/"
    assert done.context["codes"][0] not in client.get(SETUP).content.decode()
    assert AccountChange.objects.get().what == AccountChange.What.SECOND_FACTOR_ON
    assert secret not in SecondFactor.objects.get().sealed


def test_who_has_one_gets_in_by_password_and_code_and_only_by_both(
    client, demanded, officer, app, django_assert_num_queries
):
    asked = password_given(client, officer, next="/desk/calendar/")

    assert asked.url == STEP
    assert "/login/" in client.get("/desk/").url
    assert "验证码不对" in code_given(client, "123456").content.decode()
    assert code_given(client, app.now()).url == "/desk/calendar/"
    with django_assert_num_queries(2):  # session and user, with nothing asked about the second factor
        assert client.get("/admin/login/").status_code == 403


def test_a_code_is_taken_once_and_so_is_a_recovery_code(officer, app, clock):
    here = {"user": officer, "address": "10.0.0.1"}
    second_factor.prove(typed=app.now(), **here)
    second_factor.prove(typed=officer.drawn[0].lower(), **here)

    for used in (app.now(), officer.drawn[0]):
        with pytest.raises(AccountError, match="已经用过"):
            second_factor.prove(typed=used, **here)
    clock.shift(30)
    second_factor.prove(typed=app.now(), **here)
    assert officer.recovery_codes.count() == 9


def test_who_has_few_recovery_codes_left_is_told_so_at_the_desk(client, officer):
    for spent in officer.drawn[:7]:
        second_factor.prove(user=officer, typed=spent, address="10.0.0.1")
    password_given(client, officer)

    code_given(client, officer.drawn[7])

    assert "恢复码只剩 2 个" in client.get("/desk/").content.decode()


def test_ten_wrong_codes_lock_the_step_for_this_address_and_no_other(client, officer, app):
    password_given(client, officer)
    for _ in range(10):
        code_given(client, "123456", "10.0.0.66")

    assert "输错次数过多" in code_given(client, app.now(), "10.0.0.66").content.decode()
    assert code_given(client, app.now()).status_code == 302


def test_sixty_wrong_codes_an_hour_are_all_that_a_stolen_password_gets_from_however_many_addresses(officer, app):
    for number in range(60):
        with pytest.raises(AccountError, match="验证码不对"):
            second_factor.prove(user=officer, typed="123456", address=f"10.0.1.{number}")

    with pytest.raises(AccountError, match="次数过多"):
        second_factor.prove(user=officer, typed=app.now(), address="10.0.0.1")


def test_waiting_at_the_second_step_ends_after_ten_minutes_and_with_a_new_password(client, officer, app, clock):
    password_given(client, officer)
    clock.shift(601)
    assert client.get(STEP).url == LOGIN

    password_given(client, officer)
    officer.set_password("another-password-2026")
    officer.save()
    assert code_given(client, app.now()).url == LOGIN


def test_a_session_of_before_the_second_factor_has_to_prove_it(client, demanded, app, clock):
    officer = a_user(Role.OFFICER)
    password_given(client, officer)
    second_factor.set_up(user=officer, secret=app.secret, typed=app.now())
    clock.shift(60)

    assert client.get(SETUP).url == STEP
    assert code_given(client, app.now()).status_code == 302
    assert client.get("/desk/").status_code == 200


def test_new_recovery_codes_and_a_new_phone_both_ask_for_a_code(client, officer, app, clock):
    password_given(client, officer)
    code_given(client, app.now())

    refused = client.post(SETUP, {"code": "123456", "remove": "1"})
    renewed = client.post(SETUP, {"code": officer.drawn[0]})
    clock.shift(30)
    removed = client.post(SETUP, {"code": app.now(), "remove": "1"}, follow=True)

    assert "验证码不对" in refused.content.decode()
    assert officer.drawn[1] not in renewed.context["codes"]
    assert "请重新登录" in removed.content.decode()
    assert not SecondFactor.objects.exists()
    assert "_auth_user_id" not in client.session


def test_a_lost_phone_is_forgotten_with_a_reason_that_stays_and_all_sessions_end(client, demanded, officer, app):
    password_given(client, officer)
    code_given(client, app.now())

    with pytest.raises(CommandError, match="理由"):
        call_command("remove_second_factor", officer.username, reason=" ")
    call_command("remove_second_factor", officer.username, reason="手机丢失，已当面核实")

    assert "/login/" in client.get("/desk/").url
    assert password_given(client, officer).url == SETUP
    removed = AccountChange.objects.get(what=AccountChange.What.SECOND_FACTOR_OFF)
    assert (removed.actor, removed.text) == (None, "手机丢失，已当面核实")


def test_secrets_are_sealed_anew_when_keys_change(officer, app, settings):
    old = settings.IDENTITY_KEYS
    settings.IDENTITY_KEYS = ["d" * 43 + "=", *old]
    call_command("reseal")
    settings.IDENTITY_KEYS = settings.IDENTITY_KEYS[:1]

    assert sealing.unseal(SecondFactor.objects.get().sealed) == app.secret


def test_a_password_that_somebody_else_chose_is_changed_first(client):
    officer = a_user(Role.OFFICER, must_change_password=True)
    new = {"new_password1": "xinmima-2026-zhan", "new_password2": "xinmima-2026-zhan"}
    same = {"new_password1": PASSWORD, "new_password2": PASSWORD}

    assert password_given(client, officer).url == "/accounts/password/"
    assert "/login/" in client.get("/desk/").url
    assert "不能与原来的相同" in client.post("/accounts/password/", {"old_password": PASSWORD, **same}).content.decode()
    client.post("/accounts/password/", {"old_password": PASSWORD, **new})
    assert client.get("/desk/").status_code == 200


def test_a_password_that_an_administrator_sets_is_for_the_first_sign_in_only(client):
    client.force_login(UserFactory(is_superuser=True))
    officer = a_user(Role.OFFICER)

    typed = {"usable_password": "true", "password1": "xinmima-2026-zhan", "password2": "xinmima-2026-zhan"}
    client.post(f"/admin/accounts/user/{officer.pk}/password/", typed | {"password2": "something-else-2026"})
    client.post(f"/admin/accounts/user/{officer.pk}/password/", typed)

    officer.refresh_from_db()
    assert officer.must_change_password
    assert officer.account_changes.get().what == AccountChange.What.PASSWORD_GIVEN
