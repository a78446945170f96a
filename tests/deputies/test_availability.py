"""Who can be on duty, and at which level they sit."""

import datetime as dt

import pytest

from deputies.availability import Availability
from deputies.models import Deputy, Mandate
from tests.factories import a_deputy

pytestmark = pytest.mark.django_db


def test_a_seat_that_is_over_gives_no_level():
    deputy = a_deputy("郑代表")
    deputy.mandates.create(
        level=Mandate.Level.CITY,
        constituency="市选区",
        term="第八届",
        starts_on=dt.date(2016, 1, 1),
        ends_on=dt.date(2021, 1, 1),
    )

    def level_in(year):
        span = {"first": dt.date(year, 1, 1), "last": dt.date(year, 12, 31)}
        return Availability(Deputy.objects.all(), **span).level(deputy.pk)

    assert (level_in(2015), level_in(2020), level_in(2026)) == (0, Mandate.Level.CITY, Mandate.Level.TOWNSHIP)
