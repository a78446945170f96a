"""Reception days as residents find them."""

import datetime as dt
import html
import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from deputies import services
from tests.factories import StationFactory, a_deputy, a_reception, a_region

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return StationFactory()


def said(response):
    return html.unescape(response.content.decode())


def test_a_reception_tells_day_hours_place_and_deputies(client, station):
    a_reception(station, deputies=[a_deputy("郑代表")], scope="供暖")

    page = said(client.get(reverse("deputies:receptions")))

    for word in ("9:00–11:30", "代表接待室", "郑代表", "供暖", station.name):
        assert word in page


def test_what_is_not_published_yet_is_not_announced(client, station):
    a_reception(station, is_published=False)

    page = said(client.get(reverse("deputies:receptions")))

    assert station.name not in page
    assert "近期还没有公布接待日" in page


def test_receptions_are_narrowed_to_a_place(client, station):
    elsewhere = StationFactory(name="襄都联络站", region=a_region("130502100"))
    a_reception(station)
    a_reception(elsewhere, scope="供暖")

    page = said(client.get(reverse("deputies:receptions"), {"q": "南大郭"}))

    assert station.name in page
    assert "襄都联络站" not in page


def test_a_past_reception_is_not_announced(client, station):
    a_reception(station, days=-1, scope="昨天的接待")

    assert "昨天的接待" not in said(client.get(reverse("deputies:receptions")))


@pytest.mark.parametrize("key", ["²", "９", "-1", "9" * 40, "9" * 5000])
def test_a_leaf_that_does_not_exist_is_the_first_one(client, station, key):
    a_reception(station, scope="供暖")

    assert "供暖" in said(client.get(reverse("deputies:receptions"), {"after": key}))


def test_every_reception_stands_on_exactly_one_leaf(client, station):
    made = [a_reception(station, days=n // 2, starts=dt.time(9 + n % 2), scope=f"第{n}场") for n in range(25)]

    first = said(client.get(reverse("deputies:receptions")))
    second = said(client.get(f"{reverse('deputies:receptions')}?after={made[19].pk}"))

    for n in range(25):
        assert (f">第{n}场<" in first) != (f">第{n}场<" in second)


def test_the_list_says_where_one_can_book_and_where_one_simply_comes(client):
    station = StationFactory()
    a_reception(station, scope="甲", slot_minutes=20)
    full = a_reception(station, days=4, scope="乙", slot_minutes=150)
    a_reception(station, days=5, scope="丙")
    moved = a_reception(station, days=6, scope="丁", meant_on=timezone.localdate(), moved_why="下大雪")
    a_reception(station, days=7, scope="戊", cancelled_at=timezone.now(), cancelled_why="代表外出")
    facts = {"topic": "", "people": 1, "identity": None, "submission_key": uuid4()}
    services.book(reception=full, slot=dt.time(9), **facts)

    page = said(client.get(reverse("deputies:receptions")))
    rows = re.findall(r"<li class=\"row-item reception.*?</li>", page, re.DOTALL)

    assert "还有 7 段可约" in rows[0]
    assert "时段已约满，可以直接来" in rows[1]
    assert "不用预约，直接来" in rows[2]
    assert "已改期：下大雪" in rows[3]
    assert f"原定{moved.meant_on.year}年" in rows[3]
    assert "已取消" in rows[4]
    assert "代表外出" in rows[4]
    assert ">预约<" not in "".join(rows[1:])
