"""The staff API: the desk's own rights, filters, forms and actions, for programs."""

import datetime as dt
import json
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connections
from django.test import Client

from accounts.models import Scope
from accounts.tokens import make_token
from petitions.models import Event, Petition, Status
from tests.factories import load_years
from tests.petitions.story import REPORTER, Story, an_office
from vault.answers import purge_answers
from vault.models import KeptAnswer

CASES = "/api/v1/desk/petitions/"


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        yield


@pytest.fixture
def program(office):
    """The program of somebody of the office: ``program("head")`` is a client that bears their token."""
    return lambda name: program_of(getattr(office, name))


def program_of(user):
    facts = {"name": "平台", "scopes": list(Scope), "expires_on": dt.date(2027, 1, 1)}
    return Client(headers={"Authorization": f"Bearer {make_token(user=user, **facts)[1]}"})


def act(program, petition, action, **facts):
    headers = {"Idempotency-Key": facts.pop("key")} if "key" in facts else {}
    path = f"{CASES}{petition.number}/actions/{action}/"
    return program.post(path, json.dumps(facts), content_type="application/json", headers=headers)


def actions(program, petition):
    return {row["action"]: row for row in program.get(f"{CASES}{petition.number}/").json()["actions"]}


def test_a_case_is_led_from_screening_to_reply_by_programs(office, case, program):
    petition, head, clerk, leader = case.petition, program("head"), program("clerk"), program("leader")

    assert act(program("officer"), petition, "accept", nature="ordinary", severity=1).json()["status"] == "accepted"
    given = act(head, petition, "hand_over", lead=office.organ.pk, co_organs=[office.other_organ.pk])
    assert given.json() == {
        "number": petition.number,
        "action": "hand_over",
        "status": "handling",
        "status_label": "办理中",
        "seen": True,
    }
    target = actions(clerk, petition)["sign_in"]["target"]
    assert act(clerk, petition, "sign_in", target=target).status_code == 200
    act(leader, petition, "draft_reply", target=target, text="已换新。", outcome="resolved")

    told = program("viewer").get(f"{CASES}{petition.number}/").json()
    parts = {part["organ_name"]: part["state"] for part in told["rounds"][0]["assignments"]}
    assert parts == {"信都区水务局": "replied", "信都区住建局": "open"}
    assert told["actions"] == []
    assert [event["label"] for event in told["events"]][-2:] == ["受理", "提交"]


def test_the_whole_case_costs_no_more_than_its_page_and_says_nobody_s_name(
    office, program, django_assert_max_num_queries
):
    story = Story.brought_to(Status.TRACKING, office)
    head = program("head")
    head.get(f"{CASES}{story.petition.number}/")

    with django_assert_max_num_queries(10):
        answer = head.get(f"{CASES}{story.petition.number}/")

    assert answer.json()["rounds"][0]["commitments"][0]["text"] == "更换路灯"
    assert answer.json()["clocks"]
    for word in (REPORTER["name"], REPORTER["phone"], REPORTER["address"]):
        assert word not in answer.content.decode()


def test_an_action_says_what_it_asks_and_what_may_be_chosen(office, case, program):
    asks = {field["name"]: field for field in actions(program("officer"), case.petition)["accept"]["asks"]}

    assert asks["nature"]["required"]
    assert "ordinary" in [choice["value"] for choice in asks["nature"]["choices"]]
    assert (asks["note"]["required"], asks["note"]["choices"]) == (False, [])


def test_what_cannot_be_taken_is_said_in_a_sentence(office, case, program):
    officer, head = program("officer"), program("head")
    faulty = act(officer, case.petition, "ask_info", question="")
    act(officer, case.petition, "accept", nature="ordinary", severity=1)
    again = act(officer, case.petition, "accept", nature="ordinary", severity=1)
    case.take("hand_over")
    aimless = act(program("clerk"), case.petition, "sign_in")

    assert (faulty.status_code, faulty.json()["errors"]) == (400, {"question": ["请填写这一项。"]})
    assert again.status_code == 409
    assert "最近一步" in again.json()["detail"]
    assert (aimless.status_code, list(aimless.json()["errors"])) == (400, ["target"])
    assert act(head, case.petition, "no_such").status_code == 404
    assert program("stranger").get(f"{CASES}{case.petition.number}/").status_code == 404
    assert act(program("stranger"), case.petition, "accept").status_code == 404


def test_the_list_is_that_of_the_desk_for_everybody(office, case, program, django_assert_max_num_queries):
    for name, sees in (("officer", 1), ("head", 1), ("deputy", 1), ("clerk", 0), ("admin", 0), ("stranger", 0)):
        somebody = program(name)
        with django_assert_max_num_queries(8):
            assert len(somebody.get(CASES).json()["results"]) == sees
    assert program("head").get(f"{CASES}?status=closed").json()["results"] == []
    assert program("head").get(f"{CASES}?status=nonsense").status_code == 400


def test_a_deed_sent_twice_under_one_key_is_done_once(office, program):
    story = Story.brought_to(Status.HANDLING, office)
    clerk, facts = program("clerk"), {"target": story.target("note_progress").pk, "text": "已派人查看。"}

    first, second = (act(clerk, story.petition, "note_progress", key="a1", **facts) for _ in range(2))
    other = act(clerk, story.petition, "note_progress", key="a1", **facts | {"text": "另一句"})
    of_another = act(program("leader"), story.petition, "note_progress", key="a1", **facts | {"text": "局长的"})

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert (other.status_code, of_another.status_code) == (422, 200)
    assert Event.objects.filter(action="note_progress").count() == 2


def test_a_request_under_way_is_waited_for_and_one_that_was_killed_is_taken_up(office, case, program):
    officer = program("officer")
    act(officer, case.petition, "accept", key="b1", nature="ordinary", severity=1)
    KeptAnswer.objects.update(status=None, sealed=None)

    assert act(officer, case.petition, "accept", key="b1", nature="ordinary", severity=1).status_code == 409
    with time_machine.travel("2026-11-03T10:03:00+08:00"):
        again = act(officer, case.petition, "accept", key="b1", nature="ordinary", severity=1)
    assert "最近一步" in again.json()["detail"]
    assert not KeptAnswer.objects.exists()


def test_what_was_kept_is_gone_after_a_day(office, case, program):
    act(program("officer"), case.petition, "accept", key="c1", nature="ordinary", severity=1)

    assert purge_answers() == 0
    with time_machine.travel("2026-11-04T10:01:00+08:00"):
        assert purge_answers() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_send_at_once_one_does_it():
    load_years(2026)
    office = an_office()
    story = Story.brought_to(Status.HANDLING, office)
    facts = {"target": story.target("note_progress").pk, "text": "已派人查看。"}
    programs, gate, answers = [program_of(office.clerk) for _ in range(4)], Barrier(4), []

    def send(program):
        gate.wait()
        answers.append(act(program, story.petition, "note_progress", key="d1", **facts).status_code)
        connections.close_all()

    threads = [Thread(target=send, args=(program,)) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(answers) <= {200, 409}
    assert 200 in answers
    assert Event.objects.filter(action="note_progress").count() == 1


def test_clocks_are_those_of_one_s_own_office(office, program, django_assert_max_num_queries):
    story = Story.brought_to(Status.HANDLING, office)
    assert Petition.objects.get().status == Status.HANDLING
    with time_machine.travel("2026-11-30T10:00:00+08:00"):
        clerk = program("clerk")
        with django_assert_max_num_queries(6):
            late = clerk.get("/api/v1/desk/clocks/?due=overdue").json()["results"]
        others = program("other_clerk").get("/api/v1/desk/clocks/").json()["results"]
        soon = clerk.get("/api/v1/desk/clocks/?due=soon").json()["results"]

    assert {row["light"] for row in late} == {"red"}
    assert all(row["title"].startswith(story.petition.number) for row in late)
    assert (others, soon) == ([], [])
