"""Ledgers of the office: taken from the list with its filters and rights, made by a worker when long, always on record."""

import datetime as dt
import html
import io
from copy import deepcopy

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Role
from deputies.ledgers import standing_rank
from deputies.models import Deputy, Mandate, Standing
from insights.ledgers import LEDGERS
from insights.models import LedgerTaking
from insights.permissions import visible_takings
from papers.models import Paper
from petitions.models import Petition, Status
from petitions.pressing import attach_clocks
from tests.factories import StationFactory, a_deputy, a_reception, a_region, a_user, load_years
from tests.ledgers import an_office_with_ledgers, csv_lines, lines, rows, taken
from tests.petitions.story import Story
from workdays.services import load_calendar

PAGE = "/desk/ledgers/"
NOW = "2026-11-24T10:00:00+08:00"
SECRETS = ("孟庆余", "13900000042", "南大郭村东街9号")


@pytest.fixture
def office(made, db):
    return deepcopy(made)


@pytest.fixture(scope="module")
def made(shared):
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


def said(response):
    return html.unescape(response.content.decode())


# What is in them


def test_every_ledger_comes_in_every_kind_and_names_no_resident(office, at_desk):
    browser = at_desk("committee")

    for ledger in LEDGERS:
        asked = {"deputy": office.deputy_person.code} if ledger.key == "duty-record" else {}
        assert rows(browser, ledger.key, **asked)[0][0], ledger.key
        book, flat = lines(browser, ledger.key, **asked), csv_lines(browser, ledger.key, **asked)
        assert len(book) == len(flat), ledger.key
        assert not any(secret in f"{book}{flat}" for secret in SECRETS), ledger.key
        if "pdf" in ledger.kinds:
            pages = PdfReader(io.BytesIO(taken(browser, ledger.key, "pdf", **asked))).pages
            text = "".join(page.extract_text() for page in pages)
            assert "盖章" in text, ledger.key
            assert not any(secret in text for secret in SECRETS), ledger.key


def test_the_ledgers_of_the_office_are_all_there_and_those_of_paper_can_be_signed():
    signed = {"reception-register", "petitions", "commitments", "supervision", "quarter", "duty-records", "duty-record"}
    others = {"suggestions", "activities", "roster", "meetings", "items", "papers", "deputies"}

    assert {ledger.key for ledger in LEDGERS} == signed | others
    assert {ledger.key for ledger in LEDGERS if "pdf" in ledger.kinds} == signed


def test_the_strike_off_ledger_says_who_handled_a_case_and_how_it_ended(office, at_desk):
    closed, running = (
        next(line for line in lines(at_desk("head"), "petitions") if line["编号"] == story.petition.number)
        for story in (office.closed, office.open)
    )

    assert (closed["状态"], closed["主办单位"], closed["群众评价"]) == ("办结", "信都区水务局", "满意")
    assert closed["办结时间"] == timezone.make_naive(office.closed.petition.closed_at).replace(second=0, microsecond=0)
    assert closed["当前事项"] is None
    assert (running["当前由谁办理"], running["办结时间"]) == ("信都区水务局", None)


def test_the_township_of_a_village_station_is_the_township(office, at_desk):
    village = StationFactory(region=a_region("130503100201"))
    office.open.petition.station = village
    office.open.petition.save(update_fields=["station"])

    townships = {line["编号"]: line["乡镇"] for line in csv_lines(at_desk("head"), "petitions")}

    assert set(townships.values()) == {"南大郭镇"}
    assert office.open.petition.number in townships


def test_the_ledgers_of_papers_name_the_case_that_a_paper_presses(office, at_desk):
    office.open.take("press")
    letters = [paper.case_number for paper in Paper.objects.exclude(kind=Paper.Kind.SUPERVISION)]

    [pressed] = lines(at_desk("committee"), "supervision")
    every = lines(at_desk("committee"), "papers")

    assert pressed["意见编号"] == office.open.petition.number
    assert sorted(line["意见编号"] for line in every) == sorted([*letters, office.open.petition.number])


def test_the_ledger_shows_the_clock_that_the_list_shows(office, at_desk):
    for number in range(3):
        Story.brought_to([Status.SUBMITTED, Status.NEEDS_INFO, Status.RATING][number], office, title=f"第{number}件")
    for name in ("head", "clerk", "deputy"):
        user = getattr(office, name)
        cases = list(Petition.objects.visible_to(user))
        attach_clocks(cases, user, load_calendar(), timezone.localdate())
        shown = {
            case.number: (str(case.clock.get_duty_display()), str(case.clock.owner or "群众"), str(case.clock.due_on))
            if case.clock
            else ("", "", "")
            for case in cases
        }

        found = csv_lines(at_desk(name), "petitions")

        assert {line["编号"]: (line["当前事项"], line["当前由谁办理"], line["到期日"]) for line in found} == shown


def test_a_commitment_stands_with_its_case_and_state(office, at_desk):
    for action in ("pass_reply", "rate"):
        office.promised.take(action)

    (line,) = lines(at_desk("committee"), "commitments", state="open")

    assert line["意见编号"] == office.promised.petition.number
    assert (line["承诺单位"], line["承诺事项"], line["状态"]) == ("信都区水务局", "更换路灯", "待兑现")
    assert line["承诺完成日期"].date() == dt.date(2026, 12, 1)
    assert lines(at_desk("committee"), "commitments", state="overdue") == []
    assert lines(at_desk("stranger"), "commitments") == []
    with time_machine.travel("2026-12-02T10:00:00+08:00"):
        assert len(lines(at_desk("committee"), "commitments", state="overdue")) == 1


def test_the_reception_register_is_open_to_those_who_may_open_the_notes(office, at_desk):
    for name, number in {"officer": 1, "head": 1, "deputy": 1, "stranger": 0}.items():
        found = lines(at_desk(name), "reception-register")
        assert [line["事由"] for line in found] == ["暖气不热"] * number, name
    assert at_desk("clerk").get(reverse("insights:ledger", args=["reception-register", "csv"])).status_code == 403


def test_the_roster_has_the_days_of_the_list(office, at_desk):
    a_reception(office.station, days=9, deputies=[office.deputy_person])

    coming, past = lines(at_desk("officer"), "roster"), lines(at_desk("officer"), "roster", past="1")
    year = lines(at_desk("officer"), "roster", since="2026-01-01", until="2026-12-31")

    assert [line["轮值代表"] for line in coming] == ["郑代表"]
    assert [line["日期"] for line in past + coming] == [line["日期"] for line in year]
    assert coming[0]["状态"] == "已公布"


def test_the_hours_of_a_reception_day_are_times(office, at_desk):
    a_reception(office.station, days=9)

    [day] = lines(at_desk("officer"), "roster")
    [same] = csv_lines(at_desk("officer"), "roster")

    assert (day["开始"], day["结束"]) == (dt.time(9), dt.time(11, 30))
    assert (same["开始"], same["结束"]) == ("09:00", "11:30")


def test_two_names_in_a_cell_stand_beside_each_other(office, at_desk):
    second = a_deputy("吴代表", station=office.station)
    second.memberships.create(station=StationFactory(name="李村镇代表联络站"), starts_on="2021-01-01")
    second.memberships.update(group="农业小组")
    second.mandates.create(
        level=Mandate.Level.TOWNSHIP, constituency="第二选区", term="第十一届", starts_on="2026-01-01"
    )
    a_reception(office.station, days=9, deputies=[office.deputy_person, second])

    [day] = csv_lines(at_desk("committee"), "roster")
    deputies = {line["编号"]: line for line in csv_lines(at_desk("committee"), "deputies")}

    assert day["轮值代表"] in ("郑代表、吴代表", "吴代表、郑代表")
    found = deputies[second.code]
    assert found["联络站"] == f"{office.station.name}；李村镇代表联络站"
    assert found["代表小组"] == "农业小组；农业小组"
    assert found["选举单位"] == "第一选区；第二选区"
    assert found["代表资格"].count("；") == 1


@pytest.mark.django_db
def test_a_mandates_standing_is_the_same_in_the_ledger_as_on_the_page():
    deputy, day = Deputy.objects.create(code="d", name="郑代表"), dt.date(2026, 11, 24)
    seat = {"level": 5, "constituency": "第一选区", "term": "第十届"}
    spans = [("2021-01-01", None), ("2021-01-01", "2026-11-23"), ("2021-01-01", "2026-11-24"), ("2026-11-25", None)]
    for status in Mandate.Status:
        for starts, ends in spans:
            deputy.mandates.create(status=status, starts_on=starts, ends_on=ends, **seat)

    for mandate in deputy.mandates.annotate(rank=standing_rank(day)):
        assert list(Standing)[mandate.rank] == mandate.standing(day)


def test_the_line_under_the_title_says_filters_moment_and_maker(office, at_desk):
    from tests.ledgers import sheet

    page = sheet(at_desk("head"), "petitions", status="closed")

    assert page["A1"].value == "群众意见销号台账"
    assert page["A2"].value == "条件：状态：办结　制表：2026-11-24 10:00 主席"


# The page


def test_one_page_offers_every_ledger_with_its_period_and_when_it_was_last_taken(
    office, at_desk, django_assert_max_num_queries
):
    browser = at_desk("head")
    taken(browser, "petitions", "csv")

    with django_assert_max_num_queries(7):
        page = browser.get(PAGE, {"period": "2026Q4"})

    text = said(page)
    assert "/desk/ledgers/petitions.xlsx?since=2026-10-01&until=2026-12-31" in text
    assert "/desk/ledgers/quarter.pdf?year=2026&q=4" in text
    assert "上次 2026年11月24日 10:00，3 行" in text
    for ledger in LEDGERS:
        assert (f"/desk/ledgers/{ledger.key}.xlsx" in text) == (ledger.key != "duty-record"), ledger.key
    assert "本人履职记录" in said(at_desk("deputy").get(PAGE))
    assert "联络站季度汇总" not in said(at_desk("clerk").get(PAGE))


def test_every_period_offered_leads_to_a_ledger(office, at_desk):
    for span in at_desk("head").get(PAGE).context["spans"]:
        page = at_desk("head").get(PAGE, {"period": span.code})
        assert page.context["period"] == span
        for row, _last in page.context["rows"]:
            address = reverse("insights:ledger", args=[row.ledger.key, "csv"])
            assert at_desk("head").get(f"{address}?{row.filters}").status_code == 200, (span, row.ledger.key)


def test_a_year_that_runs_offers_the_last_quarter_that_has_begun(office, at_desk):
    text = said(at_desk("head").get(PAGE, {"period": "2026"}))

    assert "/desk/ledgers/quarter.xlsx?year=2026&q=4" in text
    assert "2026年第4季度" in text


def test_what_is_no_ledger_is_not_found(office, at_desk):
    for key, kind in (("nonsense", "csv"), ("petitions", "docx"), ("deputies", "pdf")):
        assert at_desk("head").get(f"{PAGE}{key}.{kind}").status_code == 404


@pytest.mark.parametrize(
    "asked", ["since=bad", "status=nope", "holder=%27", "holder=organ-nowhere", "until=2026-13-01"]
)
def test_a_ledger_with_a_filter_that_there_is_not_is_refused_and_not_on_record(office, at_desk, asked):
    for kind in ("xlsx", "csv", "pdf"):
        answer = at_desk("head").get(f"{PAGE}petitions.{kind}?{asked}")

        form = at_desk("head").get(f"/desk/petitions/?{asked}").context["form"]
        [sentence] = form.errors[asked.partition("=")[0]]
        assert answer.status_code == 422, kind
        assert f"：{sentence}" in said(answer), kind
    assert not LedgerTaking.objects.exists()


def test_every_ledger_refuses_a_day_or_a_choice_that_there_is_not(office, at_desk):
    wrong = {
        "reception-register": "since=bad",
        "suggestions": "status=nope",
        "commitments": "until=bad",
        "duty-records": "station=nope",
        "activities": "year=x",
        "roster": "since=bad",
        "meetings": "organ=nope",
        "items": "state=nope",
        "supervision": "year=x",
        "papers": "kind=nope",
        "quarter": "region=nope",
        "deputies": "state=nope",
    }
    for key, asked in wrong.items():
        assert at_desk("committee").get(f"{PAGE}{key}.csv?{asked}").status_code == 422, key


def test_the_conditions_of_a_ledger_are_said_as_the_list_says_them(office, at_desk):
    from tests.ledgers import sheet

    browser = at_desk("head")
    for holder in (f"organ-{office.organ.code}", f"station-{office.station.code}", "nobody", "resident"):
        chips = browser.get("/desk/petitions/", {"holder": holder, "status": "open"}).context["form"].chips()
        conditions = "；".join(f"{chip['label']}：{chip['value']}" for chip in chips)

        page = sheet(browser, "petitions", holder=holder, status="open")

        assert page["A2"].value.startswith(f"条件：{conditions}　")
        assert holder not in conditions
    assert "在谁手里：群众" in conditions


def test_a_visitor_is_sent_to_sign_in(office, client):
    assert client.get(f"{PAGE}petitions.csv").status_code == 302
    assert client.get(PAGE).status_code == 302


# The record


def test_every_taking_is_on_record_and_stays_there(office, at_desk):
    for kind in ("csv", "xlsx", "pdf"):
        taken(at_desk("officer"), "petitions", kind, status="closed")

    found = LedgerTaking.objects.order_by("pk")

    assert [(one.user, one.ledger, one.kind, one.rows) for one in found] == [
        (office.officer, "petitions", kind, 1) for kind in ("csv", "xlsx", "pdf")
    ]
    assert {one.filters for one in found} == {"状态：办结"}
    for change in (lambda: found.update(rows=0), lambda: found.first().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_committee_reads_who_took_what_in_its_subtree(office, at_desk, django_assert_max_num_queries):
    far = a_user(Role.OFFICER, StationFactory(region=a_region("130502100")), name="远处联络员")
    for user in (far, "officer", "clerk", "deputy", "committee"):
        taken(at_desk(user), "petitions", "csv")

    browser = at_desk("committee")
    with django_assert_max_num_queries(6):
        page = said(browser.get(f"{PAGE}taken/"))

    assert visible_takings(office.committee).count() == 4
    assert "远处联络员" not in page
    assert "联络员" in page
    assert "远处联络员" in said(at_desk("admin").get(f"{PAGE}taken/"))
    assert at_desk("head").get(f"{PAGE}taken/").status_code == 403
