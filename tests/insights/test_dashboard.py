"""The dashboard: of which place it speaks, and that every figure is a link to exactly the cases that it counts."""

import html
import re
from copy import deepcopy

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from insights import counting
from petitions.forms.filters import FilterForm
from petitions.models import Category, Petition, Status
from petitions.todo import Span
from stations.models import Region
from tests.factories import StationFactory, a_region, a_user, grant, load_years
from tests.ledgers import csv_lines
from tests.petitions.story import Story, an_office, moment
from workdays.services import load_calendar

PAGE = "/desk/dashboard/"
NOW = "2026-11-03T10:00:00+08:00"


@pytest.fixture(scope="module")
def made(shared):
    """The office on Tuesday, 3 November 2026."""
    load_years()
    with time_machine.travel(NOW, tick=False):
        yield an_office_with_cases()


@pytest.fixture
def office(made, db):
    return deepcopy(made)


def an_office_with_cases():
    """An overdue case of two organs, one soon due, one that waits for its resident, one closed; another in the next township."""
    office = an_office()
    roads = Category.objects.create(path="城乡建设", name="城乡建设", level=1)
    both = Story.brought_to(Status.HANDLING, office, category=roads, at=moment("2026-09-14 10:00"))
    both.take("add_organ", at=moment("2026-09-15 11:00"))
    Story.begin(office, at=moment("2026-10-27 10:00"))
    Story.brought_to(Status.RATING, office, category=roads)
    Story.brought_to(Status.CLOSED, office)
    office.near = StationFactory(region=a_region("130503101"))
    Story.begin(office, station=office.near, region=office.near.region, at=moment("2026-10-12 10:00"))
    counting.sweep()
    return office


@pytest.fixture
def full_office(office):
    """Cases in every status beside them, late and new ones."""
    for status in Status.values:
        Story.brought_to(status, office)
        Story.brought_to(status, office, at=moment("2026-09-14 10:00"))
    counting.sweep()
    return office


def opened(client, page=PAGE, **asked):
    """A page as text."""
    answer = client.get(page, asked)
    assert answer.status_code == 200, asked
    return html.unescape(answer.content.decode())


def figures(page):
    """Every number of a page with its address."""
    found = re.findall(r'<a href="(/desk/petitions/\?[^"]+)"[^>]*>(\d+)</a>', page)
    return [(address, int(number)) for address, number in found]


def words(page):
    """What is read of a page, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def check_lists(shown, user):
    """The number on the page is the rows of the list that it leads to."""
    span = Span.of(load_calendar(), timezone.localdate())
    for address, number in set(shown):
        form = FilterForm(QueryDict(address.partition("?")[2]), user=user, span=span)
        assert form.cases().count() == number, address


def test_the_number_on_the_page_is_the_rows_of_the_list_and_of_the_ledger(full_office, client):
    client.force_login(full_office.committee)
    shown = [figure for by in ("organs", "topics", "time", "below") for figure in figures(opened(client, by=by))]

    check_lists(shown, full_office.committee)
    for address, number in shown[-3:]:
        listed = client.get(address).content.decode()
        asked = QueryDict(address.partition("?")[2]).dict()
        assert len(set(re.findall(r"<span>(XD-\d+-\d+)</span>", listed))) == number, address
        assert len(csv_lines(client, "petitions", **asked)) == number, address


@pytest.mark.parametrize("name", ["head", "officer", "clerk", "other_leader", "deputy"])
def test_so_it_is_for_everybody(office, client, name):
    client.force_login(getattr(office, name))
    shown = figures(opened(client))

    assert len(shown) >= 3
    check_lists(shown, getattr(office, name))


def test_a_deputy_opens_the_figures_of_a_station(office, client):
    client.force_login(office.deputy)

    assert f"{PAGE}?station={office.station.code}" in opened(client)
    check_lists(figures(opened(client, station=office.station.code, by="topics")), office.deputy)


def test_a_deputys_cases_are_counted_by_key_and_not_looked_for_among_all_that_are_open(office, client):
    client.force_login(office.deputy)
    with CaptureQueriesContext(connection) as asked:
        opened(client)

    counts = [query["sql"] for query in asked if "petitions_petition" in query["sql"]]
    assert len(counts) == 2
    assert not any("deputies_" in sql for sql in counts)


def test_the_numbers_of_who_holds_it_are_the_rows_of_their_lists(office, client):
    for name in ("committee", "clerk"):
        client.force_login(getattr(office, name))
        shown = figures(opened(client, "/desk/holders/"))
        assert len(shown) >= 3
        check_lists(shown, getattr(office, name))


def test_every_open_case_is_in_somebodys_hands(full_office, client):
    office = full_office
    client.force_login(office.committee)
    span, held = Span.of(load_calendar(), timezone.localdate()), set()
    for address, _number in figures(opened(client, "/desk/holders/")):
        held |= set(FilterForm(QueryDict(address.partition("?")[2]), user=office.committee, span=span).cases())

    assert held == set(Petition.objects.open())


def test_a_case_on_which_nothing_runs_is_told_of(office, client):
    stuck = Story.brought_to(Status.HANDLING, office).petition
    stuck.clock_links.all().delete()
    client.force_login(office.committee)

    assert "没有进行中的期限" in opened(client, "/desk/holders/")
    rows = csv_lines(client, "petitions", status="open", holder="nobody")
    assert stuck.number in [row["编号"] for row in rows]


def test_the_stages_add_up_to_what_is_open(office, client):
    client.force_login(office.committee)

    shown = dict(figures(opened(client)))

    start = r"/desk/petitions/\?region=130503&status="
    stages = [number for address, number in shown.items() if re.fullmatch(rf"{start}(?!open)\w+", address)]
    assert sum(stages) == shown["/desk/petitions/?region=130503&status=open"]


def test_the_city_is_opened_down_to_a_station_and_back(office, client):
    city = a_user(Role.COMMITTEE, Region.objects.get(pk="1305"))
    client.force_login(city)

    assert f"{PAGE}?region=130503&period=2026" in opened(client)
    assert f"{PAGE}?region=130503100&period=2026" in opened(client, region="130503")
    township = opened(client, region="130503100")
    assert f"{PAGE}?station={office.station.code}&period=2026" in township
    check_lists(figures(township), city)
    station = opened(client, station=office.station.code)
    for above in ("region=1305", "region=130503", "region=130503100"):
        assert f'href="{PAGE}?{above}&period=2026"' in station


def test_a_station_of_the_county_itself_stands_among_the_townships(office, client):
    own = StationFactory(region=Region.objects.get(pk="130503"))
    Story.begin(office, station=own, region=office.station.region)
    counting.sweep()
    client.force_login(office.committee)

    page = opened(client)

    assert f"{PAGE}?station={own.code}&period=2026" in page
    assert f"{PAGE}?region=130503100&period=2026" in page
    check_lists(figures(page), office.committee)


@pytest.mark.parametrize("asked", [{"region": "130502"}, {"region": "1305"}, {"region": "9"}, {"organ": "x"}])
def test_nobody_opens_a_place_outside_their_own(office, client, asked):
    client.force_login(office.committee)

    for page in (PAGE, "/desk/wall/", "/desk/holders/"):
        assert client.get(page, asked).status_code == 404


def test_an_officer_opens_no_other_station(office, client):
    client.force_login(office.officer)

    assert client.get(PAGE, {"station": office.near.code}).status_code == 404


def test_one_who_has_several_places_chooses(office, client):
    head = a_user(Role.HEAD, office.station.region)
    grant(head, Role.HEAD, office.near.region)
    client.force_login(head)

    page = opened(client)

    assert f"{PAGE}?region={office.station.region_id}" in page
    assert f"{PAGE}?region={office.near.region_id}" in page
    check_lists(figures(page), head)


def test_an_administrator_sees_no_case_in_a_figure(office, client):
    client.force_login(office.admin)

    assert {number for _address, number in figures(opened(client))} == {0}


def test_a_year_of_cases_brought_over_from_long_ago_is_shown(office, client):
    Story.begin(office, at=moment("2015-03-02 10:00"))
    counting.sweep()
    client.force_login(office.committee)

    page = opened(client, period="2015")

    assert '<option value="2015" selected>' in page
    check_lists(figures(page), office.committee)


@pytest.mark.parametrize(("period", "rows"), [("2026-10", 12), ("2026Q3", 8), ("2026", 5)])
def test_a_series_shows_twelve_months_eight_quarters_or_five_years(office, client, period, rows):
    client.force_login(office.viewer)

    page = opened(client, period=period, by="time")

    table = page[page.index('aria-label="按时间（表）"') :]
    assert table.count('<th scope="row">') == rows
    assert page.count('<svg class="chart-drawing"') >= 1


def test_no_person_is_named_in_a_table(office, client):
    client.force_login(office.committee)

    for by in ("below", "organs", "topics", "time"):
        page = opened(client, by=by, period="2026")
        shown = page[page.index('<main id="main"') :]
        for person in (office.deputy_person.name, office.officer.name, office.clerk.name, "孟庆余"):
            assert f">{person}<" not in shown


def test_every_definition_stands_one_press_away(office, client):
    client.force_login(office.viewer)

    page = opened(client)

    definitions = page[page.index("这些数字怎么算") :]
    for word in ("已超期", "快到期", "到期应答复", "按时答复", "二次办理", "退回", "已兑现", "反映人次"):
        assert f"<dt>{word}</dt>" in definitions
    assert "统计到2026年11月3日 10:00" in definitions


def test_the_page_names_the_numbers_that_lead_to_no_list(full_office, client):
    told = {
        "viewer": "反映人次点不开：数的是人次，不是意见。",
        "clerk": "交办、退回、到期承诺、已兑现、未兑现点不开：退回或收回的意见，本单位已经看不到。",
    }
    without_a_link = (
        r"<dt>([^<]+)</dt><dd>[1-9]",
        r'"share-parts">(\S+) [1-9]',
        r"÷</span> (\S+) [1-9]",
        r'figure-value">[1-9].*?figure-label">([^<]+)',
    )
    for name, sentence in told.items():
        client.force_login(getattr(full_office, name))
        page = opened(client)
        shown = page[page.index('id="told"') : page.index("这些数字怎么算")]
        unlinked = {label for pattern in without_a_link for label in re.findall(pattern, shown, re.DOTALL)}

        assert sentence in page
        assert unlinked
        assert unlinked <= set(re.split("、|点不开", sentence)), name


def test_the_organ_with_most_overdue_now_stands_first_and_none_by_its_rate(office, client):
    client.force_login(office.committee)

    page = opened(client, by="organs", period="2026")

    late = re.findall(r'<th scope="row">[^<]+</th>\s*<td class="num group-start">(?:<a[^>]+>|<span[^>]+>)(\d+)<', page)
    assert len(late) == 2
    assert late == sorted(late, key=int, reverse=True)


def test_the_wall_shows_three_lights_of_each_township_and_no_case(office, client):
    client.force_login(office.committee)

    page = opened(client, "/desk/wall/")

    assert client.get("/desk/wall/")["Refresh"] == "60"
    assert "Refresh" not in client.get("/desk/wall/", {"still": "1"})
    said = words(page)
    total = re.search(r"已超期 (\d+) 快到期 (\d+) 正常 (\d+)", said)
    units = re.findall(r"超期 (\d+) 快到期 (\d+) 正常 (\d+)", said)[1:]
    assert len(units) == 2
    assert [sum(map(int, column)) for column in zip(*units, strict=True)] == [int(number) for number in total.groups()]
    assert sum(map(int, total.groups())) == Petition.objects.open().count()
    for petition in Petition.objects.all():
        assert petition.number not in page
        assert petition.title not in page


def test_an_organ_has_no_board_on_the_wall(office, client):
    client.force_login(office.clerk)

    assert client.get("/desk/wall/").status_code == 403


def test_the_board_is_offered_to_those_who_may_open_it(office, client):
    grant(office.clerk, Role.CLERK, office.other_organ)

    for name, offered in {"clerk": False, "deputy": False, "officer": True, "committee": True}.items():
        client.force_login(getattr(office, name))
        assert ("/desk/wall/" in opened(client)) is offered, name


def queries(client, page, **asked):
    client.get(page, asked)
    with CaptureQueriesContext(connection) as counted:
        client.get(page, asked)
    return len(counted)


def test_the_dashboard_takes_at_most_twelve_queries_whatever_the_number_of_stations(office, client):
    city = a_user(Role.COMMITTEE, Region.objects.get(pk="1305"))
    client.force_login(city)
    pages = [
        (PAGE, {}),
        (PAGE, {"by": "time"}),
        ("/desk/wall/", {}),
        ("/desk/holders/", {}),
        (PAGE, {"region": "130503100"}),
    ]
    few = [queries(client, page, **asked) for page, asked in pages]
    # An opened place has its name looked up.
    assert max(few[:-1]) <= 12 >= few[-1] - 1, few

    for _each in range(100):
        station = StationFactory(region=office.station.region)
        Petition.objects.filter(pk=Petition.objects.open().first().pk).update(station=station)
    counting.sweep()

    assert [queries(client, page, **asked) for page, asked in pages] == few
    assert queries(client, PAGE, by="topics") <= 13
    assert queries(client, PAGE, by="organs") <= 14


@pytest.mark.parametrize("name", ["committee", "officer", "clerk", "deputy", "viewer", "admin"])
def test_nobodys_dashboard_takes_more_than_twelve_queries(office, client, name):
    client.force_login(getattr(office, name))

    assert queries(client, PAGE) <= 12
