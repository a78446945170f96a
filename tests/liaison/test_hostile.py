"""What a hostile visitor tries that no other test has shown yet."""

import json

import pytest
from django.urls import reverse

from petitions.models import Petition, Status
from supervision.models import Severity
from tests.petitions.story import Story, an_office
from tests.petitions.test_api import CASES, submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return an_office()


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_the_type_switch_never_leads_to_another_site(client, back):
    answer = client.post(reverse("portal:type_size"), {"type": "large", "next": back}, headers={"Referer": back})

    assert "evil" not in answer.headers["Location"]
    assert not answer.headers["Location"].startswith("javascript")


def test_a_foreign_host_is_refused_and_a_forwarded_one_is_not_believed(client, settings):
    settings.ALLOWED_HOSTS = ["portal.example"]

    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    page = client.get("/desk/", headers={"Host": "portal.example", "X-Forwarded-Host": "evil.example"})
    assert page.headers["Location"] == "/accounts/login/?next=/desk/"


def test_a_program_sets_nothing_that_the_form_does_not_ask_for(client, office):
    theirs = {
        "status": "closed", "number": "XD-1", "submitted_at": "2020-01-01T00:00:00Z", "entered_by": office.officer.pk,
        "publication": "published", "public_title": "x", "severity": 3, "nature": "complex", "channel": "import",
        "leader": office.head.pk, "objected": True, "signs": [], "pk": 1, "note": 1, "actor": office.officer.pk,
    }  # fmt: skip

    answer = client.post(CASES, json.dumps(submission(office) | theirs), content_type="application/json")

    petition = Petition.objects.get()
    assert answer.status_code == 201
    assert (petition.status, petition.channel, petition.publication) == (Status.SUBMITTED, "web", "private")
    assert (petition.entered_by, petition.leader, petition.note, petition.objected) == (None, None, None, False)
    assert (petition.severity, petition.nature) == (Severity.ORDINARY, Petition.Nature.ORDINARY)
    assert petition.submitted_at.year > 2020
    assert petition.number != "XD-1"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_case_is_changed_by_no_other_method(client, office, method):
    case = Story.begin(office).petition
    client.force_login(office.head)

    answer = getattr(client, method)(f"{CASES}{case.number}/", '{"status": "closed"}', content_type="application/json")

    case.refresh_from_db()
    assert (answer.status_code, case.status) == (405, Status.SUBMITTED)


def test_markup_of_a_resident_runs_on_no_page_of_the_desk(client, office):
    hostile = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    case = Story.begin(office, title=hostile[:60], body=hostile, place=hostile[:60]).petition
    client.force_login(office.head)

    for page in (case.get_absolute_url(), "/desk/petitions/", "/desk/suspicions/", "/desk/"):
        shown = client.get(page).content.decode()
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
