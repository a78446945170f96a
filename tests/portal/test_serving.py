"""What stations and deputies did this year, as their public pages tell it, however many there are."""

import datetime as dt
import html
import re

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from deputies.models import Deputy, Mandate, Membership
from petitions.models import Petition
from programmes.models import Activity, Attendance
from tests.factories import StationFactory, a_note, a_reception, load_years
from tests.petitions.story import Story, an_office, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    load_years()
    return an_office()


def said(response):
    return html.unescape(response.content.decode())


def a_held_day(office, day, *, people=2, outcomes=("answered", "handle")):
    """A day that was closed, with a note of so many visitors for each outcome."""
    days = (day - timezone.localdate()).days
    held = a_reception(office.station, days=days, deputies=[office.deputy_person], closed_at=timezone.now())
    held.turns.update(present_at=held.starts_at)
    for outcome in outcomes:
        a_note(held, office.officer, outcome=outcome, visitors=people, deputy=office.deputy_person)
    return held


def an_activity(office, title):
    """One of the station's, held this year."""
    return Activity.objects.create(
        kind=Activity.Kind.INSPECTION,
        region=office.station.region,
        station=office.station,
        title=title,
        starts_at=moment("2026-06-03 09:00"),
        ends_at=moment("2026-06-03 11:00"),
        created_at=moment("2026-05-20 09:00"),
    )


def test_what_a_station_did_is_counted_from_its_notes(client, office):
    with time_machine.travel(moment("2026-11-24 12:00"), tick=False):
        held = a_held_day(office, dt.date(2026, 11, 3), outcomes=("answered", "handle", "heard"))
        a_held_day(office, dt.date(2026, 3, 3), outcomes=())
        a_held_day(office, dt.date(2025, 12, 30))
        a_reception(office.station, days=-2)
        story = Story.begin(office)
        Petition.objects.filter(pk=story.petition.pk).update(note=held.notes.get(outcome="handle"))

        page = said(client.get(office.station.get_absolute_url()))

    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+) <small>", page))
    assert figures == {"今年接待": "2", "来访": "6", "反映": "3", "当场答复": "1", "转为群众意见": "1"}
    assert "最近一次接待：2026年11月3日" in page
    assert "没有群众来访" in page


@pytest.mark.parametrize(
    ("last", "told"),
    [(None, "<p>今年还没有接待记录。"), (dt.date(2024, 5, 8), "最近一次接待：2024年5月8日。今年还没有接待记录。")],
)
def test_a_station_where_nothing_happens_says_so(client, office, last, told):
    if last:
        a_held_day(office, last)

    assert told in said(client.get(office.station.get_absolute_url()))


def test_a_deputys_year_is_counted_and_explained(client, office):
    with time_machine.travel(moment("2026-11-24 12:00"), tick=False):
        a_held_day(office, dt.date(2026, 11, 3))
        a_held_day(office, dt.date(2025, 11, 3))
        Story.begin(office, deputy=office.deputy_person)
        for attendance in (Attendance.CAME, Attendance.LEAVE):
            activity = an_activity(office, title=f"视察 {attendance}")
            activity.invitations.create(deputy=office.deputy_person, attendance=attendance)

        page = said(client.get(office.deputy_person.get_absolute_url()))

    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+) <small>", page))
    assert figures == {
        "到站接待": "1",
        "接待群众": "4",
        "记下": "2",
        "当场答复": "1",
        "收到群众意见": "1",
        "群众意见办结": "0",
        "提出代表建议": "0",
        "参加代表活动": "1",
    }
    assert "不打分，不排名" in page


def test_a_deputys_telephone_is_on_no_public_page(client, office):
    office.deputy_person.phone = "13911112222"
    office.deputy_person.save()
    a_reception(office.station, deputies=[office.deputy_person], slot_minutes=20)

    for page in (office.deputy_person.get_absolute_url(), office.station.get_absolute_url(), "/receptions/"):
        assert "13911112222" not in said(client.get(page))


def test_station_and_deputy_tell_how_to_subscribe(client, office):
    for found in (office.station, office.deputy_person):
        page = said(client.get(found.get_absolute_url()))
        feed = re.search(r'<output id="feed" class="feed">([^<]+)<', page)[1]
        assert f"webcal:{feed.partition(':')[2]}" in page
        assert client.get(feed.removeprefix(settings.SITE_URL)).headers["Content-Type"].startswith("text/calendar")


def many_stations(office):
    """300 stations, and 120 deputies at one of them with mandates, turns and notes."""
    StationFactory.create_batch(299)
    deputies = Deputy.objects.bulk_create(Deputy(code=f"n-{n:03}", name=f"代表{n}") for n in range(119))
    facts = {"constituency": "第一选区", "term": "第十届", "starts_on": dt.date(2021, 1, 1)}
    Mandate.objects.bulk_create(
        Mandate(deputy=deputy, level=level, **facts) for deputy in deputies for level in (4 - deputy.pk % 2, 5)
    )
    Membership.objects.bulk_create(
        Membership(station=office.station, deputy=deputy, starts_on=dt.date(2021, 1, 1)) for deputy in deputies
    )
    for n in range(6):
        held = a_held_day(office, timezone.localdate() - dt.timedelta(days=n))
        held.deputies.add(*deputies, through_defaults={"present_at": timezone.now()})
        a_reception(office.station, days=n + 1, deputies=deputies, slot_minutes=10)


def test_the_pages_stay_quick_with_300_stations_and_120_deputies(client, office, django_assert_max_num_queries):
    many_stations(office)
    client.force_login(office.viewer)

    for page in (
        "/",
        "/stations/",
        "/stations/?q=南大郭",
        "/stations/?region=130503",
        office.station.get_absolute_url(),
        office.deputy_person.get_absolute_url(),
        "/receptions/",
    ):
        with django_assert_max_num_queries(10):
            assert client.get(page).status_code == 200
