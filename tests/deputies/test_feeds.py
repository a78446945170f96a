"""Calendars to subscribe to, as calendar programs read them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from icalendar import Calendar

from accounts.models import Role
from deputies import services
from deputies.models import Reception
from tests.factories import OrganFactory, StationFactory, a_deputy, a_reception, a_user, load_years

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return StationFactory()


@pytest.fixture
def officer(station):
    load_years()
    return a_user(Role.OFFICER, station)


def feed_of(client, station):
    return client.get(reverse("deputies:station_feed", args=[station.code]))


def events(response):
    """The events of a feed by their UID."""
    calendar = Calendar.from_ical(response.content)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def test_a_station_feed_tells_when_where_who_and_what(client, station):
    day = a_reception(station, deputies=[a_deputy("郑代表")], scope="供暖、下水", slot_minutes=20)
    day.organs.add(OrganFactory(name="信都区水务局"))

    response = feed_of(client, station)

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events(response).values()
    beijing = ZoneInfo("Asia/Shanghai")
    assert event["DTSTART"].dt == dt.datetime.combine(day.date, day.starts, beijing)
    assert event["DTEND"].dt == dt.datetime.combine(day.date, day.ends, beijing)
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert event["SUMMARY"] == f"代表接待日：{station.name}"
    assert "代表接待室" in event["LOCATION"]
    for word in ("郑代表", "供暖、下水", "信都区水务局", "0319-0000101"):
        assert word in event["DESCRIPTION"]
    assert event["URL"].endswith(reverse("deputies:book", args=[day.pk]))
    assert event["STATUS"] == "CONFIRMED"


def test_the_calendar_says_what_it_is_and_how_often_to_look(client, station):
    a_reception(station)

    calendar = Calendar.from_ical(feed_of(client, station).content)

    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["X-WR-CALNAME"] == f"{station.name}接待日"
    assert calendar["REFRESH-INTERVAL"].dt == dt.timedelta(hours=6)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Shanghai"
    assert zone.to_tz().utcoffset(dt.datetime(2026, 7, 1)) == dt.timedelta(hours=8)  # noqa: DTZ001 — wall clock


def test_a_day_keeps_its_uid_when_it_moves(client, station, officer):
    day = a_reception(station)
    before = events(feed_of(client, station))

    services.move(
        reception=day,
        date=day.date + dt.timedelta(days=7),
        starts=day.starts,
        ends=day.ends,
        why="村里换届",
        actor=officer,
    )
    after = events(feed_of(client, station))

    assert set(before) == set(after) == {f"{day.uid}@localhost"}
    (old,), (new,) = before.values(), after.values()
    assert new["SEQUENCE"] > old["SEQUENCE"]
    assert new["DTSTART"].dt - old["DTSTART"].dt == dt.timedelta(days=7)
    assert new["LAST-MODIFIED"].dt >= old["LAST-MODIFIED"].dt
    assert "原定" in new["DESCRIPTION"]
    assert "村里换届" in new["DESCRIPTION"]


def test_a_new_name_on_the_roster_makes_a_newer_version(client, station, officer, time_machine):
    load_years()
    time_machine.move_to("2026-11-24T10:00:00+08:00", tick=False)
    day = a_reception(station, deputies=[a_deputy("郑代表", station=station)])
    (before,) = events(feed_of(client, station)).values()

    time_machine.move_to("2026-11-24T10:05:00+08:00", tick=False)
    services.set_turns(reception=day, deputies=[a_deputy("冯代表", station=station)], actor=officer)
    (after,) = events(feed_of(client, station)).values()

    assert "冯代表" in after["DESCRIPTION"]
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt


def test_a_cancelled_day_stays_and_is_sent_as_cancelled(client, station, officer):
    day = a_reception(station)
    before = events(feed_of(client, station))

    services.cancel(reception=day, why="代表外出", actor=officer)
    after = events(feed_of(client, station))

    (uid,) = before
    assert after[uid]["STATUS"] == "CANCELLED"
    assert after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"]
    assert "已取消" in after[uid]["SUMMARY"]
    assert "代表外出" in after[uid]["DESCRIPTION"]


def test_a_day_that_is_not_published_appears_in_no_calendar(client, station):
    deputy = a_deputy(station=station)
    day = a_reception(station, deputies=[deputy], is_published=False)

    assert events(feed_of(client, station)) == {}
    assert events(client.get(reverse("deputies:deputy_feed", args=[deputy.code]))) == {}
    assert client.get(reverse("deputies:reception_file", args=[day.pk])).status_code == 404


def test_ninety_days_are_looked_back(client, station):
    a_reception(station, days=-91)
    kept = a_reception(station, days=-90)

    assert set(events(feed_of(client, station))) == {f"{kept.uid}@localhost"}


def test_a_deputy_feed_holds_their_own_days_wherever_they_are(client, station):
    deputy, other = a_deputy("郑代表"), a_deputy("王代表")
    mine = a_reception(station, deputies=[deputy, other])
    elsewhere = a_reception(StationFactory(), deputies=[deputy])
    a_reception(station, days=5, deputies=[other])

    response = client.get(reverse("deputies:deputy_feed", args=[deputy.code]))

    assert set(events(response)) == {f"{day.uid}@localhost" for day in (mine, elsewhere)}


def test_lines_are_folded_at_75_octets_between_characters(client, station):
    a_reception(station, scope="供暖、下水、路灯、停车、物业" * 10)

    body = feed_of(client, station).content

    assert body.endswith(b"\r\n")
    lines = body.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()


def test_commas_line_ends_and_hostile_words_stay_text(client, station):
    a_reception(station, scope="一,二;三\\四\r\nBEGIN:VEVENT\r\nUID:x")

    (event,) = events(feed_of(client, station)).values()

    assert "一,二;三\\四" in event["DESCRIPTION"]


def test_a_break_in_a_stations_name_begins_no_line_of_its_calendar(client):
    station = StationFactory(name="甲站\r\nATTENDEE:x")
    a_reception(station)

    response = feed_of(client, station)

    assert b"\nATTENDEE" not in response.content
    assert len(events(response)) == 1


def test_a_program_that_has_the_newest_version_gets_304(client, station):
    day = a_reception(station)
    first = feed_of(client, station)

    again = client.get(first.request["PATH_INFO"], headers={"If-None-Match": first["ETag"]})
    day.sequence += 1
    day.save()
    changed = client.get(first.request["PATH_INFO"], headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


def test_one_day_is_a_file_with_the_same_uid(client, station):
    day = a_reception(station)

    response = client.get(reverse("deputies:reception_file", args=[day.pk]))

    assert set(events(response)) == set(events(feed_of(client, station)))
    assert f'filename="reception-{day.date:%Y%m%d}.ics"' in response["Content-Disposition"]


def test_a_closed_station_and_an_unknown_deputy_have_no_feed(client):
    assert feed_of(client, StationFactory(active=False)).status_code == 404
    assert client.get(reverse("deputies:deputy_feed", args=["nobody"])).status_code == 404


def test_a_feed_costs_the_same_however_many_days(client, station, django_assert_max_num_queries):
    deputies = [a_deputy(f"代表{n}") for n in range(4)]
    for n in range(60):
        a_reception(station, days=n, deputies=deputies)

    for address in (
        reverse("deputies:station_feed", args=[station.code]),
        reverse("deputies:deputy_feed", args=[deputies[0].code]),
        reverse("deputies:reception_file", args=[Reception.objects.first().pk]),
    ):
        with django_assert_max_num_queries(5):
            assert client.get(address).status_code == 200
