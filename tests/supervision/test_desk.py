"""The pages of ladder and terms."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Leave, Role
from notices.models import Message
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


def confirm(client, page, facts):
    """Look at what follows, and confirm it; return the page between the two."""
    shown = client.post(page, facts).content.decode()
    seal = re.search(r'name="seen" value="(\w+)"', shown).group(1)
    client.post(page, {**facts, "seen": seal})
    return shown


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

    confirm(committee, f"/desk/ladder/{rung.pk}/", RUNG)
    services.sweep(at=moment("2030-01-01 09:00"))

    assert RuleChange.objects.get().what == "预警：距到期（工作日）由“-1”改为“-2”"
    assert clock.reminders.filter(rung=rung).count() == 1


def test_a_change_that_changes_nothing_is_not_logged(office, committee):
    rung = Rung.objects.get(name="预警")

    confirm(committee, f"/desk/ladder/{rung.pk}/", RUNG | {"offset": "-1"})

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


def test_looking_at_what_a_rung_would_change_changes_nothing_and_names_the_clocks(office, committee, answer_clock):
    clock = answer_clock()  # due on Monday the 16th
    rung = Rung.objects.get(name="预警")
    with time_machine.travel("2026-11-13 09:00 +0800", tick=False):
        services.sweep()
        page = committee.post(f"/desk/ladder/{rung.pk}/", RUNG).content.decode()
        assert clock.title in page
        assert "有 1 个进行中的期限会在下一分钟发出督办" in page
        assert (Rung.objects.get(name="预警").offset, RuleChange.objects.count()) == (-1, 0)

        confirm(committee, f"/desk/ladder/{rung.pk}/", RUNG)
        services.sweep()
    assert clock.reminders.filter(rung=rung).count() == 1


def test_the_page_of_a_rung_names_the_people_it_tells_today_with_leave_and_substitute(office, committee):
    Leave.objects.create(
        user=office.clerk, substitute=office.leader, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30)
    )
    rung = Rung.objects.get(name="催办")
    asked = {"station": office.station.code, "organ": office.organ.code}
    with time_machine.travel("2026-11-13 09:00 +0800", tick=False):
        page = committee.get(f"/desk/ladder/{rung.pk}/", asked).content.decode()

    assert "经办（请假至2026年11月30日，由局长代理）" in page
    assert "<dd>主席</dd>" in page


def test_a_changed_term_holds_for_clocks_started_from_now_on(committee, answer_clock):
    before = answer_clock()
    term = Term.objects.get(duty=Duty.ANSWER, variant="")

    page = confirm(committee, f"/desk/terms/{term.pk}/", {"length": "7", "source": "本县规定"})

    assert "进行中的 1 个期限不变。改选“也按新期限调整”，会这样变动" in page
    assert "期限会变动" not in page
    before.refresh_from_db()
    after = answer_clock()
    assert (before.length, after.length) == (10, 7)
    assert after.source == "本县规定"
    assert "本县规定" in committee.get("/desk/terms/").content.decode()


def test_a_changed_term_moves_running_clocks_where_the_office_wants_so_and_tells_the_handlers(committee, answer_clock):
    clock, fixed, other = answer_clock(), answer_clock(length=10), answer_clock(variant="complex")
    done = answer_clock()
    services.stop(done, at=moment("2026-11-03 10:00"))
    term = Term.objects.get(duty=Duty.ANSWER, variant="")

    page = confirm(committee, f"/desk/terms/{term.pk}/", {"length": "12", "source": "本县规定", "running": "yes"})

    assert "2026年11月16日 → <b>2026年11月18日" in page
    assert "进行中的 1 个期限会变动" in page
    for each in (clock, fixed, other, done):
        each.refresh_from_db()
    assert (clock.due_on, clock.length, clock.source) == (date(2026, 11, 18), 12, "本县规定")
    assert [each.length for each in (fixed, other, done)] == [10, 22, 10]
    change = clock.changes.get()
    assert (change.old_due_on, change.new_due_on) == (date(2026, 11, 16), date(2026, 11, 18))
    assert RuleChange.objects.count() == 1
    assert [message.recipient.name for message in Message.objects.filter(topic=clock.topic)] == ["经办"]


def test_what_changed_between_preview_and_confirmation_is_shown_and_not_done(committee, answer_clock):
    answer_clock()
    term = Term.objects.get(duty=Duty.ANSWER, variant="")
    facts = {"length": "12", "source": "本县规定", "running": "yes"}
    shown = committee.post(f"/desk/terms/{term.pk}/", facts).content.decode()
    seal = re.search(r'name="seen" value="(\w+)"', shown).group(1)
    late = answer_clock("2026-11-03 10:00")

    page = committee.post(f"/desk/terms/{term.pk}/", {**facts, "seen": seal}).content.decode()

    assert "其间情况有了变化" in page
    assert "进行中的 2 个期限会变动" in page
    late.refresh_from_db()
    assert (late.length, RuleChange.objects.count(), Message.objects.count()) == (10, 0, 0)


def test_a_term_of_no_days_is_refused_and_what_was_typed_stays(committee):
    term = Term.objects.get(duty=Duty.ANSWER, variant="")

    page = committee.post(f"/desk/terms/{term.pk}/", {"length": "0", "source": "本县规定"}).content.decode()

    assert "期限至少为1" in page
    assert "本县规定" in page


def test_an_administrator_changes_terms_too(client, db):
    client.force_login(a_user(Role.ADMIN))
    term = Term.objects.first()

    assert client.get(f"/desk/terms/{term.pk}/").status_code == 200
