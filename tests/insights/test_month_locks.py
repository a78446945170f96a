"""Locked months: the figures stay as they were, and what changes afterwards says so."""

import datetime as dt
import html

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.models import Role
from insights import counting
from insights.errors import LedgerError
from insights.models import MonthLock
from insights.services import locks
from petitions.models import Status
from petitions.periods import Period
from tests.factories import a_region, a_user, load_years
from tests.ledgers import csv_lines
from tests.petitions.story import Story, an_office, moment

OCTOBER = Period.parse("2026-10")
PAGE = "/desk/ledgers/months/"


@pytest.fixture
def office(db):
    """An office with two cases of October and one of November, on 3 November 2026."""
    load_years(2026)
    with time_machine.travel("2026-11-03T10:00:00+08:00", tick=False):
        office = an_office()
        october = {"at": moment("2026-10-20 10:00")}
        office.quiet = Story.brought_to(Status.ACCEPTED, office, title="不再变化", **october)
        office.moving = Story.brought_to(Status.ACCEPTED, office, title="还要办理", **october)
        office.later = Story.begin(office, title="十一月的事", at=moment("2026-11-02 10:00"))
        yield office


def lock(office, user="head", region=None, month=OCTOBER):
    actor = getattr(office, user)
    return locks.lock_month(region=region or office.station.region, month=month, actor=actor)


def figure(changes, name):
    return next((each.locked, each.now) for each in changes if each.name == name)


def said(response):
    return html.unescape(response.content.decode())


def test_a_locked_month_keeps_its_figures_and_shows_what_they_are_now(office):
    locked = lock(office)
    total, stations = locks.compare(locked, office.head)
    received = next(each.name for each in total if each.locked == 2)
    assert stations == []

    Story.begin(office, title="补录的十月的事", at=moment("2026-10-30 10:00"))
    counting.sweep()
    total, stations = locks.compare(locked, office.head)

    assert figure(total, received) == (2, 3)
    (to,) = (each.to for each in total if each.name == received)
    assert to == f"/desk/petitions/?region={office.station.region_id}&figure=received&period=2026-10"
    assert [station for station, _changes in stations] == [office.station]
    assert figure(stations[0][1], received) == (2, 3)


def test_while_figures_are_being_counted_whoever_locks_is_told_to_wait(office):
    elsewhere = connection.copy()
    with elsewhere.cursor() as other, connection.cursor() as own:
        other.execute("SELECT pg_advisory_lock(%s)", [counting.LOCK])
        own.execute("SET lock_timeout = '100ms'")

        with pytest.raises(LedgerError, match="统计正在进行"):
            lock(office)
    elsewhere.close()

    assert lock(office).first_day == OCTOBER.first_day


def test_a_case_that_changed_after_the_lock_says_so_in_the_ledger(office, client):
    lock(office)
    client.force_login(office.head)
    assert {line["封存后有变化"] for line in csv_lines(client, "petitions")} == {""}

    office.moving.take("hand_over", at=moment("2026-11-05 09:00"))
    office.later.take("accept", at=moment("2026-11-05 09:00"))

    found = {line["标题"]: line["封存后有变化"] for line in csv_lines(client, "petitions")}
    assert found == {"还要办理": "2026-11-05", "不再变化": "", "十一月的事": ""}


def test_a_case_answered_in_a_locked_month_says_that_it_was_opened_again_and_a_note_says_nothing(office, client):
    with time_machine.travel("2026-11-10T10:00:00+08:00", tick=False):
        early = {"at": moment("2026-09-07 10:00")}
        closed = Story.brought_to(Status.CLOSED, office, title="九月提的，十月答复", **early)
        closed.petition.rounds.update(told_at=moment("2026-10-12 10:00"))
        handled = Story.brought_to(Status.HANDLING, office, title="只记了进展", at=moment("2026-10-26 10:00"))
        lock(office)
        closed.take("reopen", at=moment("2026-11-10 11:00"))
        handled.take("note_progress", at=moment("2026-11-10 11:00"))
    client.force_login(office.head)

    found = {line["标题"]: line["封存后有变化"] for line in csv_lines(client, "petitions")}

    assert found["九月提的，十月答复"] == "2026-11-10"
    assert found["只记了进展"] == ""


def test_only_who_sees_all_cases_of_the_place_is_led_to_those_of_a_changed_figure(office):
    locked = lock(office)

    for name, links in (("head", True), ("committee", True), ("viewer", True), ("officer", False)):
        total, _stations = locks.compare(locked, getattr(office, name))
        assert any(each.to for each in total) is links, name


def test_the_lock_of_a_county_holds_for_its_stations_and_that_of_another_does_not(office, client):
    far = a_region("130502")
    locks.lock_month(region=far, month=OCTOBER, actor=a_user(Role.COMMITTEE, far))
    client.force_login(office.head)
    office.moving.take("hand_over", at=moment("2026-11-05 09:00"))
    assert {line["封存后有变化"] for line in csv_lines(client, "petitions")} == {""}

    lock(office, "committee", region=a_region("130503"))
    with time_machine.travel("2026-11-06T10:00:00+08:00", tick=False):
        office.moving.take("sign_in", at=moment("2026-11-06 09:00"))

    found = {line["标题"]: line["封存后有变化"] for line in csv_lines(client, "petitions")}
    assert found["还要办理"] == "2026-11-06"


def test_a_month_is_locked_once_when_it_is_over_and_by_its_own_office(office):
    with pytest.raises(LedgerError, match="还没有结束"):
        lock(office, month=Period.parse("2026-11"))
    with pytest.raises(LedgerError, match="还没有结束"):
        lock(office, month=Period.parse("2026"))
    with pytest.raises(LedgerError, match="只能封存本级"):
        lock(office, "committee")
    with pytest.raises(LedgerError, match="只能封存本级"):
        lock(office, "viewer", region=a_region("130503"))
    lock(office)
    with pytest.raises(LedgerError, match="2026年10月已经由主席在2026年11月3日封存"):
        lock(office)
    assert MonthLock.objects.count() == 1


def test_a_month_that_is_not_over_is_refused_in_one_box(office, client):
    client.force_login(office.head)

    page = said(client.post(PAGE, {"region": office.station.region_id, "month": "2026-11"}))

    assert page.count('class="error-summary"') == 1
    assert "还没有结束" in page


def test_a_lock_is_never_edited_and_a_wrong_one_gets_a_note(office):
    locked = lock(office)
    for change in (
        lambda: MonthLock.objects.update(first_day=dt.date(2026, 9, 1)),
        lambda: locked.figures.update(figures={}),
        lambda: locked.figures.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()

    locks.add_note(lock=locked, text="漏录一件，应为3件。", actor=office.head)
    with pytest.raises(LedgerError, match="本级"):
        locks.add_note(lock=locked, text="不是本级。", actor=office.committee)
    assert [note.text for note in locked.notes.all()] == ["漏录一件，应为3件。"]


def test_who_reads_which_locks(office):
    locked = lock(office)
    county = lock(office, "committee", region=a_region("130503"))

    for name in ("head", "committee", "viewer", "officer"):
        assert set(locks.visible_locks(getattr(office, name))) == {locked, county}, name
    for name in ("clerk", "deputy", "admin"):
        assert not locks.visible_locks(getattr(office, name)).exists(), name


def test_a_month_is_locked_on_the_page_and_a_mistake_is_told_beside_the_field(office, client):
    client.force_login(office.head)
    page = said(client.get(PAGE))
    assert "封存一个月" in page
    typed = {"region": office.station.region.pk, "month": "2026-11"}

    early = client.post(PAGE, typed)
    done = client.post(PAGE, typed | {"month": "2026-10"}, follow=True)
    again = client.post(PAGE, typed | {"month": "2026-10"})

    assert early.status_code == 422
    assert "2026年11月还没有结束" in said(early)
    assert "此后数字没有变化" in said(done)
    assert "已经由主席" in said(again)
    noted = client.post(done.request["PATH_INFO"], {"text": "应为3件。"}, follow=True)
    assert "应为3件。" in said(noted)
    assert client.post(done.request["PATH_INFO"], {"text": " "}).status_code == 422


def test_the_dashboard_of_a_locked_month_leads_to_what_was_locked(office, client):
    locked = lock(office)
    client.force_login(office.head)

    october = said(client.get("/desk/dashboard/", {"period": "2026-10"}))
    quarter = said(client.get("/desk/dashboard/", {"period": "2026Q3"}))

    assert f'这个月在2026年11月3日封存，下面是现在的数字。<a href="{locked.get_absolute_url()}">' in october
    assert "封存，下面" not in quarter


def test_the_pages_of_locks_take_few_queries(office, client, django_assert_max_num_queries):
    locked = lock(office)
    client.force_login(office.viewer)

    with django_assert_max_num_queries(6):
        assert "封存一个月" not in said(client.get(PAGE))
    with django_assert_max_num_queries(9):
        assert client.get(reverse("insights:month_lock", args=[locked.pk])).status_code == 200
    client.force_login(office.clerk)
    assert client.get(PAGE).status_code == 403
