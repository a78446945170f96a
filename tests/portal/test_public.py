"""The public site: home, stations, deputies, published results, the size of the type."""

import datetime as dt
import html

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from deputies.models import Mandate
from insights import counting
from petitions.models import Petition, Status
from tests.conftest import PHONE
from tests.factories import StationFactory, a_deputy, a_reception, load_years
from tests.petitions.story import Story, an_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    load_years()
    return an_office()


def said(response):
    return html.unescape(response.content.decode())


def a_result(office, n=0):
    """A closed case whose summary was published a while ago."""
    story = Story.begin(office, title=f"原来的标题{n}", body=f"原来的内容{n}")
    Petition.objects.filter(pk=story.petition.pk).update(
        status=Status.CLOSED,
        closed_how="satisfied",
        outcome="resolved",
        publication="published",
        public_title=f"东街路灯维修{n}",
        summary="三盏路灯已经换新。",
        published_at=timezone.now() - dt.timedelta(minutes=n),
    )
    return story.petition


def test_home_opens_three_doors(client):
    page = said(client.get("/"))

    for door in ("petitions:new", "petitions:track", "portal:stations"):
        assert f'<a href="{reverse(door)}">' in page
    assert "12345" in page
    assert "110" in page


def test_home_tells_the_next_receptions_and_the_newest_results(client, office):
    a_reception(office.station, deputies=[office.deputy_person])
    a_reception(office.station, days=4, is_published=False, scope="还没有公布的内容")
    a_result(office)

    page = said(client.get("/"))

    assert "代表接待室" in page
    assert office.deputy_person.name in page
    assert "还没有公布的内容" not in page
    assert "东街路灯维修0" in page
    assert "原来的标题0" not in page


def test_home_counts_this_year_and_says_up_to_when(client, office):
    Story.begin(office)
    Story.begin(office, at=timezone.now() - dt.timedelta(days=800))
    Petition.objects.update(submitted_at=timezone.now())
    Petition.objects.filter(pk=Petition.objects.first().pk).update(submitted_at="2020-05-01T00:00Z")
    counting.sweep()

    page = said(client.get("/"))

    assert "收到意见 1 件，答复 0 件" in page


def test_a_station_page_tells_where_when_and_who(client, office):
    ended = a_deputy("卸任代表", station=office.station)
    ended.mandates.update(status=Mandate.Status.ENDED)
    office.station.rules = "接待：每月两次。\n登记：一事一件。"
    office.station.save()
    a_reception(office.station, deputies=[office.deputy_person])
    a_result(office)

    page = said(client.get(office.station.get_absolute_url()))

    for word in (office.station.name, "振兴路1号", "0319-0000101", "邢台市信都区南大郭镇", "一事一件", "乡镇人大代表"):
        assert word in page
    assert office.deputy_person.name in page
    assert "东街路灯维修0" in page
    assert "卸任代表" not in page
    assert f"{reverse('petitions:new')}?station={office.station.code}" in page
    assert '<img src="data:image/svg+xml' in page


def test_deputies_stand_under_their_highest_level(client, office):
    office.deputy_person.mandates.create(
        level=Mandate.Level.CITY, constituency="信都区", term="第十六届", starts_on=dt.date(2021, 1, 1)
    )

    page = said(client.get(office.station.get_absolute_url()))

    assert "<h3>市人大代表" in page
    assert "<h3>乡镇人大代表" not in page


def test_a_station_page_names_its_head_and_nothing_more_of_them(client, office):
    office.head.title = "镇人大主席"
    office.head.save()

    page = said(client.get(office.station.get_absolute_url()))

    assert "主席<" in page.replace("主席（", "主席<")
    assert "（镇人大主席）" in page
    assert office.head.email not in page
    assert office.head.username not in page


def test_days_to_come_say_whether_one_can_book_comes_later_or_not_at_all(client, office):
    a_reception(office.station, slot_minutes=20)
    a_reception(office.station, days=4, cancelled_at=timezone.now(), cancelled_why="代表外出")
    a_reception(office.station, days=5, meant_on=timezone.localdate(), moved_why="下大雪")

    page = said(client.get(office.station.get_absolute_url()))

    for word in ("还有 7 段可约", "已取消", "代表外出", "原定", "下大雪"):
        assert word in page


def test_home_announces_no_day_that_is_cancelled_or_over(client, office):
    a_reception(office.station, scope="取消的", cancelled_at=timezone.now(), cancelled_why="代表外出")
    a_reception(office.station, days=0, scope="小结了的", closed_at=timezone.now())
    a_reception(office.station, days=4, scope="照常的")

    page = said(client.get("/"))

    assert "照常的" in page
    assert "取消的" not in page
    assert "小结了的" not in page


def test_home_asks_by_kept_statements_and_follows_what_happens(client, office):
    client.get("/")
    a_reception(office.station, scope="后来安排的", deputies=[office.deputy_person])
    a_result(office, 7)
    counting.sweep()

    with CaptureQueriesContext(connection) as queries:
        page = said(client.get("/"))

    assert "后来安排的" in page
    assert "东街路灯维修7" in page
    assert [query["sql"].split()[0] for query in queries].count("EXECUTE") == 3
    with time_machine.travel(timezone.now() + dt.timedelta(days=400)):
        later = said(client.get("/"))
    assert "后来安排的" not in later
    assert "收到意见 0 件，答复 0 件" in later


def test_a_closed_station_has_no_page(client):
    assert client.get(StationFactory(active=False).get_absolute_url()).status_code == 404


def test_a_deputy_page_marks_what_has_ended(client, office):
    office.deputy_person.mandates.create(
        level=Mandate.Level.COUNTY,
        constituency="南大郭选区",
        term="第九届",
        starts_on=dt.date(2016, 1, 1),
        ends_on=dt.date(2021, 1, 1),
    )

    page = said(client.get(office.deputy_person.get_absolute_url()))

    assert "在任" in page
    assert "任期已满" in page
    assert office.station.name in page
    assert f"{reverse('petitions:new')}?deputy={office.deputy_person.code}" in page


def test_nobody_is_asked_to_write_to_a_deputy_without_a_mandate(client, office):
    office.deputy_person.mandates.update(status=Mandate.Status.SUSPENDED)

    page = said(client.get(office.deputy_person.get_absolute_url()))

    assert "暂停执行职务" in page
    assert "目前没有在任的代表资格" in page
    assert "向这位代表反映" not in page


def test_a_result_tells_the_summary_and_never_what_was_written(client, office):
    petition = a_result(office)

    page = said(client.get(reverse("portal:result", args=[petition.number])))

    assert "三盏路灯已经换新。" in page
    assert "已解决" in page
    for word in ("原来的标题0", "原来的内容0", "孟庆余", "13900000042"):
        assert word not in page


def test_what_is_not_published_has_no_result_page(client, office):
    story = Story.begin(office)

    assert client.get(reverse("portal:result", args=[story.petition.number])).status_code == 404


def test_every_result_stands_on_exactly_one_leaf(client, office):
    for n in range(25):
        a_result(office, n)

    first = said(client.get(reverse("portal:results")))
    last = Petition.objects.published().order_by("-published_at")[19]
    second = said(client.get(f"{reverse('portal:results')}?after={last.number}"))

    for n in range(25):
        assert (f">东街路灯维修{n}<" in first) != (f">东街路灯维修{n}<" in second)
    assert f"?after={last.number}" in first


@pytest.mark.parametrize("typed", ["", "南大郭", "没有这个地方"])
def test_stations_are_searched_and_an_empty_answer_says_what_to_do(client, office, typed):
    page = said(client.get(reverse("portal:stations"), {"q": typed}))

    assert (office.station.name in page) == (typed != "没有这个地方")
    assert ("换一个地名试试" in page) == (typed == "没有这个地方")


def test_the_size_of_the_type_is_kept_and_one_stays_on_the_page(client):
    response = client.post(reverse("portal:type_size"), {"type": "large", "next": "/stations/"})

    assert response.url == "/stations/"
    assert response.cookies["type"]["max-age"] == 365 * 24 * 3600
    assert 'data-type="large"' in said(client.get("/"))


@pytest.mark.parametrize("elsewhere", ["https://example.invalid/", "//example.invalid", "javascript:alert(1)"])
def test_the_switch_never_leads_to_another_site(client, elsewhere):
    response = client.post(reverse("portal:type_size"), {"type": "large", "next": elsewhere})

    assert response.url == "/"


@pytest.mark.parametrize("rows", [3, 60])
def test_every_page_costs_the_same_however_many_rows(client, office, rows, django_assert_max_num_queries):
    for n in range(rows):
        deputy = a_deputy(f"代表{n}", station=office.station)
        a_reception(office.station, days=n, deputies=[deputy, office.deputy_person])
        a_result(office, n)
        StationFactory()
    number = Petition.objects.first().number

    pages = [
        "/",
        "/stations/",
        "/stations/?q=南大郭",
        "/stations/?region=130503",
        office.station.get_absolute_url(),
        office.deputy_person.get_absolute_url(),
        "/receptions/",
        "/receptions/?q=南大郭",
        "/results/",
        f"/results/{number}/",
    ]
    for page in pages:
        with django_assert_max_num_queries(10):
            assert client.get(page).status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", ["/", "/stations/", "/receptions/", "/results/", "station", "deputy", "new", "track"])
def test_every_page_fits_a_phone_in_both_sizes_and_is_accessible(open_page, axe, office, page):
    a_reception(office.station, deputies=[office.deputy_person])
    a_result(office)
    address = {
        "station": office.station.get_absolute_url(),
        "deputy": office.deputy_person.get_absolute_url(),
        "new": f"{reverse('petitions:new')}?station={office.station.code}",
        "track": reverse("petitions:track"),
    }.get(page, page)
    phone = open_page(PHONE)

    for other_size in ("large", "normal"):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe(phone)
        phone.locator("[data-type-form] button").click()
        expect(phone.locator(f"html[data-type={other_size}]")).to_be_attached()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_case_is_brought_and_followed_without_javascript(open_page, office):
    phone = open_page(PHONE, java_script_enabled=False)
    phone.goto("/")
    phone.get_by_role("link", name="反映问题", exact=True).last.click()
    phone.get_by_label("您在哪个村、社区或乡镇").fill("南大郭")
    phone.get_by_role("button", name="查找").click()
    phone.get_by_role("link", name=office.station.name).click()
    phone.get_by_label("一句话说是什么事").fill("村口路灯不亮")
    phone.get_by_label("具体情况").fill("村口三盏路灯坏了半个月。")
    phone.get_by_text("匿名。谁也不告诉").click()
    phone.get_by_role("button", name="提交", exact=True).last.click()
    number, code = phone.locator(".code").all_inner_texts()

    phone.goto(reverse("petitions:track"))
    phone.get_by_label("编号").fill(number)
    phone.get_by_label("查询码").fill(code)
    phone.get_by_role("button", name="查询", exact=True).click()

    assert phone.get_by_role("heading", name="村口路灯不亮").is_visible()
    assert phone.get_by_text("联络站已经收到，正在审查是否受理。").is_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_receipts_link_brings_the_code_in_its_fragment(open_page):
    phone = open_page(PHONE)

    phone.goto(f"{reverse('petitions:track')}?number=XD-20261124-00042#K7M4Q-9T2XW")

    assert phone.get_by_label("编号").input_value() == "XD-20261124-00042"
    assert phone.get_by_label("查询码").input_value() == "K7M4Q-9T2XW"
    assert "K7M4Q" not in phone.url
