"""People are told what became of their account, whoever did it and wherever it was done."""

import datetime as dt

import pyotp
import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from accounts import granting, inviting, leaving, second_factor, single_sign_on
from accounts.models import AccountChange, Leave, Role
from accounts.tokens import make_token, revoke_tokens
from notices.account_changes import tell_of_changes
from notices.models import Message
from notices.services import deliver
from stations.models import Station
from tests.factories import PASSWORD, UserFactory, a_user, load_years

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)
NEW_PASSWORD = "qingchen-deng-7391"


@pytest.fixture(autouse=True)
def morning():
    load_years(2026)
    with time_machine.travel("2026-11-24 10:00 +0800", tick=False) as moved:
        yield moved


@pytest.fixture
def officer():
    return a_user(Role.OFFICER)


@pytest.fixture
def head():
    return a_user(Role.HEAD, name="主席")


def titles(user):
    """What stands in the outbox for somebody, without what all titles begin with."""
    found = Message.objects.filter(recipient=user).order_by("pk").values_list("title", flat=True)
    return [title.removeprefix("您的账号有变动：") for title in found]


def test_a_right_given_and_ended_is_told_with_who_did_it_and_by_mail_as_all_messages_are(head, officer):
    right = granting.give(actor=head, user=officer, role=Role.DEPUTY, starts_on=TODAY)
    granting.end(actor=head, grant=right, on=dt.date(2026, 11, 30))

    assert tell_of_changes() == 2
    deliver()

    assert titles(officer) == ["授权", "结束授权"]
    assert titles(head) == []
    [letter] = mail.outbox
    assert letter.to == [officer.email]
    assert "人大代表，2026年11月24日起" in letter.body
    assert "由主席办理。" in letter.body
    assert f"http://localhost:8000{reverse('accounts:sign_ins')}" in letter.body


def test_nothing_is_told_twice_and_nothing_that_is_a_week_old(head, officer, morning):
    granting.note_change(officer, AccountChange.What.GRANTED, "旧事", by=head)
    morning.shift(dt.timedelta(days=7))
    granting.note_change(officer, AccountChange.What.GRANTED, "新事", by=head)

    assert [tell_of_changes() for _time in range(3)] == [1, 0, 0]

    assert "新事" in Message.objects.get(recipient=officer).body
    Message.objects.update(status=Message.Status.WITHDRAWN)
    assert tell_of_changes() == 0


def test_who_leaves_and_who_follows_are_told_of_every_right_and_of_the_closed_account(head, officer):
    successor, station = a_user(Role.OFFICER), Station.objects.get(grant__user=officer)
    make_token(user=officer, name="综治平台", scopes=["read"], expires_on=TODAY)
    tell_of_changes()

    leaving.leave_office(actor=head, user=officer, last_day=TODAY, successor=successor)
    with time_machine.travel("2026-11-25 08:00 +0800", tick=False):
        leaving.close_accounts()
        tell_of_changes()

    assert titles(officer) == ["建立接口令牌", "结束授权", "离任交接", "停用接口令牌", "停用账号"]
    assert titles(successor) == ["授权"]
    assert station.name in Message.objects.get(recipient=successor).body
    closed = Message.objects.get(recipient=officer, title__contains="停用账号")
    assert "由系统办理。" in closed.body
    assert closed.link == "", "a closed account has no page to go to"


def test_a_new_way_in_is_told_to_whoever_opened_it_themselves_too(client, officer):
    client.force_login(officer)
    new = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    client.post("/accounts/password/", {"old_password": PASSWORD, **new})
    app = pyotp.TOTP(second_factor.draw_secret())
    drawn = second_factor.set_up(user=officer, secret=app.secret, typed=app.now())
    drawn += second_factor.renew_recovery_codes(user=officer)
    token = make_token(user=officer, name="综治平台", scopes=["read"], expires_on=TODAY)[1]
    single_sign_on.bind(user=officer, subject="https://sso.example.invalid 130503199001010011")
    second_factor.remove(user=officer, actor=None, reason="手机丢失，已当面核实")

    tell_of_changes()

    assert titles(officer) == [
        "修改密码",
        "启用两步验证",
        "重新生成恢复码",
        "建立接口令牌",
        "绑定统一身份",
        "取消两步验证",
    ]
    said = str(list(Message.objects.values_list("title", "body", "link")))
    assert "由您本人办理。" in said
    assert "综治平台" in said
    assert "手机丢失" in said
    for secret in (NEW_PASSWORD, app.secret, token, "130503199001010011", *drawn):
        assert secret not in said


def test_a_token_that_one_ends_oneself_is_no_news_and_one_that_an_administrator_ends_is(officer):
    admin = a_user(Role.ADMIN)
    for by in (officer, admin):
        make_token(user=officer, name=by.name, scopes=["read"], expires_on=TODAY)
        revoke_tokens(user=officer, by=by)

    tell_of_changes()

    assert titles(officer) == ["建立接口令牌", "建立接口令牌", "停用接口令牌"]


def test_what_is_done_in_the_admin_site_is_told(client, officer):
    client.force_login(UserFactory(is_superuser=True))
    edited = {"username": officer.username, "name": officer.name, "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}
    typed = {"usable_password": "true", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    page = f"/admin/accounts/user/{officer.pk}"

    client.post(f"{page}/password/", typed)
    client.post(f"{page}/change/", edited)
    client.post(f"{page}/change/", edited | {"is_active": "on"})
    tell_of_changes()

    assert titles(officer) == ["重设密码", "停用账号", "启用账号"]


def test_an_invited_person_hears_of_nothing_but_the_invitation_until_they_have_joined(head):
    person = {"name": "齐联络", "username": "qi.officer", "title": "", "phone": "", "email": "qi@example.invalid"}
    right = {"role": Role.DEPUTY, "starts_on": TODAY}
    user, token = inviting.invite(actor=head, person=person, **right)

    assert tell_of_changes() == 0
    inviting.accept(inviting.open_invitation(token, address="10.0.0.1"), NEW_PASSWORD)
    assert tell_of_changes() == 0
    granting.end(actor=head, grant=user.grants.get())
    assert tell_of_changes() == 1
    assert titles(user) == ["结束授权"]


def test_who_is_on_leave_is_told_in_person_and_not_the_substitute(head, officer):
    substitute = a_user(Role.OFFICER)
    Leave.objects.create(user=officer, substitute=substitute, starts_on=TODAY, ends_on=TODAY)
    granting.give(actor=head, user=officer, role=Role.DEPUTY, starts_on=TODAY)

    call_command("sweep", once=True)

    assert titles(officer) == ["授权"]
    assert titles(substitute) == []


def test_many_changes_are_told_in_batches_and_looking_for_none_is_one_query(
    head, officer, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("notices.account_changes.BATCH", 2)
    for number in range(5):
        granting.note_change(officer, AccountChange.What.GRANTED, f"第{number}项", by=head)

    assert [tell_of_changes() for _minute in range(4)] == [2, 2, 1, 0]

    with django_assert_num_queries(1):
        tell_of_changes()
