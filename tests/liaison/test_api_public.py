"""What programs may ask for without signing in: places, stations, deputies, reception days, statistics."""

import pytest
import time_machine

from deputies.models import Mandate
from tests.factories import a_deputy, a_reception, a_region, load_years
from tests.petitions.story import an_office


@pytest.fixture
def office(db):
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        load_years(2026)
        yield an_office()


def rows(client, path):
    return client.get(f"/api/v1/{path}").json()["results"]


def test_places_are_walked_from_one_to_those_below(office, client):
    a_region("130503100")

    below = rows(client, "regions/?parent=130503")

    assert "130503100" in [region["code"] for region in below]
    assert client.get("/api/v1/regions/130503/").json()["level"] == "county"
    assert client.get("/api/v1/regions/?parent=1").status_code == 400


def test_a_station_out_of_use_is_not_told(office, client):
    code = office.station.code
    assert code in [station["code"] for station in rows(client, "stations/?region=13")]

    office.station.active = False
    office.station.save()

    assert code not in [station["code"] for station in rows(client, "stations/")]
    assert client.get(f"/api/v1/stations/{code}/").status_code == 404


def test_a_deputy_is_told_without_telephone_while_in_office(office, client):
    deputy = office.deputy_person
    deputy.phone = "13900000001"
    deputy.save()
    a_deputy(name="另一位")

    page = client.get(f"/api/v1/deputies/?station={office.station.code}")

    assert [(row["code"], row["stations"]) for row in page.json()["results"]] == [(deputy.code, [office.station.code])]
    assert "13900000001" not in page.content.decode()
    Mandate.objects.filter(deputy=deputy).update(status="ended")
    assert client.get(f"/api/v1/deputies/{deputy.code}/").status_code == 404


def test_only_published_days_are_told_and_found_by_station_and_deputy(office, client):
    day = a_reception(office.station, deputies=[office.deputy_person])
    hidden = a_reception(office.station, days=5, is_published=False)

    found = rows(client, f"receptions/?station={office.station.code}&deputy={office.deputy_person.code}")

    assert [(row["id"], row["deputies"]) for row in found] == [(day.pk, [office.deputy_person.code])]
    assert client.get(f"/api/v1/receptions/{hidden.pk}/").status_code == 404
    assert client.get(f"/api/v1/receptions/{day.pk}/").json()["station"] == office.station.code


def test_statistics_are_those_of_the_page_and_a_period_that_is_none_is_refused(office, client):
    told = client.get("/api/v1/statistics/").json()

    assert told["period"] == "2026"
    assert told["whole"]["rates"]["in_time_rate"] is None
    assert len(told["months"]) == 12
    assert client.get("/api/v1/statistics/?period=nonsense").status_code == 400


@pytest.mark.parametrize("path", ["regions", "stations", "deputies", "receptions", "results", "statistics"])
def test_what_is_for_everybody_takes_few_queries_and_no_session(office, client, path, django_assert_max_num_queries):
    client.get(f"/api/v1/{path}/")

    with django_assert_max_num_queries(12):
        answer = client.get(f"/api/v1/{path}/")

    assert answer.status_code == 200
    assert "Vary" not in answer.headers or "Cookie" not in answer.headers["Vary"]
