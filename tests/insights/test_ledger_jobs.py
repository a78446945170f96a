"""Long ledgers: ordered by their maker, made by a worker, kept for a week."""

import datetime as dt
import html
from threading import Barrier, Thread

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Grant, Role
from insights.errors import LedgerError
from insights.ledgers import BY_KEY
from insights.models import LedgerJob, LedgerTaking
from insights.services import jobs, taking
from petitions.models import Petition
from tests.factories import a_note, a_reception, a_user, load_years
from tests.ledgers import an_office_with_ledgers
from tests.petitions.story import moment

PAGE = "/desk/ledgers/"
NOW = "2026-11-24T10:00:00+08:00"


@pytest.fixture
def office(db):
    """An office with one of everything that a ledger lists."""
    load_years(2026)
    with time_machine.travel(NOW, tick=False):
        yield an_office_with_ledgers()


@pytest.fixture
def at_desk(client, office):
    def sign_in(name):
        client.force_login(getattr(office, name) if isinstance(name, str) else name)
        return client

    return sign_in


@pytest.fixture
def few(monkeypatch):
    """Two rows are as many as a request makes."""
    monkeypatch.setattr("insights.views.ledgers.LARGE", 2)


def said(response):
    return html.unescape(response.content.decode())


def ordered(browser, key="petitions", kind="csv", query=""):
    """Order a long ledger and return its job."""
    answer = browser.post(reverse("insights:ledger", args=[key, kind]) + query)
    assert answer.status_code == 302, said(answer)
    return LedgerJob.objects.latest("pk")


def fetched(browser, job):
    return browser.get(reverse("insights:ledger_job_file", args=[job.pk]))


def test_a_long_ledger_is_ordered_made_and_fetched_by_its_maker(office, at_desk, few, django_assert_max_num_queries):
    browser = at_desk("head")
    asked = browser.get(f"{PAGE}petitions.xlsx?since=2026-01-01")
    assert "超过 2 行" in said(asked)
    assert not LedgerJob.objects.exists()

    job = ordered(browser, kind="xlsx", query="?since=2026-01-01")
    waiting = browser.get(job.get_absolute_url())
    assert waiting["Refresh"] == "3"
    assert "<progress" in said(waiting)
    assert fetched(browser, job).status_code == 404

    assert jobs.work_off() == 1
    job.refresh_from_db()
    assert (job.total, job.done) == (3, 3)
    with django_assert_max_num_queries(6):
        done = browser.get(job.get_absolute_url())
    assert "Refresh" not in done
    assert "3 行做好了" in said(done)
    assert b"".join(fetched(browser, job).streaming_content)[:2] == b"PK"
    assert LedgerTaking.objects.get().rows == 3
    assert fetched(at_desk("committee"), job).status_code == 404
    assert at_desk("committee").get(job.get_absolute_url()).status_code == 404


def test_pressing_twice_is_one_order(office, at_desk, few):
    first, second = ordered(at_desk("head")), ordered(at_desk("head"))
    other = ordered(at_desk("head"), query="?since=2026-01-01")

    assert first == second
    assert first != other


def test_a_made_ledger_has_the_rows_of_the_list(office, at_desk, few):
    job = ordered(at_desk("committee"))
    jobs.work_off()

    text = b"".join(fetched(at_desk("committee"), job).streaming_content).decode("utf-8-sig")

    assert all(number in text for number in Petition.objects.values_list("number", flat=True))


def test_whoever_lost_a_right_does_not_get_what_was_read_under_it(office, at_desk, few):
    job = ordered(at_desk("head"))
    jobs.work_off()
    Grant.objects.filter(user=office.head).update(ends_on=dt.date(2026, 11, 1))
    Grant.objects.create(user=office.head, role=Role.OFFICER, station=office.station, starts_on=dt.date(2026, 1, 1))

    answer = fetched(at_desk("head"), job)

    assert answer.status_code == 403
    assert "授权有变化" in said(answer)
    assert not LedgerTaking.objects.exists()


def test_whoever_lost_the_role_before_it_was_made_gets_nothing_made(office, at_desk, few):
    a_note(a_reception(office.station, days=-2), office.officer)
    a_note(a_reception(office.station, days=-3), office.officer)
    job = ordered(at_desk("head"), key="reception-register")
    Grant.objects.filter(user=office.head).update(role=Role.CLERK, region=None, organ=office.organ)

    jobs.work_off()

    job.refresh_from_db()
    assert "授权已经变化" in job.failed_why
    assert not job.file


def test_a_job_whose_worker_died_is_made_by_the_next_one(office, at_desk, few):
    job = ordered(at_desk("head"))
    assert jobs._take() == job  # and its worker is killed
    assert jobs.work_off() == 0

    with time_machine.travel(moment("2026-11-24 10:04"), tick=False):
        assert jobs.work_off() == 1
    job.refresh_from_db()
    assert job.finished_at


def test_a_worker_that_was_given_up_writes_nothing_any_more(office, at_desk, few):
    ordered(at_desk("head"))
    late = jobs._take()
    with time_machine.travel(moment("2026-11-24 10:04"), tick=False):
        jobs.work_off()
    made = LedgerJob.objects.get().file.name

    jobs._make(late)

    assert LedgerJob.objects.get().file.name == made
    assert len(default_storage.listdir("ledgers")[1]) >= 1
    assert default_storage.exists(made)


def test_a_job_that_always_breaks_is_given_up_and_tried_again_on_request(office, at_desk, few, monkeypatch):
    job = ordered(at_desk("head"))
    monkeypatch.setattr(jobs, "write", lambda *_args, **_facts: 1 / 0)
    jobs.work_off()
    page = at_desk("head").get(job.get_absolute_url())
    assert "制作时出错" in said(page)
    monkeypatch.undo()

    assert at_desk("head").post(job.get_absolute_url()).status_code == 302
    jobs.work_off()

    job.refresh_from_db()
    assert job.finished_at
    assert "不用重试" in said(at_desk("head").post(job.get_absolute_url()))


def test_a_filter_that_is_gone_when_its_ledger_is_made_is_named(office, at_desk, few):
    job = ordered(at_desk("head"))
    LedgerJob.objects.update(asked="station=closed-down")

    jobs.work_off()

    job.refresh_from_db()
    assert job.failed_why == "联络站：没有这一项，请重新选择。"


def test_a_killed_job_is_not_begun_for_ever(office, at_desk, few):
    job = ordered(at_desk("head"))
    for minute in (0, 4, 8):
        with time_machine.travel(moment(f"2026-11-24 10:{minute:02}"), tick=False):
            assert jobs._take() == job

    with time_machine.travel(moment("2026-11-24 10:12"), tick=False):
        assert jobs._take() is None
    job.refresh_from_db()
    assert "中断" in job.failed_why


def test_files_are_removed_after_seven_days_and_the_record_stays(office, at_desk, few):
    job = ordered(at_desk("head"))
    jobs.work_off()
    assert list(fetched(at_desk("head"), job).streaming_content)
    job.refresh_from_db()

    with time_machine.travel(moment("2026-12-01 09:59"), tick=False):
        assert jobs.remove_old() == 0
    with time_machine.travel(moment("2026-12-01 10:01"), tick=False):
        assert jobs.remove_old() == 1

    assert not default_storage.exists(job.file.name)
    assert not LedgerJob.objects.exists()
    assert LedgerTaking.objects.count() == 1


def test_more_rows_than_excel_holds_are_refused_in_words(office, at_desk, few, monkeypatch):
    monkeypatch.setattr("papers.sheet_files.MOST_ROWS", 2)
    job = ordered(at_desk("head"), kind="xlsx")

    jobs.work_off()

    job.refresh_from_db()
    assert "导出CSV" in job.failed_why


def test_a_book_too_thick_to_sign_is_refused_in_words(office, at_desk, monkeypatch):
    monkeypatch.setattr(taking, "ON_PAPER", 2)

    answer = at_desk("head").get(f"{PAGE}petitions.pdf")

    assert answer.status_code == 422
    assert "不宜打印成册" in said(answer)
    assert not LedgerTaking.objects.exists()


def test_a_refused_paper_raises_a_sentence(office, monkeypatch):
    from django.http import QueryDict

    monkeypatch.setattr(taking, "ON_PAPER", 0)
    ledger = BY_KEY["petitions"]
    with pytest.raises(LedgerError, match="请缩小范围"):
        taking.take(ledger, "pdf", ledger.ask(office.head, QueryDict()), user=office.head, asked=QueryDict())


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_make_the_same_ledger():
    user = a_user(Role.HEAD)
    for number in range(2):
        LedgerJob.objects.create(
            ledger="petitions", kind="csv", title="台账", asked=f"q={number}", made_by=user, made_at=timezone.now()
        )
    ready, took = Barrier(2), []

    def work():
        ready.wait()
        took.append(jobs._take().pk)
        connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(set(took)) == 2


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_of_ledgers_is_accessible_and_fits_a_phone(live_server, phone, axe, client, settings):
    load_years(2026)
    client.force_login(a_user(Role.COMMITTEE))
    name = settings.SESSION_COOKIE_NAME
    phone.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    phone.goto(PAGE)

    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 375
