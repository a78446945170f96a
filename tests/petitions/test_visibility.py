"""One rule decides who lists, opens, exports and fetches a case; looking changes nothing."""

import re

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import Role
from petitions.models import Petition, Status
from tests.factories import OrganFactory, StationFactory, a_region, a_user, load_years
from tests.ledgers import csv_lines, lines
from tests.petitions.story import Story, an_office

PEOPLE = (*Role.values, "other_clerk", "other_leader", "stranger", "city", "neighbour_head", "unrelated_clerk")


@pytest.fixture
def world(db):
    """Cases in every position: of the station, of its neighbours, handed here and there, recalled, merged, raised."""
    load_years()
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        office = an_office()
        office.city = a_user(Role.COMMITTEE, a_region("1305"))
        office.unrelated_clerk = a_user(Role.CLERK, OrganFactory())
        near = StationFactory(region=a_region("130503101"))
        office.neighbour_head = a_user(Role.HEAD, near.region)
        far = StationFactory(region=a_region("130502100"))
        stories = [Story.brought_to(status, office) for status in Status.values]
        both = Story.brought_to(Status.HANDLING, office)
        both.take("add_organ")
        returned = Story.brought_to(Status.HANDLING, office)
        returned.take("ask_return", by=Role.CLERK)
        returned.take("decide_return", to=office.other_organ)
        raised = Story.brought_to(Status.ACCEPTED, office, deputy=office.deputy_person)
        raised.take("raise_suggestion")
        Story.begin(office, station=near, region=near.region)
        Story.begin(office, station=near, region=near.region, deputy=office.deputy_person)
        Story.begin(office, station=far, region=far.region)
        assert len(stories) == len(Status)
        yield office


def listed(browser):
    found, address = set(), "/desk/petitions/"
    while address:
        text = browser.get(address).content.decode()
        found |= set(re.findall(r"<span>(XD-\d+-\d+)</span>", text))
        older = re.search(r'rel="next" href="([^"]+)"', text)
        address = older and older.group(1).replace("&amp;", "&")
    return found


def opened(browser, numbers):
    return {number for number in numbers if browser.get(reverse("petitions:case", args=[number])).status_code == 200}


def exported(browser):
    in_book = {row["编号"] for row in lines(browser, "petitions")}
    assert {row["编号"] for row in csv_lines(browser, "petitions")} == in_book
    return in_book


def fetched(browser):
    found, address = set(), "/api/v1/petitions/"
    while address:
        page = browser.get(address).json()
        found |= {row["number"] for row in page["results"]}
        address = page["next"]
    return found


def fetched_one_by_one(browser, numbers):
    return {number for number in numbers if browser.get(f"/api/v1/petitions/{number}/").status_code == 200}


def test_list_detail_export_and_api_are_the_same_for_everybody(world, client):
    numbers = set(Petition.objects.values_list("number", flat=True))

    seen = {}
    for name in PEOPLE:
        client.force_login(getattr(world, name))
        seen[name] = listed(client)
        assert opened(client, numbers) == seen[name], name
        assert exported(client) == seen[name], name
        assert fetched(client) == seen[name], name
        assert fetched_one_by_one(client, numbers) == seen[name], name

    assert seen["admin"] == seen["unrelated_clerk"] == seen["stranger"] == set()
    assert seen["city"] == numbers
    assert seen["committee"] == seen["viewer"] < seen["city"]
    assert seen["officer"] == seen["head"] < seen["committee"]
    assert len(seen["neighbour_head"]) == 2
    assert len(seen["deputy"] - seen["officer"]) == 1
    assert seen["clerk"] == seen["leader"] < seen["head"]
    assert seen["other_clerk"] == seen["other_leader"]
    assert seen["clerk"] & seen["other_clerk"]
    assert seen["clerk"] - seen["other_clerk"]
    assert seen["other_clerk"] - seen["clerk"]


def test_a_substitute_whose_grant_has_ended_sees_nothing_any_more(world, client):
    world.officer.grants.update(ends_on=timezone.localdate() - timezone.timedelta(days=1))
    client.force_login(world.officer)

    assert client.get("/desk/petitions/").status_code == 403
    assert client.get("/api/v1/petitions/").status_code == 403


FOR_ALL = tuple(
    f"api/{name}/"
    for name in (
        "v1/regions",
        "v1/stations",
        "v1/deputies",
        "v1/receptions",
        "v1/results",
        "v1/statistics",
        "schema",
        "docs",
    )
)


def desk_addresses(number):
    """Every address below /desk/ and /api/ that is not for everybody, filled in."""
    patterns = [name for name in addresses() if name.startswith(("desk/", "api/")) and not name.startswith(FOR_ALL)]
    return sorted({f"/{fill(pattern, number)}" for pattern in patterns})


def addresses(patterns=None, before=""):
    for pattern in patterns or get_resolver().url_patterns:
        here = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, here)
        else:
            yield here


def fill(pattern, number):
    filled = re.sub(r"<str:number>", number, pattern)
    filled = re.sub(r"<slug:action>", "accept", filled)
    filled = re.sub(r"<date:day>", "2026-11-03", filled)
    return re.sub(r"<(?:\w+:)?\w+>", "1", filled)


def test_whoever_has_not_signed_in_is_sent_to_sign_in_by_every_page_of_the_desk(world, client):
    number = Petition.objects.first().number

    for address in desk_addresses(number):
        for answer in (client.get(address), client.post(address)):
            if address.startswith("/api/"):
                assert answer.status_code in (400, 401, 403, 404, 405, 415), address
            elif answer.status_code != 405:
                assert answer.status_code == 302, address
                assert answer.url.startswith("/accounts/login/"), address


def everything_stored():
    """A checksum of every table but sessions and counted tries."""
    passed = {"sessions_session", "accounts_attempt"}
    tables = sorted(model._meta.db_table for model in apps.get_models(include_auto_created=True))
    with connection.cursor() as cursor:
        sums = {}
        for table in tables:
            if table in passed or table == "django_session":
                continue
            name = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
            )
            sums[table] = cursor.fetchone()
    return sums


def test_looking_at_a_page_never_changes_anything(world, client):
    numbers = list(Petition.objects.values_list("number", flat=True))
    pages = {address for number in numbers[:2] for address in desk_addresses(number)}

    for name in (*Role.values, "stranger"):
        client.force_login(getattr(world, name))
        before = everything_stored()
        for address in pages:
            answer = client.get(address)
            if answer.streaming:
                b"".join(answer.streaming_content)
        assert everything_stored() == before, name


def test_no_page_of_a_case_names_its_reporter(world, client):
    for name in PEOPLE:
        user = getattr(world, name)
        client.force_login(user)
        for number in Petition.objects.visible_to(user).values_list("number", flat=True):
            for address in (f"/desk/petitions/{number}/", f"/api/v1/petitions/{number}/"):
                text = client.get(address).content.decode()
                for secret in ("孟庆余", "13900000042", "东街9号", "meng@example"):
                    assert secret not in text, (name, address)
