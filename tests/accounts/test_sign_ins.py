"""Where somebody is signed in, as they see it themselves, and how that ends."""

import datetime as dt

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import sign_ins
from accounts.models import Role, SignIn
from accounts.tasks import purge_sign_ins
from tests.factories import PASSWORD, a_user

pytestmark = pytest.mark.django_db

PAGE = "/accounts/sessions/"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0"
OFFICE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def officer():
    return a_user(Role.OFFICER)


@pytest.fixture
def signed_in(officer):
    """`signed_in(PHONE, "10.0.0.2")` is a browser in which the officer has signed in."""

    def signed_in(agent, address="10.0.0.1"):
        browser = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
        browser.post("/accounts/login/", {"username": officer.username, "password": PASSWORD})
        return browser

    return signed_in


def is_in(browser):
    return browser.get("/accounts/leave/").status_code == 200


def test_the_page_names_each_device_in_plain_words_and_marks_this_one(signed_in, django_assert_max_num_queries):
    signed_in(PHONE, "10.0.0.2")
    office = signed_in(OFFICE)

    with django_assert_max_num_queries(8):
        page = office.get(PAGE).content.decode()

    assert "微信，安卓手机" in page
    assert "Edge，Windows 电脑" in page
    assert "10.0.0.2" in page
    assert page.count("正在使用的这一处") == 1
    assert page.count("让它退出<span") == 1


def test_one_session_is_ended_and_then_all_others(signed_in):
    phone, office, home = signed_in(PHONE), signed_in(OFFICE), signed_in(OFFICE, "10.0.0.3")

    office.post(f"{PAGE}{SignIn.objects.order_by('pk').first().pk}/end/")
    assert [is_in(browser) for browser in (phone, office, home)] == [False, True, True]

    office.post(f"{PAGE}end/")
    assert [is_in(browser) for browser in (office, home)] == [True, False]


def test_nobody_ends_the_session_of_another(signed_in, client):
    office = signed_in(OFFICE)
    client.force_login(a_user(Role.OFFICER))

    client.post(f"{PAGE}{SignIn.objects.get().pk}/end/")

    assert is_in(office)


def test_a_new_password_ends_all_sessions_but_the_one_it_was_changed_in(signed_in):
    phone, office = signed_in(PHONE), signed_in(OFFICE)
    new = {"new_password1": "xinmima-2026-zhan", "new_password2": "xinmima-2026-zhan"}

    office.post("/accounts/password/", {"old_password": PASSWORD, **new})

    assert [is_in(browser) for browser in (phone, office)] == [False, True]
    assert SignIn.objects.get().session_key == office.session.session_key


def test_the_last_use_is_written_down_every_five_minutes_and_not_with_every_page(signed_in, clock):
    office = signed_in(OFFICE)
    begun = SignIn.objects.get().seen_at

    clock.shift(299)
    office.get("/desk/")
    assert SignIn.objects.get().seen_at == begun
    clock.shift(1)
    office.get("/desk/")
    assert SignIn.objects.get().seen_at == begun + dt.timedelta(minutes=5)


def test_a_session_lasts_a_working_day_however_much_it_is_used(signed_in, clock):
    office = signed_in(OFFICE)
    for _hour in range(7):
        clock.shift(3600)
        assert is_in(office)

    clock.shift(3601)
    assert not is_in(office)


def test_what_has_ended_is_forgotten(signed_in, officer, clock):
    signed_in(OFFICE).post("/accounts/logout/")
    assert not SignIn.objects.exists()

    signed_in(OFFICE)
    clock.shift(9 * 3600)
    assert sign_ins.open_sign_ins(officer) == []
    assert purge_sign_ins() == 0
    assert not Session.objects.exists()
    clock.shift(24 * 3600)
    assert purge_sign_ins() == 1
