"""Open311 GeoReport v2: what other cities' programs read and send."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import time_machine
from django.conf import settings
from jsonschema import Draft4Validator
from jsonschema.validators import RefResolver

from petitions.models import Category, Petition, Status
from tests.petitions.story import REPORTER, Story

V2 = "/open311/v2"
SCHEMAS = Path(settings.BASE_DIR).parent / "shared" / "reference" / "open311"


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield


@pytest.fixture
def topic(db):
    top = Category.objects.create(path="城乡建设", name="城乡建设", level=1)
    Category.objects.create(path="城乡建设/路灯", name="路灯", level=2, parent=top)
    return top


@pytest.fixture
def told(office, topic):
    """A published case about a lamp, closed, and one about nothing in particular that is not published."""
    Story.begin(office, title="没有公开的标题")
    story = Story.begin(office, title="原来的标题", body="原来的内容")
    Petition.objects.filter(pk=story.petition.pk).update(
        status=Status.CLOSED,
        closed_how="satisfied",
        category=Category.objects.get(level=2),
        publication="published",
        public_title="东街路灯维修",
        summary="已经换新。\x0b",
        published_at=story.at,
        closed_at=story.at,
    )
    return story


def numbers(client, query=""):
    return [row["service_request_id"] for row in client.get(f"{V2}/requests.json{query}").json()]


def report(client, office, kind="json", **facts):
    sent = {"service_code": "0", "attribute[station]": office.station.code, "description": "桥头的栏杆断了。\n请修。"}
    return client.post(f"{V2}/requests.{kind}", sent | facts)


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the published schemas are not beside this repository")
def test_the_answers_are_as_the_published_schemas_have_them(client, office, told, topic):
    def hold(name, answer):
        schema = json.loads((SCHEMAS / name).read_text())
        resolver = RefResolver(f"{SCHEMAS.as_uri()}/", schema)
        Draft4Validator(schema, resolver=resolver).validate(answer.json())

    hold("services.json", client.get(f"{V2}/services.json"))
    hold("service-definition.json", client.get(f"{V2}/services/{topic.pk}.json"))
    hold("requests.json", client.get(f"{V2}/requests.json"))
    hold("requests.json", client.get(f"{V2}/requests/{told.petition.number}.json"))


def test_only_published_cases_are_told_and_never_in_the_reporter_s_words(client, told):
    page = client.get(f"{V2}/requests.json")

    assert numbers(client) == [told.petition.number]
    for word in ("原来的", "没有公开", *REPORTER.values()):
        assert word not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?status=closed", 1),
        ("?status=open", 0),
        ("?status=open,closed", 1),
        ("?service_code=0", 0),
        ("?start_date=2026-11-01T16:00:00Z&end_date=2026-11-03T00:00:00Z", 1),
        ("?start_date=2026-11-03T00:00:00+08:00", 0),
        ("?start_date=2026-11-02T09:00:00+08:00", 0),
        ("?end_date=2026-11-01T23:59:59+08:00", 0),
        ("?page=2", 0),
        ("?page_size=1", 1),
        ("?service_request_id=nobody", 0),
    ],
)
def test_requests_are_found_by_the_protocol_s_filters(client, told, query, found):
    assert len(numbers(client, query)) == found


def test_when_a_matter_was_brought_is_told_by_its_day_only(client, told):
    (row,) = client.get(f"{V2}/requests.json").json()

    assert row["requested_datetime"] == "2026-11-02T00:00:00+08:00"


def test_a_service_finds_the_topics_below_it(client, told, topic):
    assert numbers(client, f"?service_code={topic.pk},0") == [told.petition.number]


@pytest.mark.parametrize(
    "query",
    [
        "?status=x",
        "?page=0",
        "?page=x",
        "?start_date=x",
        "?start_date=9999-12-31T23:59:59Z",
        "?end_date=2026-99-01T00:00:00Z",
    ],
)
def test_a_query_that_nobody_understands_gets_the_protocol_s_error(client, told, query):
    answer = client.get(f"{V2}/requests.json{query}")

    assert answer.status_code == 400
    assert answer.json()[0]["code"] == 400


def test_xml_says_what_json_says_and_can_be_read(client, told, topic):
    (row,) = ElementTree.fromstring(client.get(f"{V2}/requests.xml").content)
    services = ElementTree.fromstring(client.get(f"{V2}/services.xml").content)

    assert (row.tag, row.findtext("service_request_id")) == ("request", told.petition.number)
    assert row.findtext("lat") == ""
    assert services.findtext("service/service_name") == "城乡建设"
    assert ElementTree.fromstring(client.get(f"{V2}/services/{topic.pk}.xml").content).find("attributes/attribute")
    assert ElementTree.fromstring(client.get("/open311/discovery.xml").content).findtext("endpoints/endpoint/url")


def test_a_report_becomes_a_case_that_its_code_opens(client, office, topic):
    answer = report(client, office, service_code=str(topic.pk), address_string="村东桥头")

    petition = Petition.objects.get()
    (made,) = answer.json()
    code = made["service_notice"].split("：")[1].split("。")[0]
    own = client.get(f"{V2}/requests/{petition.number}.json", headers={"X-Query-Code": code})
    assert answer.status_code == 201
    assert (petition.title, petition.place, petition.category) == ("桥头的栏杆断了。", "村东桥头", topic)
    assert petition.secrecy == Petition.Secrecy.ANONYMOUS
    assert own.json()[0]["description"] == "桥头的栏杆断了。\n请修。"
    assert client.get(f"{V2}/requests/{petition.number}.json").status_code == 404


def test_pages_of_other_sites_read_of_open311_only_what_is_for_everybody(client, office, topic):
    made = report(client, office, service_code=str(topic.pk), address_string="村东桥头")
    number, code = made.json()[0]["service_request_id"], made.json()[0]["service_notice"].split("：")[1].split("。")[0]
    own = client.get(f"{V2}/requests/{number}.json", headers={"X-Query-Code": code})

    assert own.status_code == 200
    assert {"Access-Control-Allow-Origin"}.isdisjoint(made.headers.keys() | own.headers.keys())
    assert client.get(f"{V2}/requests.json").headers["Access-Control-Allow-Origin"] == "*"


def test_who_reports_by_name_is_kept_in_the_vault_and_nowhere_else(client, office):
    answer = report(client, office, "xml", last_name=REPORTER["name"], phone=REPORTER["phone"])

    petition = Petition.objects.get()
    assert petition.secrecy == Petition.Secrecy.STATION
    assert petition.proposers.get().identity is not None
    assert REPORTER["name"] not in answer.content.decode()
    assert ElementTree.fromstring(answer.content).findtext("request/service_request_id") == petition.number


@pytest.mark.parametrize(
    "fault",
    [
        {"service_code": "999999"},
        {"service_code": "x"},
        {"attribute[station]": "nowhere"},
        {"attribute[station]": "\x00"},
        {"description": ""},
        {"phone": "139", "last_name": "甲"},
    ],
)
def test_what_is_wrong_with_a_report_is_said_and_nothing_is_kept(client, office, fault):
    answer = report(client, office, **fault)

    assert answer.status_code == 400
    assert answer.json()[0]["description"]
    assert Petition.objects.count() == 0
