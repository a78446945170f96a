"""The list of cases: filters in the address, leaves by key, and the same cases as a file."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.http import QueryDict

from accounts.models import Role
from petitions.models import Category, ClockLink, Petition, Status
from petitions.todo import Span, due_soon, first_due_soon
from tests.factories import a_region, a_user
from tests.ledgers import csv_lines, taken
from tests.petitions.story import Story, moment
from workdays.services import load_calendar


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield


def numbers(page):
    """The numbers of the cases on a page of the list, in order."""
    return re.findall(r"<span>(XD-\d+-\d+)</span>", page.content.decode())


def exported(browser, query=""):
    """The rows of the ledger file as dicts."""
    return csv_lines(browser, "petitions", **QueryDict(query).dict())


def many(office, count):
    """So many new cases, each an hour after the one before."""
    return [
        Story.begin(office, title=f"第{n}件", at=moment("2026-10-01 08:00") + timedelta(hours=n)).petition
        for n in range(count)
    ]


def test_every_filter_narrows_the_list_to_its_cases(office, brought_to, at_desk):
    plain = Story.begin(office).petition
    topic = Category.objects.create(path="城乡建设", name="城乡建设", level=1)
    deep = Category.objects.create(path="城乡建设/路灯", name="路灯", level=2, parent=topic)
    wanted = brought_to(Status.ACCEPTED, title="小学门口的井盖", category=deep, at=moment("2026-10-08 09:00"))
    wanted.take("hand_over", at=moment("2026-10-12 09:00"))
    Petition.objects.filter(pk=wanted.petition.pk).update(severity=2, nature="complex", current_round=2)
    browser = at_desk("committee")

    for query in (
        "status=handling",
        f"station={office.station.code}&q=井盖",
        f"q={wanted.petition.number.lower()}",
        f"organ={office.organ.code}",
        "category=城乡建设",
        "region=130503100&nature=complex",
        "severity=2",
        "round=2",
        "due=overdue",
        "until=2026-10-31",
    ):
        page = browser.get(f"/desk/petitions/?{query}")
        assert numbers(page) == [wanted.petition.number], query
        assert "共 <strong>1</strong> 件" in page.content.decode()
    assert set(numbers(browser.get("/desk/petitions/?status=open"))) == {plain.number, wanted.petition.number}


def test_with_an_organ_chosen_overdue_speaks_of_that_organ(office, brought_to, at_desk):
    story = brought_to(Status.HANDLING, at=moment("2026-10-08 09:00"))
    story.take("add_organ", at=moment("2026-11-02 09:00"))
    browser = at_desk("head")

    assert numbers(browser.get(f"/desk/petitions/?due=overdue&organ={office.organ.code}")) == [story.petition.number]
    assert numbers(browser.get(f"/desk/petitions/?due=overdue&organ={office.other_organ.code}")) == []


def test_a_paused_clock_and_a_residents_clock_are_not_overdue(brought_to, at_desk):
    asked = brought_to(Status.NEEDS_INFO, at=moment("2026-09-01 09:00"))
    told = brought_to(Status.RATING, at=moment("2026-09-01 09:00"))

    page = at_desk("head").get("/desk/petitions/?due=overdue")

    assert asked.petition.number not in numbers(page)
    assert told.petition.number not in numbers(page)


def test_what_is_due_soon_is_the_same_from_the_clocks_as_from_the_cases(office, brought_to):
    for status in (Status.SUBMITTED, Status.NEEDS_INFO, Status.HANDLING, Status.REVIEWING, Status.RATING):
        brought_to(status, at=moment("2026-10-08 09:00"))
    mixed = brought_to(Status.HANDLING, at=moment("2026-10-08 09:00"))
    mixed.take("add_organ", at=moment("2026-10-20 09:00"))
    calendar, seen = load_calendar(), set()

    for day in range(60):
        span = Span.of(calendar, date(2026, 10, 8) + timedelta(days=day))
        for owner in ({}, {"owner_organ__code": office.organ.code}):
            walked = set(Petition.objects.filter(first_due_soon(span, **owner)))
            assert walked == set(Petition.objects.filter(due_soon(span, **owner)))
            seen |= walked
            for stations in (None, [office.station.pk]):
                found = Petition.objects.filter(first_due_soon(span, stations=stations, clocks_first=True, **owner))
                assert set(found) == walked
                assert len(found) == len(walked)
    assert seen


def test_every_clock_of_a_case_answers_to_its_station(brought_to):
    for status in Status:
        if status not in (Status.MERGED, Status.WITHDRAWN):
            brought_to(status, at=moment("2026-10-08 09:00"))

    links = ClockLink.objects.select_related("clock", "petition")

    assert links
    assert all(link.clock.station_id == link.petition.station_id for link in links)


@pytest.mark.parametrize("query", ["due=soon", "todo=soon", "figure=late&period=2026Q4"])
@pytest.mark.parametrize("who", ["officer", "head", "committee", "city"])
def test_leaves_of_what_is_due_follow_one_another_too(office, brought_to, at_desk, monkeypatch, query, who):
    monkeypatch.setattr("petitions.views.desk.lists.LEAF", 2)
    monkeypatch.setattr("petitions.forms.filters.WEEK", timedelta(0))
    cases = [
        brought_to(Status.HANDLING, at=moment(f"2026-09-21 {hour:02}:00")).petition for hour in (9, 10, 11, 12, 13)
    ]
    part = cases[0].rounds.get().assignments.get()
    assert part.answer_clock.due_on.month in (10, 11, 12)
    today = part.answer_clock.due_on + timedelta(days=1) if "figure" in query else part.sign_in_clock.due_on

    with time_machine.travel(f"{today}T10:00:00+08:00"):
        browser = at_desk(a_user(Role.COMMITTEE, a_region("1305")) if who == "city" else who)
        address, found = f"/desk/petitions/?{query}", []
        last = numbers(browser.get(f"{address}&end=1"))
        while address:
            page = browser.get(address)
            found += numbers(page)
            address = page.context["older"]

    assert found == [case.number for case in reversed(cases)]
    assert last == found[-2:]


def test_a_filter_that_does_not_exist_finds_nothing_and_says_so(case, at_desk):
    page = at_desk("head").get("/desk/petitions/?station=nowhere").content.decode()

    assert "没有这一项，请重新选择。" in page
    assert case.petition.number not in page
    assert "共 <strong>" not in page


def test_each_condition_can_be_taken_away_again(case, at_desk):
    page = at_desk("head").get("/desk/petitions/?status=open&severity=0").content.decode()

    assert 'href="/desk/petitions/?severity=0"' in page
    assert 'href="/desk/petitions/?status=open"' in page


def test_leaves_follow_one_another_without_gaps_and_without_doubles(office, at_desk):
    cases = many(office, 120)
    browser = at_desk("head")

    seen, address = [], "/desk/petitions/?status=open"
    while address:
        page = browser.get(address)
        seen += numbers(page)
        older = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        address = older and older.group(1).replace("&amp;", "&")

    assert seen == [case.number for case in reversed(cases)]


@pytest.mark.parametrize(
    "address",
    ["/desk/petitions/?station=%00", "/desk/petitions/?q=%00", "/desk/petitions/%00/", "/api/v1/petitions/%00/"],
)
def test_a_zero_byte_in_an_address_is_a_bad_request(case, at_desk, address):
    assert at_desk("head").get(address).status_code == 400


@pytest.mark.parametrize("key", ["nonsense", "2026-13-45_1", "2026-11-01T00:00:00_x", "2026-11-09T00:00:00_1"])
def test_a_leaf_that_does_not_exist_is_the_first_one(case, at_desk, key):
    assert numbers(at_desk("head").get(f"/desk/petitions/?after={key}")) == [case.petition.number]


def test_an_empty_list_says_what_would_fill_it(office, at_desk):
    assert "还没有您能看到的意见" in at_desk("clerk").get("/desk/petitions/").content.decode()


def test_sixty_cases_take_no_more_queries_than_three(office, at_desk, django_assert_max_num_queries):
    many(office, 60)

    for name in ("officer", "head", "committee", "viewer", "deputy"):
        browser = at_desk(name)
        browser.get("/desk/petitions/")
        with django_assert_max_num_queries(8):
            browser.get("/desk/petitions/?status=open&due=soon")
        with django_assert_max_num_queries(8):
            assert len(numbers(browser.get("/desk/petitions/"))) == 60


# The ledger file


def test_the_ledger_holds_the_same_cases_as_the_list_with_the_same_filters(office, brought_to, at_desk):
    Story.begin(office)
    story = brought_to(Status.HANDLING)

    rows = exported(at_desk("head"), "status=handling")

    assert [row["编号"] for row in rows] == [story.petition.number]
    assert rows[0]["当前由谁办理"] == "信都区水务局"
    assert rows[0]["状态"] == "办理中"


def test_the_ledger_opens_in_excel_and_runs_no_formula(office, at_desk):
    Story.begin(office, title='=HYPERLINK("http://x","点我")')
    Story.begin(office, title="@SUM(1)")
    browser = at_desk("head")

    raw = taken(browser, "petitions", "csv")
    titles = {row["标题"] for row in exported(browser)}

    assert raw.startswith(b"\xef\xbb\xbf")
    assert titles == {'\'=HYPERLINK("http://x","点我")', "'@SUM(1)"}


def test_the_ledger_holds_no_identity_and_no_words_but_the_title(case, at_desk):
    browser = at_desk("officer")

    text = taken(browser, "petitions", "csv").decode()

    for secret in ("孟庆余", "13900000042", "老人晚上不敢出门"):
        assert secret not in text


def test_the_list_of_an_organ_takes_as_few_queries(brought_to, at_desk, django_assert_max_num_queries):
    story = brought_to(Status.HANDLING)

    for name in ("clerk", "leader"):
        browser = at_desk(name)
        browser.get("/desk/petitions/")
        with django_assert_max_num_queries(8):
            assert numbers(browser.get("/desk/petitions/")) == [story.petition.number]


def test_a_long_ledger_takes_no_more_queries_than_a_short_one(office, at_desk, django_assert_max_num_queries):
    many(office, 60)
    browser = at_desk("head")
    exported(browser)

    # Two more than reading it takes: whether it is too long for a request, and the record of who took it.
    with django_assert_max_num_queries(9):
        assert len(exported(browser)) == 60


def links(page):
    """Where the pager leads: words to address."""
    pager = page.content.decode().partition('<nav class="pager"')[2].partition("</nav>")[0]
    found = re.findall(r'href="([^"]+)">(?:<svg.*?</svg>)?([^<]+)', pager)
    return {words.strip(): address.replace("&amp;", "&") for address, words in found}


def test_the_last_leaf_is_one_press_away_and_leads_back_leaf_by_leaf(office, at_desk, monkeypatch):
    monkeypatch.setattr("petitions.views.desk.lists.LEAF", 3)
    cases = [case.number for case in reversed(many(office, 8))]
    browser = at_desk("head")

    first = browser.get("/desk/petitions/?status=open")
    assert set(links(first)) == {"下一页", "最后一页"}
    last = browser.get(links(first)["最后一页"])
    assert numbers(last) == cases[-3:]
    assert set(links(last)) == {"第一页", "上一页"}
    middle = browser.get(links(last)["上一页"])
    assert numbers(middle) == cases[2:5]
    assert set(links(middle)) == {"第一页", "上一页", "下一页", "最后一页"}
    assert numbers(browser.get(links(middle)["下一页"])) == cases[5:]
    top = browser.get(links(middle)["上一页"])
    assert numbers(top) == cases[:3]
    assert set(links(top)) == {"下一页", "最后一页"}


def test_behind_the_last_row_the_last_leaf_is_shown_with_the_way_back(office, at_desk, monkeypatch):
    monkeypatch.setattr("petitions.views.desk.lists.LEAF", 3)
    cases = [case.number for case in reversed(many(office, 5))]

    page = at_desk("head").get("/desk/petitions/?status=open&after=2020-01-01T00:00:00_1")

    assert numbers(page) == cases[-3:]
    assert set(links(page)) == {"第一页", "上一页"}


def test_a_long_list_is_counted_only_when_asked(office, at_desk, monkeypatch):
    monkeypatch.setattr("petitions.views.desk.lists.LEAF", 3)
    many(office, 4)
    browser = at_desk("head")

    page = browser.get("/desk/petitions/?status=open").content.decode()
    assert 'href="?status=open&amp;count=1"' in page
    assert "共 <strong>" not in page
    assert "共 <strong>4</strong> 件" in browser.get("/desk/petitions/?status=open&count=1").content.decode()


@pytest.mark.parametrize(
    ("who", "most"), [("officer", 8), ("head", 8), ("committee", 8), ("clerk", 9), ("leader", 9), ("deputy", 9)]
)
def test_a_leaf_takes_few_queries_whoever_reads_it(brought_to, at_desk, django_assert_max_num_queries, who, most):
    for hour in (9, 10, 11):
        brought_to(Status.HANDLING, at=moment(f"2026-10-08 {hour:02}:00"))
    browser = at_desk(who)
    for query in ("", "due=overdue&status=handling", "nature=ordinary", "todo=overdue"):
        with django_assert_max_num_queries(most):
            browser.get(f"/desk/petitions/?{query}")


def test_a_title_is_found_by_its_words_and_a_number_by_its_beginning_or_its_last_part(office, at_desk):
    wanted = Story.begin(office, title="5号楼路灯不亮", body="井盖也响。").petition
    Story.begin(office, title="井盖响", at=moment("2026-10-05 10:00"))
    browser = at_desk("officer")

    day, last = wanted.number[:11], wanted.number.rpartition("-")[2]
    for words in ("路灯", "不亮 5号", "５号", day.lower(), last, wanted.number):
        assert numbers(browser.get("/desk/petitions/", {"q": words})) == [wanted.number], words
    assert numbers(browser.get("/desk/petitions/", {"q": "井盖"})) != [wanted.number]
    assert numbers(browser.get("/desk/petitions/", {"q": "%_'"})) == []


def test_a_whole_citys_stations_are_offered_a_county_at_a_time(office, client):
    client.force_login(a_user(Role.COMMITTEE, a_region("1305")))

    offered = f'<option value="{office.station.code}"'
    assert offered not in client.get("/desk/petitions/").content.decode()
    assert offered in client.get("/desk/petitions/?region=130503").content.decode()
    assert f"{offered} selected" in client.get(f"/desk/petitions/?station={office.station.code}").content.decode()
