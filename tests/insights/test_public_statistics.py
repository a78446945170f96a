"""Everybody's statistics: the office's own figures, no rate of a few, no name of anybody."""

import csv
import html
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from insights import counting, kept
from petitions.models import Category, Round, Status
from tests.conftest import PHONE
from tests.factories import a_region, load_years
from tests.petitions.story import Story, an_office, moment

pytestmark = pytest.mark.django_db
NOW = "2026-11-20T10:00:00+08:00"
PAGE = "/statistics/"


@pytest.fixture
def office():
    """An office on Friday, 20 November 2026."""
    load_years(2026)
    with time_machine.travel(NOW, tick=False):
        yield an_office()


def counted(office, number, *, status=Status.CLOSED, at="2026-11-02 10:00", **facts):
    for _each in range(number):
        Story.brought_to(status, office, at=moment(at), **facts)
    counting.sweep()


def said(client, **asked):
    return html.unescape(client.get(PAGE, asked).content.decode())


def rows(client, kind, **asked):
    answer = client.get(reverse("insights:open_data", args=[kind]), asked)
    return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))


def test_five_cases_have_a_rate(client, office):
    counted(office, 5)

    page = said(client)

    assert "答复了 5 件，其中已解决 <strong>5</strong> 件（100.0%）。" in page
    assert "群众评价了 5 件，满意 <strong>5</strong> 件（100.0%）。" in page
    assert "一半的意见在 <strong>0</strong> 天以内，九成在 0 天以内。" in page
    assert rows(client, "areas")[0]["答复天数中位数"] == "0"


def test_four_cases_have_none(client, office):
    counted(office, 4)

    page = said(client)

    assert "答复了 4 件，其中已解决 <strong>4</strong> 件。" in page
    assert "100.0%" not in page
    assert "天以内" not in page
    assert rows(client, "areas")[0]["解决率（%）"] == ""
    assert {rows(client, kind)[0]["答复天数中位数"] for kind in ("areas", "topics")} == {""}


def test_what_was_answered_and_not_solved_is_said_apart(client, office):
    counted(office, 1, status=Status.TRACKING)

    assert "答复了还没有解决的 <strong>1</strong> 件：正在解决 1 件" in said(client)


def test_answers_without_an_outcome_are_named_beside_those_with_one(client, office):
    counted(office, 7)
    Round.objects.filter(pk__in=Round.objects.values("pk")[:2]).update(outcome="")
    counting.count_all_soon()
    counting.sweep()

    page = said(client)

    assert "答复了 7 件，其中已解决 <strong>5</strong> 件（71.4%）。" in page
    assert "未写明结果的 <strong>2</strong> 件，如历史台账导入的，也算在答复的件数里。" in page
    assert "只看写明结果的，已解决的占 100.0%。" in page
    assert "已解决的件数除以答复的件数；未写明结果的也在答复的件数里" in page
    [area] = rows(client, "areas")
    assert (area["答复"], area["已解决"], area["未写明结果"]) == ("7", "5", "2")


def test_an_answer_in_time_only_after_an_extension_is_told_apart_from_one_that_never_came(client, office):
    extended = Story.brought_to(Status.HANDLING, office, at=moment("2026-10-12 10:00"))
    extended.take("ask_extension")
    extended.take("decide_extension")
    extended.take("reply", at=moment("2026-10-30 10:00"))
    counted(office, 1, status=Status.HANDLING, at="2026-10-12 10:00")

    assert "未按时答复的 <strong>2</strong> 件中，延期后仍未按时的 1 件。" in said(client)
    [area] = rows(client, "areas")
    assert (area["到期应答复"], area["未按时答复"], area["延期后仍未按时"]) == ("2", "2", "1")
    figures = client.get("/api/v1/statistics/").json()["whole"]["figures"]
    assert (figures["late"], figures["late_extended"]) == (2, 1)


def test_every_figure_that_is_explained_stands_in_the_files(client, office):
    counted(office, 1)

    explained, heads = re.findall(r"<dt>([^<]+)</dt>", said(client)), " ".join(rows(client, "areas")[0])

    assert len(explained) > 10
    for word in explained:
        assert word in heads


def test_a_period_is_compared_only_where_both_have_five(client, office):
    counted(office, 4, at="2026-10-12 10:00")
    counted(office, 5)
    assert "上期" not in said(client, period="2026-11")

    counted(office, 1, at="2026-10-12 10:00")
    assert "上期 5 件。" in said(client, period="2026-11")


def test_a_county_opens_into_its_townships(client, office):
    counted(office, 1)

    [county] = rows(client, "areas")
    [township] = rows(client, "areas", area=county["代码"])

    assert (county["代码"], county["收到"]) == ("130503", "1")
    assert (township["代码"], township["收到"]) == (office.station.region.code[:9], "1")


def test_every_row_of_topics_and_months_says_which_area_it_is_of(client, office):
    counted(office, 1)
    county, township = a_region("130503"), office.station.region

    for kind in ("topics", "months"):
        for place in (county, township):
            of = {(row["地区"], row["地区代码"]) for row in rows(client, kind, area=place.code)}
            assert of == {(place.name, place.code)}
        assert {(row["地区"], row["地区代码"]) for row in rows(client, kind)} == {("全部地区", "")}


def test_cases_without_a_topic_are_counted_last(client, office):
    road = Category.objects.create(path="交通", name="交通", level=1)
    counted(office, 1)
    counted(office, 2, category=road)

    assert [(row["类别"], row["收到"]) for row in rows(client, "topics")] == [("交通", "2"), ("未分类", "1")]


def test_twelve_months_lead_up_to_the_end_of_the_period_and_none_that_has_not_begun(client, office):
    counted(office, 1)

    months = rows(client, "months", period="2026Q4")

    assert [months[0]["月份"], months[-1]["月份"]] == ["2025年12月", "2026年11月"]
    assert [row["收到"] for row in months if row["代码"] == "2026-11"] == ["1"]
    assert rows(client, "months", period="2026Q1")[-1]["月份"] == "2026年3月"


def test_years_are_offered_back_to_the_first_case_and_shown(client, office):
    counted(office, 1, status=Status.SUBMITTED, at="2015-03-02 10:00")

    page = said(client)

    assert re.findall(r'<option value="(\d{4})"', page) == [str(year) for year in range(2026, 2014, -1)]
    assert "收到群众意见 <strong>1</strong> 件" in said(client, period="2015")
    assert rows(client, "months", period="2015")[2]["收到"] == "1"
    assert client.get("/api/v1/statistics/?period=2015").json()["whole"]["figures"]["received"] == 1
    assert client.get(PAGE, {"period": "2014"}).status_code == 422


@pytest.mark.parametrize("asked", [{"period": "2026-13"}, {"period": "1999"}, {"area": "9"}, {"area": "'"}])
def test_a_period_or_place_that_does_not_exist_is_said_beside_the_field(client, office, asked):
    counted(office, 1)
    for address in (PAGE, reverse("insights:open_data", args=["areas"])):
        answer = client.get(address, asked)
        page = html.unescape(answer.content.decode())

        assert answer.status_code == 422
        assert "没有这一项，请重新选择。" in page
        assert not re.search("收到群众意见|<table|下载这张表", page)


def test_an_unknown_table_does_not_exist(client, office):
    assert client.get(reverse("insights:open_data", args=["people"])).status_code == 404


def test_before_anything_was_counted_the_page_says_so(client):
    assert "数字还没有统计出来" in said(client)


def test_the_date_of_the_figures_is_told(client, office):
    counted(office, 1)

    assert "数字截至2026年11月20日 10:00" in said(client)


def test_each_row_of_the_files_says_of_what_period_it_is_of_what_day_and_under_which_code(client, office):
    counted(office, 1, category=Category.objects.create(path="交通", name="交通", level=1))

    about = {
        kind: [rows(client, kind, period="2026Q4")[-1][name] for name in ("代码", "时段", "截至日期")]
        for kind in ("areas", "topics", "months")
    }

    assert about == {
        "areas": ["130503", "2026Q4", "2026-11-20"],
        "topics": ["交通", "2026Q4", "2026-11-20"],
        "months": ["2026-11", "2026-11", "2026-11-20"],
    }


def test_programs_are_told_the_moment_of_the_figures_the_period_and_the_code_of_a_topic(client, office):
    counted(office, 1, category=Category.objects.create(path="交通", name="交通", level=1))

    told = client.get("/api/v1/statistics/?period=2026Q4").json()

    assert told["counted_at"] == NOW
    assert [(topic["code"], topic["period"]) for topic in told["topics"]] == [("交通", "2026Q4")]
    assert told["months"][-1]["period"] == "2026-11"


def test_the_page_takes_as_many_queries_for_many_cases(client, office):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        return len(asked)

    counted(office, 1)
    one = queries()
    counted(office, 6)

    assert queries() == one <= 14


def test_a_citys_tables_are_made_once_until_figures_are_counted_again(client, office, monkeypatch, settings):
    monkeypatch.setattr(kept, "SHORT", 0)
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": "of-this-test"}}
    counted(office, 1)
    with time_machine.travel("2026-11-20T10:01:00+08:00", tick=False):
        client.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
    assert [query["sql"] for query in asked if "SUM(" in query["sql"] and "topic" in query["sql"]] == []

    with time_machine.travel("2026-11-20T10:02:00+08:00", tick=False):
        counted(office, 6)
        assert client.get(PAGE).context["whole"].figures["received"] == 7


def test_no_page_and_no_file_names_anybody(client, office):
    counted(office, 5)

    told = said(client) + "".join(
        client.get(reverse("insights:open_data", args=[kind])).content.decode()
        for kind in ("areas", "topics", "months")
    )

    for name in ("孟庆余", "郑代表", "联络员", office.deputy_person.name):
        assert name not in told.split("</footer>")[0].split("<footer")[0]


SEEN_WHOLE = """drawing => [...drawing.querySelectorAll("text, .chart-1 > *, .chart-2 > *")]
    .filter(each => getComputedStyle(each).display !== "none")
    .map(each => each.getBoundingClientRect())
    .every(box => box.left >= 0 && box.right <= innerWidth)"""
HEIGHT_OF_TYPE = """drawing => Math.min(...[...drawing.querySelectorAll("text")]
    .filter(each => getComputedStyle(each).display !== "none")
    .map(each => each.getBoundingClientRect().height))"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [320, 375, 600])
def test_all_months_of_a_chart_are_seen_on_a_phone_in_legible_type(open_page, office, width):
    counted(office, 5)
    phone = open_page(PHONE | {"width": width})

    phone.goto(PAGE)

    for drawing in phone.locator(".chart-drawing").all():
        assert drawing.evaluate(SEEN_WHOLE)
        assert drawing.evaluate(HEIGHT_OF_TYPE) >= 12
        assert drawing.locator(".chart-name", has_text="11月").is_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_fits_a_phone_in_both_sizes_and_is_accessible(open_page, axe, office):
    counted(office, 5)
    phone = open_page(PHONE)

    for _size in ("normal", "large"):
        phone.goto(PAGE)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe(phone)
        phone.locator("[data-type-form] button").click()
