"""Signing in and out, leave, and the page for those who may not enter."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Leave, Role, User
from tests.factories import PASSWORD, OrganFactory, UserFactory, a_user

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def morning():
    """One moment for each test, so that no window of tries ends in its middle."""
    with time_machine.travel("2026-11-24 10:00 +0800", tick=False):
        yield


def sign_in(client, user, password=PASSWORD, *, address="10.0.0.1", **extra):
    return client.post(LOGIN, {"username": user.username, "password": password, **extra}, REMOTE_ADDR=address)


def test_a_person_signs_in_and_comes_to_the_desk(client):
    officer = a_user(Role.OFFICER)

    answer = sign_in(client, officer)

    assert answer.status_code == 302
    assert answer.url == reverse("portal:desk")
    assert client.session["_auth_user_id"] == str(officer.pk)


def test_the_sign_in_page_takes_few_queries(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        assert client.get(reverse("accounts:login")).status_code == 200


def test_the_session_is_a_new_one_after_signing_in(client, settings):
    officer = a_user(Role.OFFICER)
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    planted_key = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = planted_key

    sign_in(client, officer)

    assert client.session.session_key != planted_key


@pytest.mark.parametrize("place", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client, place):
    answer = sign_in(client, a_user(Role.OFFICER), next=place)

    assert answer.url == reverse("portal:desk")


def test_signing_in_leads_back_to_where_one_was_going(client):
    answer = sign_in(client, a_user(Role.OFFICER), next="/desk/calendar/?year=2026")

    assert answer.url == "/desk/calendar/?year=2026"


def test_a_wrong_password_and_an_unknown_name_get_the_same_sentence(client):
    officer = a_user(Role.OFFICER)

    wrong = sign_in(client, officer, "wrong").content.decode()
    unknown = sign_in(client, UserFactory.build(username="nobody"), "wrong").content.decode()

    assert "登录名或密码不对" in wrong
    assert "登录名或密码不对" in unknown


def test_signing_in_and_being_refused_stand_in_the_log_without_what_was_typed(client, caplog):
    officer = a_user(Role.OFFICER)
    with caplog.at_level("INFO", "accounts"):
        for _time in range(12):
            sign_in(client, officer, password="falsch-2026")
        sign_in(client, officer, address="10.0.0.9")

    lines = [record.getMessage() for record in caplog.records if record.name.startswith("accounts")]
    assert lines == ["sign-in refused"] * 10 + ["tries used up: sign-in"] + [
        f"user {officer.pk} signed in, without a second factor"
    ]


def test_ten_wrong_tries_lock_this_name_for_this_address_even_with_the_right_password(client):
    officer, other = a_user(Role.OFFICER), a_user(Role.OFFICER)
    for _ in range(10):
        assert "登录名或密码不对" in sign_in(client, officer, "wrong").content.decode()

    locked = sign_in(client, officer)

    assert "密码输错次数过多" in locked.content.decode()
    assert sign_in(client, other).status_code == 302


def test_nobody_can_lock_a_person_out_from_another_address(client):
    officer = a_user(Role.OFFICER)
    for _ in range(12):
        sign_in(client, officer, "wrong", address="10.0.0.66")

    assert sign_in(client, officer, address="10.0.0.1").status_code == 302


def test_the_lock_opens_after_a_quarter_of_an_hour(client):
    officer = a_user(Role.OFFICER)
    for _ in range(11):
        sign_in(client, officer, "wrong")

    with time_machine.travel("2026-11-24 10:15 +0800", tick=False):
        assert sign_in(client, officer).status_code == 302


def test_signing_in_forgets_the_wrong_tries_before_it(client):
    officer = a_user(Role.OFFICER)
    for _ in range(3):
        for _ in range(9):
            sign_in(client, officer, "wrong")
        assert sign_in(client, officer).status_code == 302
        client.logout()


def test_who_may_not_sign_in_any_more_does_not(client):
    assert "登录名或密码不对" in sign_in(client, a_user(Role.OFFICER, is_active=False)).content.decode()


def test_signing_out_is_a_post_and_a_link_cannot_do_it(client):
    client.force_login(a_user(Role.OFFICER))

    assert client.get("/accounts/logout/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/").url == LOGIN
    assert "_auth_user_id" not in client.session


def test_a_page_of_the_desk_asks_to_sign_in_first(client):
    assert client.get("/accounts/leave/").url == "/accounts/login/?next=/accounts/leave/"


def test_a_person_without_any_grant_is_told_so(client):
    client.force_login(UserFactory())

    answer = client.get("/accounts/leave/")

    assert answer.status_code == 403
    assert "您的账号目前没有任何授权" in answer.content.decode()


def test_the_admin_site_has_no_sign_in_of_its_own(client):
    assert client.get("/admin/login/?next=/admin/").url == "/accounts/login/?next=/admin/"

    client.force_login(a_user(Role.ADMIN))
    assert client.get("/admin/login/").status_code == 403

    client.force_login(UserFactory(is_superuser=True))
    assert client.get("/admin/login/").url == "/admin/"


@pytest.mark.parametrize("page", ["accounts/user/", "accounts/user/add/", "accounts/viewlog/", "stations/station/add/"])
def test_the_configuration_opens_for_superusers(client, page):
    client.force_login(UserFactory(is_superuser=True))

    assert client.get(f"/admin/{page}").status_code == 200


def test_a_superuser_adds_a_person_and_reads_rights_without_changing_them(client):
    client.force_login(UserFactory(is_superuser=True))
    person = {"username": "chenli", "name": "陈丽", "usable_password": "true"}
    person |= {"password1": PASSWORD, "password2": PASSWORD}
    grants = {"grants-TOTAL_FORMS": 1, "grants-INITIAL_FORMS": 0, "grants-0-starts_on": "2026-11-24"}

    client.post("/admin/accounts/user/add/", {**person, **grants, "grants-0-role": "admin"})

    added = User.objects.get(username="chenli")
    assert added.check_password(PASSWORD)
    assert not added.grants.exists()
    assert "联络员" in client.get(f"/admin/accounts/user/{a_user(Role.OFFICER).pk}/change/").content.decode()

    grants = {"grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}
    client.post(f"/admin/accounts/user/{added.pk}/change/", {"username": "chenli", "name": "陈丽", **grants})
    assert [change.what for change in added.account_changes.order_by("pk")] == ["made", "closed"]


def test_a_person_takes_leave_and_comes_back(client):
    organ = OrganFactory()
    clerk, leader = a_user(Role.CLERK, organ), a_user(Role.LEADER, organ)
    client.force_login(clerk)

    client.post("/accounts/leave/", {"starts_on": "2026-11-24", "ends_on": "2026-11-27", "substitute": leader.pk})

    leave = Leave.objects.get(user=clerk)
    page = client.get("/accounts/leave/").content.decode()
    assert (leave.starts_on, leave.ends_on) == (dt.date(2026, 11, 24), dt.date(2026, 11, 27))
    assert f"由{leader.name}代理" in page
    client.post(f"/accounts/leave/{leave.pk}/back/")
    assert not Leave.objects.exists()


def test_a_refused_leave_keeps_what_was_typed_and_says_why(client):
    organ = OrganFactory()
    clerk, leader = a_user(Role.CLERK, organ), a_user(Role.LEADER, organ)
    client.force_login(clerk)

    page = client.post(
        "/accounts/leave/", {"starts_on": "2026-11-20", "ends_on": "2026-11-21", "substitute": leader.pk}
    ).content.decode()

    assert "这段日期已经过去" in page
    assert 'value="2026-11-20"' in page


def test_nobody_ends_the_leave_of_another(client):
    user, substitute = UserFactory.create_batch(2)
    leave = Leave.objects.create(
        user=user, substitute=substitute, starts_on=dt.date(2026, 11, 24), ends_on=dt.date(2026, 11, 27)
    )
    client.force_login(a_user(Role.CLERK))

    assert client.post(f"/accounts/leave/{leave.pk}/back/").status_code == 404
    assert Leave.objects.exists()


def test_a_person_changes_their_password(client):
    officer = a_user(Role.OFFICER)
    client.force_login(officer)
    new = {"new_password1": "xinmima-2026-zhan", "new_password2": "xinmima-2026-zhan"}

    client.post("/accounts/password/", {"old_password": PASSWORD, **new})

    officer.refresh_from_db()
    assert officer.check_password("xinmima-2026-zhan")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("falsch-2026", "xinmima-2026-zhan", "原来的密码不对，请重新输入。"),
        (PASSWORD, "short-7", "密码太短，至少要 10 个字符。"),
        (PASSWORD, "1234567890", "这个密码太常见，容易被人猜到，请换一个。"),
        (PASSWORD, "nangong-wenyuan-1", "密码与您的登录名太相似，请换一个。"),
    ],
)
def test_what_a_password_has_to_be_is_said_politely_and_in_chinese(client, old, new, sentence):
    client.force_login(a_user(Role.OFFICER, username="nangong-wenyuan"))

    page = client.post(
        "/accounts/password/", {"old_password": old, "new_password1": new, "new_password2": new}
    ).content.decode()

    assert sentence in page
    for hint in ("不要与您的登录名或电子邮箱相似。", "密码至少要 10 个字符。", "不要用常见的密码，例如 1234567890。"):
        assert hint in page
    assert "你" not in page


def test_the_leave_page_takes_ten_queries_at_most(client, django_assert_max_num_queries):
    organ = OrganFactory()
    clerk = a_user(Role.CLERK, organ)
    for number in range(8):
        colleague = a_user(Role.CLERK, organ)
        day = dt.date(2026, 12, number + 1)
        Leave.objects.create(user=clerk, substitute=colleague, starts_on=day, ends_on=day)
        Leave.objects.create(user=colleague, substitute=clerk, starts_on=day, ends_on=day)
    client.force_login(clerk)

    with django_assert_max_num_queries(10):
        client.get("/accounts/leave/")
