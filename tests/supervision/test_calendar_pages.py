"""Before the calendar changes, the page says which clocks and messages move; nothing moves by looking."""

import datetime as dt
import re

import pytest
import time_machine

from notices.models import Message
from notices.services import tell
from supervision import services
from workdays.models import CalendarChange
from workdays.services import load_calendar

from .conftest import moment

DAY = {"date": "2026-11-10", "kind": "休", "name": "暴雪停工", "source": "市政府通知〔2026〕9号"}
HOURS = {"opens": "09:00", "closes": "17:00"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-11-05 18:00 +0800", tick=False):
        yield


@pytest.fixture
def committee(office, client):
    client.force_login(office.committee)
    return client


def seal_of(page):
    return re.search(r'name="seen" value="(\w+)"', page).group(1)


def test_the_clocks_that_a_day_moves_are_shown_before_it_is_saved_and_move_after(committee, answer_clock):
    clock, early = answer_clock(), answer_clock(length=2)

    page = committee.post("/desk/calendar/day/", DAY).content.decode()

    assert "进行中的 1 个期限会变动" in page
    assert "2026年11月16日 → <b>2026年11月17日" in page
    assert load_calendar().is_workday(dt.date(2026, 11, 10))
    assert not CalendarChange.objects.filter(what__contains="暴雪").exists()
    services.sweep()
    clock.refresh_from_db()
    assert clock.due_on == dt.date(2026, 11, 16)

    committee.post("/desk/calendar/day/", {**DAY, "seen": seal_of(page)})
    services.sweep()
    clock.refresh_from_db()
    early.refresh_from_db()
    assert (clock.due_on, early.due_on) == (dt.date(2026, 11, 17), dt.date(2026, 11, 4))
    assert "暴雪停工" in clock.changes.get().why


def test_a_calendar_that_changed_since_the_preview_is_shown_again(office, committee, answer_clock):
    answer_clock()
    seal = seal_of(committee.post("/desk/calendar/day/", DAY).content.decode())
    answer_clock()

    page = committee.post("/desk/calendar/day/", {**DAY, "seen": seal}).content.decode()

    assert "其间情况有了变化" in page
    assert "进行中的 2 个期限会变动" in page
    assert load_calendar().is_workday(dt.date(2026, 11, 10))


def test_new_office_hours_say_how_many_messages_wait_for_them_and_put_them_there(office, committee):
    tell(to=[office.clerk, office.leader], title="题", topic="t", key="k", at=moment("2026-11-05 18:00"))
    assert {m.next_try_at for m in Message.objects.all()} == {moment("2026-11-06 08:30")}

    page = committee.post("/desk/calendar/hours/", HOURS).content.decode()
    assert "有 2 条等待发送的通知" in page
    assert {m.next_try_at for m in Message.objects.all()} == {moment("2026-11-06 08:30")}
    committee.post("/desk/calendar/hours/", {**HOURS, "seen": seal_of(page)})

    assert {m.next_try_at for m in Message.objects.all()} == {moment("2026-11-06 09:00")}


def test_earlier_office_hours_bring_forward_what_waits_for_the_old_opening_only(office, committee):
    tell(to=[office.clerk], title="题", topic="t", key="k", at=moment("2026-11-05 18:00"))
    tell(to=[office.clerk], title="题", topic="t", key="l", at=moment("2026-11-06 10:15"))
    hours = {"opens": "08:00", "closes": "17:00"}

    page = committee.post("/desk/calendar/hours/", hours).content.decode()
    committee.post("/desk/calendar/hours/", {**hours, "seen": seal_of(page)})

    times = Message.objects.order_by("next_try_at").values_list("next_try_at", flat=True)
    assert list(times) == [moment("2026-11-06 08:00"), moment("2026-11-06 10:15")]


def test_a_day_without_a_year_that_can_be_is_refused_and_what_is_missing_is_said_as_everywhere(committee):
    facts = {"kind": "休", "name": "检修", "source": "通知"}
    for date in ("0001-01-01", "9999-12-31"):
        page = committee.post("/desk/calendar/day/", {**facts, "date": date}).content.decode()
        assert "请填写2000年到2100年之间的年份。" in page
        assert "保存前请核对" not in page

    page = committee.post("/desk/calendar/day/", {"name": ""}).content.decode()

    assert "日期：请填写这一项。" in page
    assert "这一天：请选择一项。" in page
