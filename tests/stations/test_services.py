"""Finding a station by words and from place to place."""

import pytest

from stations.errors import StationError
from stations.models import Station
from stations.services import find_stations, open_station
from tests.factories import StationFactory, a_region

pytestmark = pytest.mark.django_db


def names(found):
    return [station.name for station in found.stations]


def test_a_station_is_found_by_its_name_its_address_and_its_place():
    station = StationFactory(name="太行社区人大代表联络站", address="振兴路1号", region=a_region("130503100"))

    for words in ("太行", "振兴路", "南大郭镇", "信都区", "南大郭 振兴"):
        assert names(find_stations(words)) == [station.name], words
    assert find_stations("东郭村").stations == []


def test_a_village_without_a_station_leads_to_its_townships():
    a_region("130503100201")
    station = StationFactory(region=a_region("130503100"))
    StationFactory(region=a_region("130502100"))

    assert names(find_stations("南大郭村")) == [station.name]


def test_a_closed_station_is_not_found():
    StationFactory(active=False)

    assert find_stations().stations == []


def test_places_go_from_county_to_township_with_the_number_of_stations():
    StationFactory.create_batch(2, region=a_region("130503100"))
    StationFactory(region=a_region("130503101"))
    StationFactory(region=a_region("130502100"))

    counties, townships = find_stations(), find_stations(region_code="130503")

    assert [(place.name, place.station_count) for place in counties.places] == [("襄都区", 1), ("信都区", 3)]
    assert [(place.name, place.station_count) for place in townships.places] == [("南大郭镇", 2), ("李村镇", 1)]
    assert len(townships.stations) == 3
    assert len(find_stations(region_code="130503101").stations) == 1


def test_a_level_with_a_single_place_is_passed_over():
    StationFactory(region=a_region("130503100"))
    StationFactory(region=a_region("130503101"))

    assert [place.name for place in find_stations().places] == ["南大郭镇", "李村镇"]


def test_every_station_stands_on_exactly_one_page():
    for n in range(45):
        StationFactory(region=a_region(("130503100", "130503101", "130502100")[n % 3]))
    seen, after = [], ""
    while True:
        found = find_stations(after=after)
        seen += [station.code for station in found.stations]
        after = found.older
        if not after:
            break

    assert len(seen) == len(set(seen)) == 45


def test_a_place_reads_from_the_city_down():
    assert a_region("130503100201").full_name == "邢台市信都区南大郭镇南大郭村"
    assert a_region("13").full_name == ""


def test_a_button_pressed_twice_opens_one_station():
    facts = {"code": "NDG-Z09", "name": "太行社区联络站", "tier": Station.Tier.ZHAN, "address": "振兴路1号"}
    open_station(region=a_region("130503100"), **facts)

    with pytest.raises(StationError, match="编号NDG-Z09刚刚已用于另一个联络站"):
        open_station(region=a_region("130503100"), **facts)
    assert Station.objects.count() == 1
