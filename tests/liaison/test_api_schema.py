"""The API's own description: complete, served from here, and true to the forms."""

import pytest
from django.core.management import call_command

from petitions.api import SentForm, SubmissionSerializer

pytestmark = pytest.mark.django_db


def test_the_description_is_valid_and_nothing_in_it_is_guessed(tmp_path):
    call_command(
        "spectacular", validate=True, fail_on_warn=True, format="openapi-json", file=str(tmp_path / "api.json")
    )


def test_it_names_tokens_codes_keys_and_problems(client):
    told = client.get("/api/schema/").json()

    submit = told["paths"]["/api/v1/petitions/"]["post"]
    assert told["openapi"].startswith("3.1")
    assert told["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert "Idempotency-Key" in [parameter["name"] for parameter in submit["parameters"]]
    assert list(submit["responses"]["422"]["content"]) == ["application/problem+json"]
    assert submit["requestBody"]["content"]["application/json"]["examples"]
    rate = told["paths"]["/api/v1/petitions/{number}/rating/"]["post"]
    assert {"name": "X-Query-Code", "in": "header"}.items() <= rate["parameters"][1].items()


def test_what_is_described_of_a_submission_is_what_its_form_takes():
    described = set(SubmissionSerializer().fields)

    assert described - {"station"} <= set(SentForm.base_fields)


def test_the_documentation_runs_no_inline_script_and_asks_no_other_site(client):
    page = client.get("/api/docs/").content.decode()

    assert "<style" not in page
    assert "<script>" not in page
    assert "//" not in page.replace("<!DOCTYPE html>", "")
    assert client.get("/api/docs/?script=").headers["Content-Type"] == "application/javascript"


def test_an_address_that_leads_nowhere_below_the_api_is_a_problem_and_elsewhere_a_page(client):
    for path in ("/api/v1/nothing/", "/api/v1/stations/?q=%00"):
        assert client.get(path).headers["Content-Type"] == "application/problem+json"
    assert client.get("/nothing/").headers["Content-Type"].startswith("text/html")
