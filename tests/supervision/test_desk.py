"""The pages of ladder and terms."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from supervision import services
from supervision.models import Duty, Heartbeat, RuleChange, Rung, Term
from tests.factories import a_user

from .conftest import moment

RUNG = {
    "name": "预警",
    "offset": "-2",
    "colour": "yellow",
    "addressees": ["handler", "leader"],
    "start_severity": "1",
}


@pytest.fixture
def committee(office, client):
    client.force_login(office.committee)
    return client


@pytest.mark.parametrize("page", ["/desk/ladder/", "/desk/terms/"])
def test_everybody_with_a_role_reads_the_rules_and_only_the_committee_finds_links_to_change_them(
    office, client, page, django_assert_max_num_queries
):
    client.force_login(office.clerk)
    with django_assert_max_num_queries(10):
        text = client.get(page).content.decode()
    assert "修改“" not in text

    client.force_login(office.committee)
    assert f'href="{page}' in client.get(page).content.decode()


def test_the_page_warns_when_no_sweep_has_run_for_minutes(office, client):
    client.force_login(office.clerk)
    services.sweep()

    assert "没有运行" not in client.get("/desk/ladder/").content.decode()
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=4))
    assert "没有运行" in client.get("/desk/ladder/").content.decode()


def test_a_clerk_cannot_change_a_rung(office, client):
    client.force_login(office.clerk)
    rung = Rung.objects.get(name="预警")

    answer = client.post(f"/desk/ladder/{rung.pk}/", RUNG)

    assert answer.status_code == 403
    assert "代工委" in answer.content.decode()


def test_a_changed_rung_is_logged_and_open_clocks_climb_by_it(office, committee, answer_clock):
    clock = answer_clock()
    services.sweep(at=moment("2026-11-12 09:00"))
    rung = Rung.objects.get(name="预警")

    committee.post(f"/desk/ladder/{rung.pk}/", RUNG)
    services.sweep(at=moment("2030-01-01 09:00"))

    assert RuleChange.objects.get().what == "预警：距到期（工作日）由“-1”改为“-2”"
    assert clock.reminders.filter(rung=rung).count() == 1


def test_a_change_that_changes_nothing_is_not_logged(office, committee):
    rung = Rung.objects.get(name="预警")

    committee.post(f"/desk/ladder/{rung.pk}/", RUNG | {"offset": "-1"})

    assert RuleChange.objects.count() == 0


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"offset": "-3"}, "必须晚于前一级“提醒”（-3）"),
        ({"offset": "0"}, "必须早于后一级“催办”（0）"),
        ({"offset": "明天"}, "请填写整数"),
        ({"repeat_every": "5"}, "只有最后一级可以重复"),
        ({"addressees": []}, "请至少选择一类告知对象"),
        ({"must_acknowledge": "on"}, "出具督办单的一级才能要求回执"),
    ],
)
def test_a_rung_that_makes_no_sense_is_refused_in_a_sentence(committee, fault, sentence):
    rung = Rung.objects.get(name="预警")

    page = committee.post(f"/desk/ladder/{rung.pk}/", RUNG | fault).content.decode()

    assert sentence in page
    assert RuleChange.objects.count() == 0


def test_a_changed_term_holds_for_clocks_started_from_now_on(committee, answer_clock):
    before = answer_clock()
    term = Term.objects.get(duty=Duty.ANSWER, variant="")

    committee.post(f"/desk/terms/{term.pk}/", {"length": "7", "source": "本县规定"})

    before.refresh_from_db()
    after = answer_clock()
    assert (before.length, after.length) == (10, 7)
    assert after.source == "本县规定"
    assert "本县规定" in committee.get("/desk/terms/").content.decode()


def test_a_term_of_no_days_is_refused_and_what_was_typed_stays(committee):
    term = Term.objects.get(duty=Duty.ANSWER, variant="")

    page = committee.post(f"/desk/terms/{term.pk}/", {"length": "0", "source": "本县规定"}).content.decode()

    assert "期限至少为1" in page
    assert "本县规定" in page


def test_an_administrator_changes_terms_too(client, db):
    client.force_login(a_user(Role.ADMIN))
    term = Term.objects.first()

    assert client.get(f"/desk/terms/{term.pk}/").status_code == 200
