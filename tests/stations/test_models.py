"""Regions and stations: what lies within what."""

import pytest

from stations.models import Region, Station
from tests.factories import StationFactory, a_region

pytestmark = pytest.mark.django_db


def test_a_region_holds_itself_and_everything_below_it():
    village = a_region("130503100201")
    a_region("130502100")

    within = Region.objects.within(a_region("130503"))

    assert {region.name for region in within} == {"信都区", "南大郭镇", "南大郭村"}
    assert list(Region.objects.within(village)) == [village]


def test_a_region_names_the_codes_above_it_from_the_province_down():
    assert a_region("130503100201").ancestor_codes == ["13", "1305", "130503", "130503100", "130503100201"]


def test_the_stations_within_a_township_are_its_own_and_its_villages():
    own = StationFactory(region=a_region("130503100"))
    village = StationFactory(region=a_region("130503100201"))
    StationFactory(region=a_region("130503101"))

    assert set(Station.objects.within(a_region("130503100"))) == {own, village}


def test_stations_are_found_by_prefix_without_joining_the_regions(django_assert_num_queries):
    with django_assert_num_queries(1):
        plan = Station.objects.within(Region(code="130503")).query.sql_with_params()[0]
        list(Station.objects.within(Region(code="130503")))

    assert "JOIN" not in plan


def test_a_station_that_was_closed_is_not_offered():
    StationFactory(active=False)
    open_station = StationFactory()

    assert list(Station.objects.active()) == [open_station]
