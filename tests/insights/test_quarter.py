"""Stations as the level above reads them: the quarter's figures, their rows, and who has been silent for long."""

import datetime as dt
import html
import io
import re
from copy import deepcopy
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Role
from deputies.models import Appointment, Deputy, Membership, Note, Reception, Turn
from insights.permissions import watched_stations
from insights.quarter import COLUMNS, Quarter, rows_of, summary, total
from petitions.models import Petition
from stations.models import Checklist, Station
from supervision.models import Duty
from supervision.services import start
from tests.factories import StationFactory, a_deputy, a_note, a_reception, a_region, a_user, load_years
from tests.ledgers import csv_lines, rows, sheet, taken
from tests.petitions.story import Story, an_office
from tests.stations.test_checklists import an_inspection

FOURTH = Quarter(2026, 4)


@pytest.fixture
def office(made, db):
    return deepcopy(made)


@pytest.fixture(scope="module")
def made(shared):
    """A station with five deputies and a fourth quarter of two held days, one cancelled, one to come."""
    load_years()
    with time_machine.travel("2026-11-24T10:00:00+08:00"):
        office = an_office()
        office.team = [office.deputy_person, *(a_deputy(f"代表{n}", station=office.station) for n in range(4))]
        first = a_held_day(office, days=-7, present=office.team[:2])
        second = a_held_day(office, days=-8, present=office.team[:1])  # the same week as the first
        a_reception(office.station, days=-20, deputies=office.team[:1], cancelled_at=first.closed_at)
        a_reception(office.station, days=9, deputies=office.team[1:3])
        a_reception(office.station, days=60)  # of another quarter
        a_note(first, office.officer, visitors=3, deputy=office.team[0], outcome="answered")
        a_note(first, office.officer, visitors=1, deputy=office.team[1])
        office.note = a_note(second, office.officer, visitors=2, deputy=office.team[0])
        story = Story.begin(office, title="从接待记录来的事")
        Petition.objects.filter(pk=story.petition.pk).update(note=office.note)
        a_booking(first, slot=dt.time(9))
        a_booking(first, slot=dt.time(9, 20), state="cancelled")
        an_inspection(office.station, Checklist.objects.get(), on=dt.date(2026, 10, 12), unmet=(2, 5))
        office.days = [first, second]
        yield office


def a_held_day(office, *, days, present):
    day = a_reception(office.station, days=days, deputies=office.team[:2])
    day.turns.filter(deputy__in=present).update(present_at=day.starts_at)
    Reception.objects.filter(pk=day.pk).update(closed_at=day.ends_at)
    day.refresh_from_db()
    return day


def a_booking(day, **facts):
    return Appointment.objects.create(
        number=f"YY-20261117-{facts['slot']:%H%M}",
        reception=day,
        code_hash="",
        booked_at=day.starts_at - dt.timedelta(days=2),
        submission_key=uuid4(),
        **facts,
    )


def said(response):
    return html.unescape(response.content.decode())


def page_of(client, user, **asked):
    client.force_login(user)
    return client.get(reverse("insights:quarter"), {"year": 2026, "q": 4} | asked)


def sheet_of(client, **asked):
    return rows(client, "quarter", **({"year": 2026, "q": 4} | asked))


@pytest.mark.parametrize(
    ("day", "quarter", "first", "last"),
    [
        ("2026-01-01", Quarter(2026, 1), "2026-01-01", "2026-03-31"),
        ("2026-06-30", Quarter(2026, 2), "2026-04-01", "2026-06-30"),
        ("2026-12-31", Quarter(2026, 4), "2026-10-01", "2026-12-31"),
        ("2024-02-29", Quarter(2024, 1), "2024-01-01", "2024-03-31"),
    ],
)
def test_a_quarter_is_three_calendar_months(day, quarter, first, last):
    assert Quarter.of(dt.date.fromisoformat(day)) == quarter
    assert [each.isoformat() for each in quarter.span] == [first, last]
    assert quarter.after.before == quarter


def test_each_figure_counts_what_happened(office):
    [row] = summary(watched_stations(office.officer), FOURTH)

    assert row.values == {
        "planned": 4,
        "in_time": 0,
        "held": 2,
        "cancelled": 1,
        "weeks": 1,
        "on_duty": 6,
        "present": 3,
        "grouped": 5,
        "came": 2,
        "never": 3,
        "visitors": 6,
        "matters": 3,
        "answered": 1,
        "petitions": 1,
        "appointments": 1,
        "inspections": 1,
        "findings": 2,
    }
    assert row.last_active_on == dt.date(2026, 11, 17)
    assert row.rate == 40


@pytest.mark.parametrize(("published", "counted"), [("2026-11-10", 1), ("2026-11-11", 0)])
def test_a_day_is_published_in_time_until_the_end_of_its_term(office, published, counted):
    clock = start(
        duty=Duty.PUBLISH,
        station=office.station,
        owner_station=office.station,
        title="公布",
        link="/",
        on=dt.date(2026, 11, 2),
    )
    type(clock).objects.filter(pk=clock.pk).update(due_on=dt.date(2026, 11, 10))
    at = dt.datetime.fromisoformat(f"{published}T23:30:00+08:00")
    Reception.objects.filter(pk=office.days[0].pk).update(publish_clock=clock, published_at=at)

    [row] = summary(watched_stations(office.officer), FOURTH)

    assert row.values["in_time"] == counted


def test_a_rate_is_told_from_five_deputies_on(office, client):
    assert "40%" in said(page_of(client, office.head))

    office.team[4].memberships.update(ends_on="2026-09-30")

    page = said(page_of(client, office.head))
    assert "%" not in re.sub(r"<[^>]+>", "", page)
    assert sheet_of(client)[1][-2] == "2/4"


def test_the_rate_is_a_number_of_the_book_and_per_cent_wherever_it_is_read(office, client):
    client.force_login(office.head)
    asked = {"year": 2026, "q": 4}

    cell = sheet(client, "quarter", **asked)["V4"]
    paper = PdfReader(io.BytesIO(taken(client, "quarter", "pdf", **asked)))

    assert sheet(client, "quarter", **asked)["V3"].value == "进站率"
    assert (cell.value, cell.number_format) == (0.4, "0%")
    assert csv_lines(client, "quarter", **asked)[0]["进站率"] == "40%"
    assert "40%" in paper.pages[0].extract_text()


def test_every_number_on_the_page_leads_to_exactly_its_rows(office, client):
    page = said(page_of(client, office.viewer))
    links = re.findall(r'href="(/desk/quarter/[\w-]+/(\w+)/\?year=2026&q=4)">(\d+)</a>', page)

    assert len(links) >= 15
    for address, key, number in links:
        answer = client.get(address)
        assert answer.status_code == 200
        if "条数与这个数字不同" not in said(answer):
            assert said(answer).count('class="row-item"') == int(number), key


def test_the_rows_behind_a_number_lead_to_their_source(office, client):
    client.force_login(office.head)
    for column in COLUMNS:
        page = client.get(
            reverse("insights:quarter_rows", args=[office.station.code, column.key]), {"year": 2026, "q": 4}
        )
        for address in re.findall(r'class="row-title"><a href="([^"#]+)', page.content.decode()):
            assert client.get(address).status_code == 200, (column.key, address)


def test_the_sum_is_the_sum_of_the_rows_and_the_file_says_the_same_as_the_page(office, client):
    near = StationFactory(region=a_region("130503101"))
    deputy = a_deputy("邻代表", station=near)
    day = a_reception(near, days=-2, deputies=[deputy])
    a_note(day, office.officer, visitors=4)

    page = said(page_of(client, office.committee))
    sheet = sheet_of(client)

    rows = summary(watched_stations(office.committee), FOURTH)
    all_of_them = total(rows)
    assert [line[0] for line in sheet[1:]] == [*(row.station.name for row in rows), "合计"]
    assert list(sheet[-1][4:-2]) == [all_of_them.values[column.key] for column in COLUMNS]
    assert all_of_them.values["visitors"] == 10
    foot = page.split("<tfoot>")[1].split("</tfoot>")[0]
    assert re.findall(r"<td class=\"num\">(?:<span class=\"soft\">)?(\d+)", foot) == [
        str(all_of_them.values[column.key]) for column in COLUMNS
    ]


def test_one_place_may_be_looked_at_alone(office, client):
    near = StationFactory(region=a_region("130503101"), name="李村镇联络站")

    page = said(page_of(client, office.committee, region="130503101"))

    assert near.name in page
    assert office.station.name not in page
    assert [line[0] for line in sheet_of(client, region="130503101")[1:]] == [near.name, "合计"]
    assert "条件有误，请改正标出的一项。" in said(page_of(client, office.committee, region="99"))


def test_a_station_without_any_record_says_so(office, client):
    StationFactory(name="安静联络站")

    assert "没有记录" in said(page_of(client, office.head)).split("安静联络站")[1].split("</tr>")[0]


def test_each_definition_stands_on_the_page(office, client):
    page = said(page_of(client, office.head))

    for column in COLUMNS:
        assert f"<dt>{column.label}</dt><dd>{column.how}</dd>" in page


def test_a_quarter_that_does_not_exist_is_told_and_not_taken_for_the_running_one(office, client):
    for asked in ({"q": "5"}, {"q": "²"}, {"year": "1999"}, {"year": "abc", "q": "-1"}):
        page = page_of(client, office.head, **asked)
        assert (page.status_code, list(page.context["rows"])) == (422, [])
        assert "没有这一项，请重新选择" in said(page)
        assert "heading-day" not in said(page)
        for address, kind in (("insights:ledger", "csv"), ("insights:ledger", "pdf")):
            assert client.get(reverse(address, args=["quarter", kind]), asked).status_code == 422
        assert (
            client.get(reverse("insights:quarter_rows", args=[office.station.code, "held"]), asked).status_code == 404
        )


def test_without_a_quarter_it_is_the_running_one(office, client):
    for asked in ({"q": "", "year": ""}, {"q": ""}):
        assert "2026年第4季度" in said(page_of(client, office.head, **asked))


@pytest.mark.parametrize("name", ["officer", "deputy", "clerk", "admin"])
def test_the_summary_is_for_those_who_report_or_look(office, client, name):
    client.force_login(getattr(office, name))

    assert client.get(reverse("insights:quarter")).status_code == 403
    for kind in ("xlsx", "csv", "pdf"):
        assert client.get(reverse("insights:ledger", args=["quarter", kind])).status_code == 403
    assert client.get(reverse("insights:quarter_rows", args=[office.station.code, "held"])).status_code == 403


def test_a_station_elsewhere_is_not_in_the_summary_nor_are_its_rows(office, client):
    far = StationFactory(region=a_region("130502100"), name="襄都联络站")

    assert far.name not in said(page_of(client, office.committee))
    assert client.get(reverse("insights:quarter_rows", args=[far.code, "held"])).status_code == 404
    assert client.get(reverse("insights:quarter_rows", args=[office.station.code, "nonsense"])).status_code == 404


def test_the_paper_carries_figures_and_the_place_for_the_seal(office, client):
    client.force_login(office.head)

    paper = taken(client, "quarter", "pdf", year=2026, q=4)

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    for word in ("人大代表联络站季度工作汇总表", "2026年第4季度", "南大郭镇", "合计", "盖章"):
        assert word in text


def test_the_list_of_stations_tells_the_last_activity_honestly(office, client):
    StationFactory(name="安静联络站")
    client.force_login(office.head)

    page = said(client.get(reverse("insights:stations")))

    own = page.split(office.station.name)[1].split("</tr>")[0]
    for words in ("2026年12月3日", "安排 3，已开展 2", "2 项", "2026年11月17日"):
        assert words in own
    assert "没有记录" in page.split("安静联络站")[1].split("</tr>")[0]


def test_a_day_without_a_summary_is_no_activity_and_an_inspection_is(office, client):
    Reception.objects.update(closed_at=None)
    client.force_login(office.head)

    assert "2026年10月12日" in said(client.get(reverse("insights:stations")))


def test_stations_silent_for_ninety_days_are_found(office, client):
    silent = StationFactory(name="安静联络站")
    client.force_login(office.head)
    asked = {"quiet": "on"}

    page = said(client.get(reverse("insights:stations"), asked))
    assert silent.name in page
    assert office.station.name not in page

    with time_machine.travel("2027-02-16T10:00:00+08:00"):
        client.force_login(office.head)
        assert office.station.name in said(client.get(reverse("insights:stations"), asked))


def test_stations_are_narrowed_by_tier_and_place(office, client):
    home = StationFactory(tier=Station.Tier.JIA, region=a_region("130503101"), name="李村镇代表之家")
    client.force_login(office.committee)

    for asked in ({"tier": "jia"}, {"region": "130503101"}):
        page = said(client.get(reverse("insights:stations"), asked))
        assert home.name in page
        assert office.station.name not in page
    assert "没有符合条件的联络站" in said(
        client.get(reverse("insights:stations"), {"tier": "zhan", "region": "130503101"})
    )


def test_an_officer_finds_their_own_station_only(office, client):
    StationFactory(name="别的联络站")
    client.force_login(office.officer)

    page = said(client.get(reverse("insights:stations")))

    assert office.station.name in page
    assert "别的联络站" not in page
    client.force_login(a_user(Role.DEPUTY))
    assert client.get(reverse("insights:stations")).status_code == 403


@pytest.fixture
def three_hundred(office):
    """300 stations with ten deputies, five reception days, turns and notes each."""
    region, since = office.station.region, dt.date(2021, 1, 1)
    stations = Station.objects.bulk_create(
        Station(code=f"B-{n:03}", name=f"第{n}站", tier="zhan", region=region, address="街", phone="1", hours="日")
        for n in range(300)
    )
    deputies = Deputy.objects.bulk_create(Deputy(code=f"b-{n:05}", name=f"代表{n}") for n in range(3000))
    Membership.objects.bulk_create(
        Membership(station=stations[n % 300], deputy=deputy, starts_on=since) for n, deputy in enumerate(deputies)
    )
    days = Reception.objects.bulk_create(
        Reception(station=station, date=dt.date(2026, 10, 9 + n), starts="09:00", ends="11:00", place="室", uid=uuid4())
        for station in stations
        for n in range(5)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE stations_station, deputies_deputy, deputies_membership, deputies_reception")
    Turn.objects.bulk_create(Turn(reception=day, deputy=deputies[n % 3000]) for n, day in enumerate(days))
    Note.objects.bulk_create(
        Note(
            reception=day, number=9, topic="事", words="话", outcome="heard",
            recorded_by=office.officer, recorded_at="2026-10-09T10:00+08:00",
        )
        for day in days
    )  # fmt: skip
    return office


def test_pages_take_at_most_ten_queries_at_300_stations(three_hundred, client, django_assert_max_num_queries):
    client.force_login(three_hundred.committee)
    for name in ("quarter", "stations"):
        with django_assert_max_num_queries(10):
            first = client.get(reverse(f"insights:{name}"))
        older = html.unescape(re.search(r'rel="next" href="([^"]+)"', first.content.decode()).group(1))
        with django_assert_max_num_queries(10):
            second = client.get(older)
        leaves = [set(re.findall(r'href="/desk/stations/([\w-]+)/"', said(page))) for page in (first, second)]
        assert [len(leaf) for leaf in leaves] == [50, 50]
        assert leaves[0].isdisjoint(leaves[1])
    count = watched_stations(three_hundred.committee).count()
    assert count > 300
    assert f"共 {count} 个联络站" in said(client.get(reverse("insights:quarter")))
    assert len(sheet_of(client)) == count + 2
    with django_assert_max_num_queries(10):
        client.get(reverse("insights:quarter_rows", args=["B-001", "matters"]))


def test_rows_and_counts_agree_for_every_column(office):
    [row] = summary(watched_stations(office.officer), FOURTH)

    for column in COLUMNS:
        if column.listed:
            assert len(rows_of(column, office.station, FOURTH)) == row.values[column.key], column.key
