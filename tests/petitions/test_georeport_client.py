"""Open311 as a client of somebody else reads it, over HTTP, as JSON and as XML."""

import pytest
import time_machine
from georeport import GeoReport

from petitions.models import Category, Petition, Status
from tests.factories import load_years
from tests.petitions.story import Story, an_office


@pytest.mark.django_db(transaction=True)
def test_a_client_of_somebody_else_finds_services_their_questions_and_what_was_published(live_server):
    load_years(2026)
    topic = Category.objects.create(path="城乡建设", name="城乡建设", level=1)
    with time_machine.travel("2026-11-03T10:00:00+08:00", tick=False):
        story = Story.begin(an_office())
        Petition.objects.update(
            status=Status.CLOSED, closed_how="satisfied", closed_at=story.at, category=topic,
            publication="published", published_at=story.at, public_title="东街路灯", summary="已经换新。",
        )  # fmt: skip
    number = story.petition.number

    for kind in ("json", "xml"):
        client = GeoReport(f"{live_server.url}/open311/v2", output_format=kind)
        assert [service["service_name"] for service in client.get_service_list()] == ["城乡建设", "其他"]
        assert client.get_service_definition(str(topic.pk))["service_code"] == str(topic.pk)
        told = client.get_service_request(number)
        assert (told["status"], told["description"]) == ("closed", "东街路灯\n已经换新。")
        asked = client.get_service_requests(status="closed", service_code=str(topic.pk))
        assert [row["service_request_id"] for row in (asked if isinstance(asked, list) else [asked])] == [number]
