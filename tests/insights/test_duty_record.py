"""The duty record: made of events alone, the same on the page and in every file, open to those whom it concerns."""

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
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Role
from deputies.models import Deputy, Membership, Note, Reception, Turn
from insights import duty_record
from insights.deeds import deeds_of
from insights.duty_record import Kind
from insights.permissions import recorded_deputies
from petitions.models import Petition, Status
from programmes.models import Activity, Attendance
from stations.models import Station
from tests.factories import StationFactory, a_deputy, a_note, a_reception, a_region, a_user, grant, load_years
from tests.ledgers import rows, sheet, taken
from tests.petitions.story import Story, an_office, moment

YEAR = 2026


@pytest.fixture
def office(made, db):
    return deepcopy(made)


@pytest.fixture(scope="module")
def made(shared):
    """A deputy who received residents twice, took notes, answered a case, saw one closed, raised a suggestion, came along."""
    load_years()
    with time_machine.travel("2026-11-24T10:00:00+08:00"):
        office = an_office()
        office.days = [a_day(office, days=-7), a_day(office, days=-40)]
        a_reception(office.station, days=-3, deputies=[office.deputy_person])  # on duty, but did not come
        a_note(office.days[0], office.officer, topic="楼道灯不亮", deputy=office.deputy_person)
        a_note(office.days[1], office.officer, topic="暖气不热", deputy=office.deputy_person, outcome="answered")
        addressed = {"deputy": office.deputy_person}
        Story.begin(office, title="路口积水", **addressed)
        Story.brought_to(Status.CLOSED, office, title="路灯不亮", **addressed)
        Story.begin(office, title="公交站牌", **addressed).take("answer_on_spot", by=office.deputy)
        Story.brought_to(Status.ACCEPTED, office, title="村道维修", **addressed).take("raise_suggestion")
        Story.begin(office, title="与代表无关的事")
        an_activity(office, title="视察供热", attendance=Attendance.CAME)
        an_activity(office, title="没有去的视察", attendance=Attendance.LEAVE)
        yield office


def a_day(office, *, days, **facts):
    """A reception day so many days from today at which the deputy was present."""
    day = a_reception(office.station, days=days, deputies=[office.deputy_person], **facts)
    day.turns.update(present_at=day.starts_at)
    return day


def an_activity(office, *, title, attendance):
    """An activity of two days ago to which the deputy was invited."""
    begun = timezone.now() - dt.timedelta(days=2)
    activity = Activity.objects.create(
        kind=Activity.Kind.INSPECTION,
        station=office.station,
        region=office.station.region,
        title=title,
        starts_at=begun,
        ends_at=begun + dt.timedelta(hours=2),
        place="换热站",
        created_at=begun,
        announced_at=begun,
    )
    activity.invitations.create(deputy=office.deputy_person, attendance=attendance)


def said(response):
    return html.unescape(response.content.decode())


def rows_of(office, client, **asked):
    """The lines of the deputy's file below its head."""
    return rows(client, "duty-record", deputy=office.deputy_person.code, year=YEAR, **asked)[1:]


def page_of(office, client, user, **asked):
    client.force_login(user)
    return client.get(reverse("insights:duty_record", args=[office.deputy_person.code]), {"year": YEAR} | asked)


def test_what_was_done_is_there_and_what_was_not_is_not(office):
    found = duty_record.entries(office.deputy_person, YEAR, office.deputy)

    assert dict(duty_record.totals(found)) == {
        Kind.RECEPTION: 2,
        Kind.NOTE: 2,
        Kind.CASE: 4,
        Kind.SPOT: 1,
        Kind.CLOSED: 1,
        Kind.SUGGESTION: 1,
        Kind.CO_SPONSORED: 0,
        Kind.ACTIVITY: 1,
    }
    titles = {entry.title for entry in found}
    assert {"楼道灯不亮", "暖气不热", "路口积水", "路灯不亮", "公交站牌", "关于农村路灯的建议", "视察供热"} <= titles
    assert titles.isdisjoint({"与代表无关的事", "没有去的视察"})
    assert [entry.on for entry in found] == sorted((entry.on for entry in found), reverse=True)


def test_the_number_on_the_page_is_the_entries_is_the_rows_of_the_file(office, client):
    for user in (office.deputy, office.officer, office.head, office.committee, office.viewer):
        page = said(page_of(office, client, user))
        found = duty_record.entries(office.deputy_person, YEAR, user)

        assert f"共 <strong>{len(found)}</strong> 条" in page
        assert page.count('class="row-item"') == len(found)
        assert [row[2] for row in rows_of(office, client)] == [entry.title for entry in found]
        for kind, number in duty_record.totals(found):
            assert not number or f'aria-label="{kind.label} {number}"' in page
            narrowed = said(page_of(office, client, user, kind=kind.value))
            assert f"共 <strong>{number}</strong> 条" in narrowed


def test_the_counts_of_the_list_are_the_entries_of_the_record(office):
    found = duty_record.entries(office.deputy_person, YEAR, office.deputy)
    deeds = deeds_of([office.deputy_person], YEAR)[office.deputy_person.pk]

    assert {kind: getattr(deeds, kind.value) for kind in Kind} == dict(duty_record.totals(found))


def test_adding_and_removing_events_changes_the_record(office):
    before = len(duty_record.entries(office.deputy_person, YEAR, office.deputy))
    day = a_day(office, days=-1)
    note = a_note(day, office.officer, deputy=office.deputy_person)
    assert len(duty_record.entries(office.deputy_person, YEAR, office.deputy)) == before + 2

    note.delete()
    day.turns.update(present_at=None)

    assert len(duty_record.entries(office.deputy_person, YEAR, office.deputy)) == before


def test_another_year_has_its_own_record(office, client):
    a_day(office, days=-400)

    page = said(page_of(office, client, office.deputy, year=2025))

    assert "共 <strong>1</strong> 条" in page
    assert "2025年10月20日" in page
    assert "共 <strong>0</strong> 条" in said(page_of(office, client, office.deputy, year=2024))


def test_a_year_that_is_none_is_told_and_not_taken_for_this_one(office, client):
    for asked in ("1999", "x"):
        page = page_of(office, client, office.deputy, year=asked)
        assert (page.status_code, page.context["total"]) == (422, 0)
        assert "没有这一项，请重新选择" in said(page)
        assert "条件有误，请改正标出的一项。" in said(page)
        assert not re.search("导出台账|figure-tile|共 <strong>", said(page))
        own = {"deputy": office.deputy_person.code, "year": asked}
        assert client.get(reverse("insights:ledger", args=["duty-record", "csv"]), own).status_code == 422


def test_a_kind_that_is_none_does_not_exist(office, client):
    assert page_of(office, client, office.deputy, kind="zz").status_code == 404


def test_a_day_at_the_turn_of_the_year_counts_in_beijings_year(office):
    Story.begin(office, title="元旦的事", deputy=office.deputy_person, at=moment("2026-01-01 00:30"))

    assert "元旦的事" in {entry.title for entry in duty_record.entries(office.deputy_person, YEAR, office.deputy)}


def test_there_is_no_field_to_type_in(office, client):
    page = said(page_of(office, client, office.deputy)).split("<main")[1]

    assert "<textarea" not in page
    assert "<input" not in re.sub(r'<input[^>]+type="hidden"[^>]*>', "", page)
    assert client.post(reverse("insights:duty_record", args=[office.deputy_person.code])).status_code == 405


def test_every_entry_leads_to_its_source(office, client):
    for entry in duty_record.entries(office.deputy_person, YEAR, office.deputy):
        client.force_login(office.deputy)
        assert entry.to, entry
        assert client.get(entry.to).status_code == 200, entry


def test_a_source_that_the_reader_may_not_open_is_neither_named_nor_linked(office):
    near = StationFactory()
    office.deputy_person.memberships.create(station=near, starts_on=dt.date(2021, 1, 1))
    colleague = a_user(Role.OFFICER, near)

    found = duty_record.entries(office.deputy_person, YEAR, colleague)

    assert len(found) == len(duty_record.entries(office.deputy_person, YEAR, office.deputy))
    assert {entry.to for entry in found} == {""}
    assert {entry.title for entry in found} == {"接待日", "（内容由所属联络站保管）"}


def test_no_identity_stands_in_page_or_files(office, client):
    pages = [
        said(page_of(office, client, office.head)),
        str(rows_of(office, client)),
    ]
    for page in pages:
        for word in ("孟庆余", "13900000042", "南大郭村东街9号"):
            assert word not in page


def test_a_deputy_reads_their_own_record_and_no_other(office, client):
    user = a_user(Role.DEPUTY)
    other = a_deputy("钱代表", user=user, station=office.station)
    client.force_login(user)

    for asked, year in (({}, ""), ({"year": "2025"}, "?year=2025")):
        answer = client.get(reverse("insights:duty_records"), asked)
        assert answer.headers["Location"].endswith(f"/{other.code}/{year}")
    assert client.get(reverse("insights:duty_record", args=[other.code])).status_code == 200
    others = {"deputy": office.deputy_person.code}
    assert client.get(reverse("insights:duty_record", args=[others["deputy"]])).status_code == 404
    for kind in ("xlsx", "csv", "pdf"):
        assert client.get(reverse("insights:ledger", args=["duty-record", kind]), others).status_code == 404
    assert client.get(reverse("insights:ledger", args=["duty-records", "xlsx"])).status_code == 403


def test_an_account_without_a_deputy_is_told_so(office, client):
    client.force_login(a_user(Role.DEPUTY))

    assert "还没有对应到代表" in said(client.get(reverse("insights:duty_records")))


def test_records_are_read_within_the_scope_only(office):
    far = StationFactory(region=a_region("130502100"))
    stranger = a_deputy("远代表", station=far)
    clerk = office.clerk

    for user in (office.officer, office.head, office.committee, office.viewer):
        assert office.deputy_person in recorded_deputies(user)
        assert stranger not in recorded_deputies(user)
    assert not recorded_deputies(clerk).exists()
    assert not recorded_deputies(office.admin).exists()


def test_the_list_stands_by_station_and_name_and_never_by_counts(office, client):
    near = StationFactory(code="AAA", name="先代表联络站")
    quiet = [a_deputy(name, station=near) for name in ("丙", "甲", "乙")]
    grant(office.officer, Role.OFFICER, near)
    client.force_login(office.officer)

    page = said(client.get(reverse("insights:duty_records"), {"year": YEAR, "sort": "notes", "order_by": "-notes"}))

    shown = re.findall(r"duty-records/([\w-]+)/\?year", page)
    by_name = list(Deputy.objects.filter(pk__in=[deputy.pk for deputy in quiet]).order_by("name"))
    assert shown == [*(deputy.code for deputy in by_name), office.deputy_person.code]
    assert "排名" in page


def test_the_file_of_the_list_has_exactly_the_lists_deputies_and_counts(office, client):
    a_deputy("钱代表", station=office.station)
    client.force_login(office.officer)
    asked = {"year": YEAR, "q": "郑"}

    page = said(client.get(reverse("insights:duty_records"), asked))
    found = rows(client, "duty-records", **asked)[1:]

    assert [row[0] for row in found] == ["郑代表"]
    assert found[0][3:] == (2, 2, 2, 1, 4, 1, 1, 1, 0, 1)
    assert "钱代表" not in page.split("<table")[1]
    assert len(rows(client, "duty-records", year=YEAR)) == 3


def test_a_deputy_of_two_stations_is_counted_once_and_both_are_named(office, client):
    second = StationFactory(code="ZZZ", name="第二代表联络站", region=a_region("130503101"))
    office.deputy_person.memberships.create(station=second, starts_on="2021-01-01")
    other = a_deputy("钱代表", station=second)
    other.memberships.create(station=StationFactory(code="ZZY", name="远处联络站"), starts_on="2021-01-01")
    grant(office.officer, Role.OFFICER, second)

    for user in (office.officer, office.committee):
        client.force_login(user)
        page = said(client.get(reverse("insights:duty_records"), {"year": YEAR}))
        found = {row[0]: row for row in rows(client, "duty-records", year=YEAR)[1:]}
        assert len(rows(client, "duty-records", year=YEAR)) == 1 + 2
        assert len(re.findall(r"duty-records/([\w-]+)/\?year", page)) == 2
        assert f"{office.station.name}、第二代表联络站" in page
        assert found["郑代表"][2] == f"{office.station.name}、第二代表联络站"
        assert found["钱代表"][2] == "远处联络站、第二代表联络站"
        assert found["郑代表"][3:5] == (2, 2)


def test_a_name_that_looks_like_a_formula_stays_a_name(office, client):
    Deputy.objects.filter(pk=office.deputy_person.pk).update(name="=1+1")
    client.force_login(office.officer)

    name = sheet(client, "duty-records", year=YEAR)["A4"]

    assert name.value == "=1+1"
    assert name.data_type == "s"


def test_the_record_is_printed_for_signature(office, client):
    client.force_login(office.officer)

    paper = taken(client, "duty-record", "pdf", deputy=office.deputy_person.code, year=YEAR)

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    for word in ("郑代表", "楼道灯不亮", "代表本人", "盖章"):
        assert word in text


@pytest.fixture
def many_deputies(office):
    """300 stations of 40 deputies each; the office's own deputy has a long year."""
    region = office.station.region
    stations = Station.objects.bulk_create(
        Station(code=f"B-{n:03}", name=f"第{n}站", tier="zhan", region=region, address="街", phone="1", hours="日")
        for n in range(300)
    )
    deputies = Deputy.objects.bulk_create(Deputy(code=f"b-{n:05}", name=f"代表{n % 997:03}") for n in range(300 * 40))
    since = dt.date(2021, 1, 1)
    Membership.objects.bulk_create(
        Membership(station=stations[n % 300], deputy=deputy, starts_on=since) for n, deputy in enumerate(deputies)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE stations_station, deputies_deputy, deputies_membership")
    days = Reception.objects.bulk_create(
        Reception(
            station=office.station,
            date=dt.date(2026, 1, 5) + dt.timedelta(days=2 * n),
            starts=dt.time(9),
            ends=dt.time(11),
            place="室",
            uid=uuid4(),
        )
        for n in range(150)
    )
    Turn.objects.bulk_create(Turn(reception=day, deputy=office.deputy_person, present_at=day.starts_at) for day in days)
    Note.objects.bulk_create(
        Note(
            reception=day,
            number=n,
            topic="事由",
            words="话",
            outcome="heard",
            deputy=office.deputy_person,
            recorded_by=office.officer,
            recorded_at=day.starts_at,
        )
        for day in days
        for n in (5, 6)
    )
    return office


def test_pages_take_at_most_ten_queries_with_300_stations_of_40_deputies(
    many_deputies, client, django_assert_max_num_queries
):
    office = many_deputies
    for user in (office.deputy, office.committee):
        client.force_login(user)
        with django_assert_max_num_queries(10):
            assert client.get(reverse("insights:duty_record", args=[office.deputy_person.code])).status_code == 200
    with django_assert_max_num_queries(10):
        first = client.get(reverse("insights:duty_records"), {"year": YEAR})
    older = re.search(r'rel="next" href="([^"]+)"', first.content.decode()).group(1)
    with django_assert_max_num_queries(10):
        second = client.get(html.unescape(older))
    codes = [re.findall(r"duty-records/([\w-]+)/\?year", page.content.decode()) for page in (first, second)]
    assert len(codes[0]) == len(codes[1]) == 50
    assert set(codes[0]).isdisjoint(codes[1])


def test_cases_of_others_never_count(office):
    Petition.objects.filter(title="路口积水").update(deputy=None)

    assert "路口积水" not in {entry.title for entry in duty_record.entries(office.deputy_person, YEAR, office.deputy)}
