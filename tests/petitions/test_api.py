"""The API of cases."""

import json

import pytest
import time_machine

from accounts.models import Attempt
from petitions.models import Category, Petition, Photo, Status
from petitions.services.intake import SUBMISSIONS_AN_ADDRESS
from tests.petitions.story import REPORTER, Story
from vault.models import KeptAnswer

CASES = "/api/v1/petitions/"


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield


def submission(office, **facts):
    return {
        "station": office.station.code,
        "title": "村口路灯不亮",
        "body": "村口三盏路灯坏了半个月。",
        "secrecy": "station",
        "name": REPORTER["name"],
        "phone": REPORTER["phone"],
    } | facts


def send(client, facts, **headers):
    return client.post(CASES, json.dumps(facts), content_type="application/json", headers=headers)


def test_a_case_is_submitted_with_the_rules_of_the_form(office, client):
    answer = send(client, submission(office))

    petition = Petition.objects.get()
    assert answer.status_code == 201
    assert answer.json()["number"] == petition.number
    assert (
        client.get(f"{CASES}{petition.number}/", headers={"X-Query-Code": answer.json()["query_code"]}).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("fault", "field", "sentence"),
    [
        ({"phone": "139000000"}, "phone", "手机号应为11位数字，您填了9位。"),
        ({"title": ""}, "title", "请用一句话写明是什么事。"),
        ({"body": "长" * 10_001}, "body", "最多10000字"),
        ({"station": "nowhere"}, "station", "没有这个联络站"),
        ({"secrecy": "everybody"}, "secrecy", "没有这一项"),
        ({"deputy": "nobody"}, "deputy", ""),
        ({"station": "\x00"}, "station", "没有这个联络站"),
        ({"region": "\x00", "deputy": "\x00", "title": "\x00"}, "title", "请用一句话写明是什么事。"),
        ({"title": {"a": 1}}, "title", "请用一句话写明是什么事。"),
    ],
)
def test_what_is_wrong_is_said_by_field_in_chinese(office, client, fault, field, sentence):
    answer = send(client, submission(office, **fault))

    assert answer.status_code == 400
    assert sentence in str(answer.json()["errors"][field])
    assert Petition.objects.count() == 0


@pytest.mark.parametrize("body", ["[]", '"x"', "7", "null", "{", ""])
def test_what_is_no_object_is_refused(office, client, body):
    assert client.post(CASES, body, content_type="application/json").status_code == 400


def test_the_same_key_sent_again_makes_no_second_case(office, client):
    first, second = (send(client, submission(office), **{"Idempotency-Key": "abc"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert Petition.objects.count() == 1


def test_sent_again_from_another_address_it_names_the_case_without_the_code(office, client):
    first = send(client, submission(office), **{"Idempotency-Key": "abc"}).json()

    client.defaults["REMOTE_ADDR"] = "10.0.0.9"
    second = send(client, submission(office), **{"Idempotency-Key": "abc"})

    assert (second.status_code, second.json()) == (200, {"number": first["number"], "query_code": None})
    neighbour = send(client, submission(office, phone="13900000001"), **{"Idempotency-Key": "abc"})
    assert neighbour.status_code == 422
    client.defaults["REMOTE_ADDR"] = "10.0.0.10"
    assert send(client, submission(office, phone="13900000001"), **{"Idempotency-Key": "abc"}).status_code == 201


def test_the_same_key_with_other_words_is_refused(office, client):
    answers = [
        send(client, submission(office, title=title), **{"Idempotency-Key": "abc"})
        for title in ("村口路灯不亮", "桥头栏杆断了")
    ]

    assert [answer.status_code for answer in answers] == [201, 422]
    assert Petition.objects.count() == 1


def test_neither_the_code_nor_what_was_sent_can_be_read_in_what_is_kept(office, client):
    code = send(client, submission(office), **{"Idempotency-Key": "the client's own"}).json()["query_code"]

    row = str(KeptAnswer.objects.values_list("key", "fingerprint", "sealed").get())
    for word in (code, REPORTER["phone"], "the client's own"):
        assert word not in row


def test_a_refused_submission_may_be_mended_under_its_key(office, client):
    faulty = send(client, submission(office, title=""), **{"Idempotency-Key": "abc"})

    assert faulty.status_code == 400
    assert send(client, submission(office), **{"Idempotency-Key": "abc"}).status_code == 201


def test_deputy_topic_and_village_are_named_by_their_codes(office, client):
    Category.objects.create(path="城乡建设", name="城乡建设", level=1)

    send(client, submission(office, deputy=office.deputy_person.code, category="城乡建设"))

    petition = Petition.objects.get()
    assert (petition.deputy, petition.category.path) == (office.deputy_person, "城乡建设")


def test_too_many_submissions_from_one_address_are_turned_away(office, client):
    for n in range(SUBMISSIONS_AN_ADDRESS[0]):
        send(client, submission(office, title=f"第{n}件"))

    assert send(client, submission(office, title="再一件")).status_code == 429
    assert Attempt.objects.exists()


def test_a_query_code_opens_its_own_case_and_shows_what_its_resident_may_read(office, client):
    story = Story.brought_to(Status.HANDLING, office)

    answer = client.get(f"{CASES}{story.petition.number}/", headers={"X-Query-Code": story.code})

    assert answer.json()["status_label"] == "办理中"
    assert {event["action"] for event in answer.json()["events"]} >= {"submit", "accept", "hand_over"}
    assert "body" not in answer.json()
    assert REPORTER["name"] not in answer.content.decode()
    assert "主席" not in [event["actor_label"] for event in answer.json()["events"]]


def test_who_joined_reads_by_the_api_nothing_that_the_first_proposer_wrote(office, client):
    story = Story.begin(office, title="村主任家门前的路灯")
    _proposer, code = story.take("join")
    story.take("ask_info")
    story.take("supplement", text="就是他自己关的灯。")

    told = client.get(f"{CASES}{story.petition.number}/", headers={"X-Query-Code": code}).content.decode()
    own = client.get(f"{CASES}{story.petition.number}/", headers={"X-Query-Code": story.code}).content.decode()

    for word in ("村主任家门前的路灯", "就是他自己关的灯。"):
        assert word not in told
        assert word in own


def test_a_wrong_code_and_an_unknown_case_cannot_be_told_apart(office, client):
    story = Story.begin(office)

    wrong = client.get(f"{CASES}{story.petition.number}/", headers={"X-Query-Code": "00000-00000"})
    unknown = client.get(f"{CASES}XD-20260101-99999/", headers={"X-Query-Code": story.code})
    without = client.get(f"{CASES}{story.petition.number}/")

    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content)
    assert (wrong.status_code, wrong.content) == (without.status_code, without.content)
    assert wrong.status_code == 404


def test_the_list_is_for_those_who_signed_in(office, client):
    answer = client.get(CASES)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


def test_the_list_takes_the_filters_of_the_page(office, brought_to, at_desk):
    Story.begin(office)
    story = brought_to(Status.HANDLING)
    browser = at_desk("head")

    found = browser.get(f"{CASES}?status=handling").json()["results"]
    refused = browser.get(f"{CASES}?status=nonsense")

    assert [row["number"] for row in found] == [story.petition.number]
    assert refused.status_code == 400


def test_a_long_list_takes_no_more_queries_than_a_short_one(office, at_desk, django_assert_max_num_queries):
    for n in range(60):
        Story.begin(office, title=f"第{n}件")
    browser = at_desk("head")
    browser.get(CASES)

    with django_assert_max_num_queries(7):
        page = browser.get(CASES).json()

    assert len(page["results"]) == 50


def test_no_photo_can_be_claimed_by_a_key_sent_from_outside(office, client):
    draft = Photo.objects.create(
        draft_key="00000000-0000-0000-0000-000000000001", file="photos/a.jpg", width=4, height=3
    )

    send(client, submission(office, draft_key=str(draft.draft_key)))

    draft.refresh_from_db()
    assert draft.petition is None


def test_the_api_answers_in_json_and_is_not_kept(office, client):
    answer = client.get(CASES, headers={"Accept": "text/html"})

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_error_says_it_in_chinese_and_in_english(office, client):
    problem = send(client, submission(office, title="")).json()

    assert (problem["status"], problem["title"]) == (400, "Bad Request")
    assert problem["detail"] == "提交的内容有误，请按提示修改。"
    assert problem["detail_en"].isascii()


def rate(client, story, code, **grades):
    facts = {"process": "satisfied", "result": "satisfied"} | grades
    address = f"{CASES}{story.petition.number}/rating/"
    return client.post(address, json.dumps(facts), content_type="application/json", headers={"X-Query-Code": code})


def test_a_resident_rates_by_the_api_once(office, client):
    story = Story.brought_to(Status.RATING, office)

    first, second = rate(client, story, story.code), rate(client, story, story.code)

    assert (first.status_code, first.json()["status"]) == (200, "closed")
    assert second.status_code == 409
    assert second.json()["detail"]


def test_a_dissatisfied_rating_must_say_why_by_the_api_too(office, client):
    story = Story.brought_to(Status.RATING, office)

    answer = rate(client, story, story.code, result="dissatisfied")

    assert answer.status_code == 400
    assert answer.json()["errors"]["text"] == ["请写明哪里不满意，以便再次办理。"]


def test_nobody_rates_without_the_code(office, client):
    story = Story.brought_to(Status.RATING, office)

    assert rate(client, story, "00000-00000").status_code == 404
    assert rate(client, story, "").status_code == 404


def test_only_what_was_published_is_a_result_and_in_the_office_s_words(office, client):
    Story.begin(office)
    story = Story.begin(office, title="原来的标题", body="原来的内容")
    Petition.objects.filter(pk=story.petition.pk).update(
        publication="published", public_title="东街路灯维修", summary="已经换新。", published_at=story.at
    )

    page = client.get("/api/v1/results/")

    assert [row["title"] for row in page.json()["results"]] == ["东街路灯维修"]
    assert "原来的" not in page.content.decode()
    assert client.get(f"/api/v1/results/{story.petition.number}/").json()["summary"] == "已经换新。"
    assert client.get(f"/api/v1/results/?station={office.station.code}&region=13").json()["results"]
    assert client.get("/api/v1/results/?region=x").status_code == 400


@pytest.mark.parametrize("cursor", ["cD0lMDA=", "cD14", "cD0A", "nonsense"])
def test_a_forged_cursor_is_refused(office, client, cursor):
    assert client.get(f"/api/v1/results/?cursor={cursor}").status_code in (400, 404)
