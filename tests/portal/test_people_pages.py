"""People, invitations and leaving office on the desk."""

import datetime as dt
import re

import pyotp
import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import second_factor
from accounts.leaving import close_accounts
from accounts.models import Invitation, Role, User
from accounts.tokens import make_token
from notices.account_changes import tell_of_changes
from notices.models import Message
from notices.services import deliver
from tests.factories import PASSWORD, StationFactory, UserFactory, a_deputy, a_region, a_user
from tests.petitions.story import an_office
from tests.petitions.test_public_submitting import said

pytestmark = pytest.mark.django_db
PEOPLE, INVITE = reverse("portal:people"), reverse("portal:invite")
NEW_PASSWORD = "qingchen-deng-7391"


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel("2026-11-24 10:00 +0800", tick=False):
        yield


@pytest.fixture
def office():
    return an_office()


@pytest.fixture
def head(client, office):
    client.force_login(office.head)
    return client


def invited(head, office, **facts):
    """Invite an officer; the page that shows the link once."""
    typed = {"name": "齐联络", "username": "qi.officer", "email": "qi@example.invalid"}
    typed |= {"scope": office.station.pk, "starts_on": "2026-11-24"}
    return head.post(f"{INVITE}?role=officer", typed | facts)


def path_in(page):
    return re.search(r"/accounts/invitation/[\w-]{43}/", said(page)).group()


def test_each_finds_the_people_of_their_own_scope_and_nobody_else_opens_the_list(client, office):
    mine = a_user(Role.DEPUTY)
    a_deputy(user=mine, station=office.station)
    found = {}
    for name in ("committee", "head", "leader", "admin", "officer", "clerk", "viewer", "privacy", "deputy"):
        client.force_login(getattr(office, name))
        page = client.get(PEOPLE)
        found[name] = {row.name for row in page.context["rows"]} if page.status_code == 200 else page.status_code

    assert found["leader"] == {"经办", "局长"}
    assert found["head"] == {"主席", "联络员", "外站联络员", "郑代表", mine.name}
    assert found["committee"] == found["head"] | {"代工委", "领导", "经办", "局长", "住建经办", "住建局长"}
    assert found["admin"] == found["committee"] | {"管理员", "保护负责人"}
    assert {found[name] for name in ("officer", "clerk", "viewer", "privacy", "deputy")} == {403}


def test_a_person_beyond_ones_scope_does_not_exist(head, office):
    stranger = a_user(Role.OFFICER, StationFactory(region=a_region("130502100")))
    pages = [reverse(f"portal:{name}", args=[stranger.pk]) for name in ("person", "give_right", "leave_office")]

    assert {head.get(page).status_code for page in pages} == {404}


def test_the_list_is_searched_and_shows_accounts_that_nobody_uses(head, office):
    User.objects.update(created_at=timezone.now() - dt.timedelta(days=200), last_login=timezone.now())
    User.objects.filter(pk=office.officer.pk).update(last_login=timezone.now() - dt.timedelta(days=91))

    assert [row.name for row in head.get(PEOPLE, {"q": "外站"}).context["rows"]] == ["外站联络员"]
    assert [row.name for row in head.get(PEOPLE, {"state": "unused"}).context["rows"]] == ["联络员"]
    invited(head, office)
    assert [row.name for row in head.get(PEOPLE, {"state": "waiting"}).context["rows"]] == ["齐联络"]


def test_the_list_is_read_leaf_by_leaf_in_few_questions(head, office, monkeypatch, django_assert_max_num_queries):
    for _number in range(5):
        a_user(Role.OFFICER, office.station)
    monkeypatch.setattr("portal.views.people.LEAF", 3)
    seen, address = [], PEOPLE
    while address:
        with django_assert_max_num_queries(8):
            page = head.get(address)
        seen += [row.username for row in page.context["rows"]]
        address = page.context["older"]

    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == page.context["total"]


def test_a_right_is_given_and_ended_on_the_desk(head, office):
    person = reverse("portal:person", args=[office.stranger.pk])
    given = {"scope": office.station.pk, "starts_on": "2026-11-24"}

    head.post(f"{person}grants/new/?role=officer", given)
    again = head.post(f"{person}grants/new/?role=officer", given)
    right = office.stranger.grants.get(station=office.station)
    head.post(f"{person}grants/{right.pk}/end/", {"on": "2026-11-30"})

    right.refresh_from_db()
    assert (again.status_code, "已有同样的授权" in said(again)) == (409, True)
    assert right.ends_on == dt.date(2026, 11, 30)
    page = said(head.get(person))
    assert "授权" in page
    assert "结束授权" in page
    assert "coming" not in page, "the reader's own rights stand in the menu, not the names of this page's groups"
    assert head.get(f"{person}grants/new/?role=head").status_code == 404


def test_an_invited_person_learns_who_invites_to_what_and_sets_a_password_once(client, head, office):
    path = path_in(invited(head, office))
    client.logout()
    page = client.get(path)
    user = User.objects.get(username="qi.officer")
    assert "主席邀请齐联络" in said(page)
    assert f"联络员：{office.station}" in said(page)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not user.has_usable_password()

    weak = client.post(path, {"new_password1": "1234567890", "new_password2": "1234567890"})
    assert weak.status_code == 422
    short = client.post(path, {"new_password1": "lamp77", "new_password2": "lamp77"})
    assert "密码太短，至少要 10 个字符。" in said(short)
    joined = client.post(path, {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})

    user.refresh_from_db()
    assert joined.url == reverse("accounts:login")
    assert user.check_password(NEW_PASSWORD)
    assert client.get(path).status_code == 404
    assert [change.what for change in user.account_changes.order_by("pk")] == ["invited", "granted", "joined"]


def test_the_message_carries_a_link_that_no_table_keeps(client, head, office, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    shown = path_in(invited(head, office))
    deliver()

    [letter] = mail.outbox
    sent = re.search(r"/accounts/invitation/[\w-]{43}/", letter.body).group()
    assert sent != shown
    assert {client.get(path).status_code for path in (sent, shown)} == {200}
    tokens = [path.split("/")[3] for path in (sent, shown)]
    kept = f"{list(Message.objects.values())}{list(Invitation.objects.values())}"
    assert not any(token in kept for token in tokens)


def test_a_new_link_ends_those_before_it_and_taking_back_ends_all(client, head, office):
    first = path_in(invited(head, office))
    user = User.objects.get(username="qi.officer")
    page = reverse("portal:person_invitation", args=[user.pk])

    second = path_in(head.post(page, {"do": "again"}))
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]
    head.post(page, {"do": "back"})

    user.refresh_from_db()
    assert client.get(second).status_code == 404
    assert not user.is_active
    assert not user.grants.exists()
    assert not Message.objects.filter(recipient=user, status=Message.Status.QUEUED).exists()


def test_forged_and_expired_links_have_one_answer(client, head, office):
    path = path_in(invited(head, office))

    with time_machine.travel("2026-12-01 10:01 +0800", tick=False):
        answers = [client.get(path), client.get("/accounts/invitation/forged-token/")]

    assert [(answer.status_code, "这个邀请链接打不开" in said(answer)) for answer in answers] == [(404, True)] * 2


def test_a_user_name_that_is_taken_is_said_beside_its_field_and_nothing_typed_is_lost(head, office):
    UserFactory(username="Qi.Officer")

    page = invited(head, office)

    assert page.status_code == 422
    assert "已经有人使用" in str(page.context["form"].errors["username"])
    assert page.context["form"]["name"].value() == "齐联络"


def test_who_is_given_a_right_is_told_and_an_office_is_left_empty_only_where_that_is_confirmed(head, office):
    person = reverse("portal:person", args=[office.officer.pk])
    head.post(f"{person}grants/new/?role=deputy", {"starts_on": "2026-11-24"})
    right = office.officer.grants.get(station=office.station)
    end = f"{person}grants/{right.pk}/end/"

    refused = head.post(end, {"on": "2026-11-24"})

    assert (refused.status_code, "没有人了" in str(refused.context["form"].errors["confirmed"])) == (409, True)
    right.refresh_from_db()
    assert right.ends_on is None
    assert head.post(end, {"on": "2026-11-24", "confirmed": "on"}).status_code == 302
    tell_of_changes()
    told = Message.objects.filter(recipient=office.officer).order_by("pk")
    assert [message.title for message in told] == ["您的账号有变动：授权", "您的账号有变动：结束授权"]
    assert "人大代表" in told[0].body


def test_an_administrator_takes_a_lost_second_factor_away_and_revokes_tokens_and_the_person_is_told(client, office):
    officer, secret = office.officer, second_factor.draw_secret()
    second_factor.set_up(user=officer, secret=secret, typed=pyotp.TOTP(secret).now())
    token, _ = make_token(user=officer, name="综治平台", scopes=["read"], expires_on=dt.date(2026, 12, 31))
    person = reverse("portal:person", args=[officer.pk])
    acts = [f"{person}second-factor/", f"{person}tokens/{token.pk}/revoke/"]

    client.force_login(office.head)
    assert "综治平台" not in said(client.get(person)).partition("变动记录")[0]
    assert [client.post(act, {"reason": "本人到场"}).status_code for act in acts] == [403, 403]
    client.force_login(office.admin)
    assert "综治平台" in said(client.get(person)).partition("变动记录")[0]
    assert [client.post(act, {"reason": "本人到场"}).status_code for act in acts] == [302, 302]

    assert [change.what for change in officer.account_changes.all()[:2]] == ["token_ended", "second_factor_off"]
    assert {change.actor for change in officer.account_changes.all()[:2]} == {office.admin}
    tell_of_changes()
    told = Message.objects.filter(recipient=officer, body__contains="由管理员办理")
    assert {message.title for message in told} == {"您的账号有变动：取消两步验证", "您的账号有变动：停用接口令牌"}
    assert client.post(acts[0], {"reason": "本人到场"}).status_code == 409


def test_an_administrator_gives_a_lost_password_anew_and_the_person_changes_it_at_once(client, office):
    officer, theirs = office.officer, Client()
    give = reverse("portal:give_password", args=[officer.pk])
    theirs.post(reverse("accounts:login"), {"username": officer.username, "password": PASSWORD})
    client.force_login(office.head)
    assert client.post(give, {"reason": "本人到场"}).status_code == 403
    client.force_login(office.admin)
    assert "请填写" in said(client.post(give, {"reason": ""}))
    assert theirs.get("/desk/").status_code == 200

    page = client.post(give, {"reason": "本人到场，核对了工作证"})

    given = page.context["password"]
    assert given in said(page)
    assert given not in said(client.get(reverse("portal:person", args=[officer.pk])))
    assert theirs.get("/desk/").status_code == 302
    change = officer.account_changes.first()
    assert (change.what, change.actor, change.text) == ("password_given", office.admin, "本人到场，核对了工作证")
    entered = theirs.post(reverse("accounts:login"), {"username": officer.username, "password": given})
    assert entered.url.startswith(reverse("accounts:password"))
    assert theirs.get("/desk/").status_code == 302


def test_nobody_comes_to_the_rights_of_a_superuser_by_a_password(client, office):
    User.objects.filter(pk=office.committee.pk).update(is_superuser=True)
    client.force_login(office.admin)

    refused = client.post(reverse("portal:give_password", args=[office.committee.pk]), {"reason": "本人到场"})

    assert refused.status_code == 409
    assert not office.committee.account_changes.exists()
    assert "重设密码" not in said(client.get(reverse("portal:person", args=[office.committee.pk])))


def test_an_administrator_ends_somebodys_sessions(client, office):
    theirs, end = Client(), reverse("portal:end_persons_sign_ins", args=[office.officer.pk])
    theirs.post(reverse("accounts:login"), {"username": office.officer.username, "password": PASSWORD})
    assert theirs.get("/desk/").status_code == 200

    client.force_login(office.head)
    assert client.post(end).status_code == 403
    client.force_login(office.admin)
    assert "正在 1 处登录" in said(client.get(reverse("portal:person", args=[office.officer.pk])))
    client.post(end)

    assert theirs.get("/desk/").status_code == 302
    assert office.officer.account_changes.get().what == "sign_ins_ended"


def test_nothing_is_given_to_who_has_left_until_an_administrator_opens_the_account_again(client, head, office):
    officer, person = office.officer, reverse("portal:person", args=[office.officer.pk])
    acts = {f"{person}grants/new/?role=officer": {"scope": office.station.pk, "starts_on": "2026-11-24"}}
    acts[f"{person}leave-office/"] = {"last_day": "2026-11-24", "confirmed": "on"}
    assert all(act.partition("?")[0] in said(head.get(person)) for act in acts)
    head.post(f"{person}leave-office/", {"last_day": "2026-11-23", "confirmed": "on"})
    held = officer.account_changes.count()

    assert not any(act.partition("?")[0] in said(head.get(person)) for act in acts)
    for act, typed in acts.items():
        assert "这个账号已停用" in said(head.get(act, follow=True))
        assert "这个账号已停用" in said(head.post(act, typed, follow=True))
    assert officer.account_changes.count() == held
    officer.refresh_from_db()
    assert not officer.is_active

    root = UserFactory(is_superuser=True)
    client.force_login(root)
    edited = {"username": officer.username, "name": officer.name, "is_active": "on", "grants-TOTAL_FORMS": "0"}
    client.post(f"/admin/accounts/user/{officer.pk}/change/", edited | {"grants-INITIAL_FORMS": "0"})
    assert close_accounts() == 0
    client.force_login(office.head)
    client.post(*next(iter(acts.items())))

    assert officer.grants.filter(ends_on=None).count() == 1


def test_a_leavers_page_shows_what_they_hold_and_tells_the_successor(head, office):
    page = reverse("portal:leave_office", args=[office.officer.pk])
    # Somebody who was invited and has not joined is nobody yet.
    invited(head, office)
    assert [holding.is_alone for holding in head.get(page).context["holdings"]] == [True]

    refused = head.post(page, {"last_day": "2026-11-24"})
    taken = head.post(page, {"last_day": "2026-11-24", "successor": office.stranger.pk})

    assert (refused.status_code, "没有人了" in str(refused.context["form"].errors["successor"])) == (409, True)
    assert taken.url == reverse("portal:person", args=[office.officer.pk])
    assert office.stranger.grants.get(station=office.station).starts_on == dt.date(2026, 11, 25)
    assert "接任" in Message.objects.get(recipient=office.stranger).title
