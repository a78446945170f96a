"""Reception days as residents find them."""

import datetime as dt
import html

import pytest
from django.urls import reverse

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


@pytest.mark.parametrize("key", ["²", "９", "-1", "9" * 40])
def test_a_leaf_that_does_not_exist_is_the_first_one(client, station, key):
    a_reception(station, scope="供暖")

    assert "供暖" in said(client.get(reverse("deputies:receptions"), {"after": key}))


def test_every_reception_stands_on_exactly_one_leaf(client, station):
    made = [a_reception(station, days=n // 2, starts=dt.time(9 + n % 2), scope=f"第{n}场") for n in range(25)]

    first = said(client.get(reverse("deputies:receptions")))
    second = said(client.get(f"{reverse('deputies:receptions')}?after={made[19].pk}"))

    for n in range(25):
        assert (f">第{n}场<" in first) != (f">第{n}场<" in second)
