"""Posters: what stands on them, who may print whose, and making those of a whole place."""

import datetime as dt
import io
import re

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from deputies import posters
from deputies.models import Mandate, Plan
from deputies.posters.sheets import deputy_sheets, station_sheets
from stations.models import Station
from tests.factories import StationFactory, a_deputy, a_reception, a_user

pytestmark = pytest.mark.django_db

A4, A3 = (210, 297), (297, 420)  # millimetres


@pytest.fixture
def station(settings):
    settings.SITE_URL = "https://lianluo.example.invalid"
    return StationFactory(name="南大郭镇人大代表之家", code="NDG-J01", phone="0319-0000123")


def pages_of(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def unbroken(words):
    return re.sub(r"\s", "", words)


def sheet_of(station):
    return station_sheets(Station.objects.filter(pk=station.pk), timezone.localdate())[0]


def millimetres(page):
    return tuple(round(float(side) / 72 * 25.4) for side in (page.mediabox.width, page.mediabox.height))


def a_portrait():
    drawn = io.BytesIO()
    Image.new("RGB", (1500, 2000), "#456").save(drawn, "JPEG")
    return ContentFile(drawn.getvalue(), name="portrait.jpg")


# What stands on them


def test_a_station_poster_tells_where_when_whom_and_how(station):
    # given a station with a day to come, a rhythm, and deputies of two levels
    township, city = a_deputy("凌燕飞", station=station), a_deputy("毛建设", station=station)
    city.mandates.create(
        level=Mandate.Level.CITY, constituency="信都区", term="第十六届", starts_on=dt.date(2022, 1, 1)
    )
    reception = a_reception(station, deputies=[township])
    today = timezone.localdate()
    Plan.objects.create(
        station=station, starts_on=today, ends_on=today, rhythm="month_day", days=[15], starts=dt.time(9),
        ends=dt.time(11, 30), place="接待室", made_by=a_user(),
    )  # fmt: skip

    # when its poster is printed
    (page,) = map(unbroken, pages_of(posters.station_poster(station, size="a4")))

    # then a passer-by reads all of it
    for words in (
        "人大代表在这里接待群众",
        "南大郭镇人大代表之家",
        "邢台市信都区南大郭镇",
        "扫一扫，把身边的事告诉代表",
        "每月15日9:00–11:30",
        f"{reception.date:%Y}年{reception.date.month}月{reception.date.day}日",
        "振兴路1号",
        "0319-0000123",
        "工作日8:30–17:30",
        "打电话，或到站里当面说",
        "件件有答复",
        "姓名保密",
    ):
        assert words in page
    assert page.index("市人大代表毛建设") < page.index("乡镇人大代表凌燕飞")


def test_the_code_leads_to_the_form_that_knows_the_station_or_the_deputy(station, client):
    deputy = a_deputy("凌燕飞", station=station)

    (of_deputy,) = deputy_sheets(type(deputy).objects.filter(pk=deputy.pk), timezone.localdate())

    assert sheet_of(station)["form"] == "https://lianluo.example.invalid/petitions/new/?station=NDG-J01"
    assert of_deputy["form"] == f"https://lianluo.example.invalid/petitions/new/?deputy={deputy.code}"
    for sheet in (sheet_of(station), of_deputy):
        form = client.get(sheet["form"].removeprefix("https://lianluo.example.invalid"))
        assert "由南大郭镇人大代表之家接收" in form.content.decode()


def test_a_deputy_poster_shows_the_portrait_the_seats_and_where_to_meet_them(station):
    # given a deputy with a portrait and a phone that only staff may see
    deputy = a_deputy("凌燕飞", station=station)
    deputy.portrait.save("portrait.jpg", a_portrait(), save=False)
    deputy.phone = "13800000000"
    deputy.save()
    a_reception(station, deputies=[deputy])

    # when
    pdf = posters.deputy_poster(deputy, size="a4")

    # then
    page = unbroken(pages_of(pdf)[0])
    for words in ("凌燕飞", "告诉凌燕飞代表", "乡镇人大代表", "第一选区", "南大郭镇人大代表之家", "0319-0000123"):
        assert words in page
    assert "13800000000" not in page
    assert len(PdfReader(io.BytesIO(pdf)).pages[0].images) == 1
    assert len(pdf) < 300_000  # not the portrait as it was uploaded


def test_a_portrait_that_is_lost_does_not_keep_the_poster_from_being_printed(station):
    deputy = a_deputy("凌燕飞", station=station)
    deputy.portrait = "portraits/gone.jpg"
    deputy.save()

    assert "凌燕飞" in unbroken(pages_of(posters.deputy_poster(deputy, size="a4"))[0])


def test_only_published_days_that_still_stand_are_on_a_poster(station):
    a_reception(station, days=2, is_published=False)
    a_reception(station, days=4, cancelled_at=timezone.now())
    stands = a_reception(station, days=6)
    a_reception(station, days=-1)

    assert [day["date"] for day in sheet_of(station)["days"]] == [
        f"{stands.date.year}年{stands.date.month}月{stands.date.day}日"
    ]


def test_of_many_days_the_next_four_are_shown_and_the_code_leads_to_the_others(station):
    for days in range(1, 13):
        a_reception(station, days=days)

    sheet = sheet_of(station)

    assert len(sheet["days"]) == 4
    assert "此后的接待日" in pages_of(posters.station_poster(station, size="a4"))[0]


def test_who_is_out_of_office_or_has_left_the_station_is_not_on_its_poster(station):
    ended, left = a_deputy("卸任者", station=station), a_deputy("离开者", station=station)
    ended.mandates.update(status=Mandate.Status.ENDED)
    left.memberships.update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    a_deputy("凌燕飞", station=station)

    assert [level["names"] for level in sheet_of(station)["levels"]] == [["凌燕飞"]]


@pytest.mark.parametrize("size", ["a4", "a3"])
@pytest.mark.parametrize("deputies", [0, 40, 90])
@pytest.mark.parametrize("name", ["站", "南大郭镇人大代表之家" * 8, "#panic() *粗* ] " * 5, "Liaison" * 11])
def test_a_poster_is_one_sheet_whatever_stands_on_it(station, size, deputies, name):
    # given names of every length and any number of deputies and days
    station.name, station.address, station.hours = name, "南大郭镇政府院内" * 25, "周一至周五8:30–12:00，" * 7
    station.save()
    for number in range(deputies):
        deputy = a_deputy(f"代表名字很长{number}", station=station)
        a_reception(station, days=number % 12, starts=dt.time(8, number // 12), deputies=[deputy])

    # when
    paper = PdfReader(io.BytesIO(posters.station_poster(station, size=size)))

    # then
    assert [millimetres(page) for page in paper.pages] == [A3 if size == "a3" else A4]
    text = unbroken(paper.pages[0].extract_text())
    assert unbroken(name) in text
    assert ("全站共有90名" in text) == (deputies == 90)
    assert "姓名保密" in text
