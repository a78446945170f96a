"""The demo's files agree with each other, with the regions and topics carried in the project, and with the actions."""

import csv
import inspect
import json
import re
from datetime import date
from importlib import import_module

import pytest
from django.conf import settings

from deputies.models import Note
from petitions import lifecycle, services, suggestion_lifecycle
from petitions.models import Outcome, Petition, Rating, Status

DATA = settings.BASE_DIR / "portal" / "data"
RESIDENT_STEPS = {"supplement", "withdraw", "object_to", "rate", "join"}
# How a step names what an action takes as an object.
NAMES_OF = {"assignment": "organ", "commitment": "organ", "part": "organ", "suggestion": "on", "reminder": "actor"}
SET_BY_THE_LOADER = {
    "petition",
    "petitions",
    "at",
    "proposer",
    "submission_key",
    "draft_key",
    "identity",
    "promised_on",
    "category",
    "to",
}


# The reasons that every new office begins with.
REASONS = "petitions.migrations.0011_reasons_and_topics_are_the_offices"


def read(name):
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def column(path, *names):
    with (settings.BASE_DIR / path).open(encoding="utf-8", newline="") as source:
        return {tuple(row[name] for name in names) for row in csv.DictReader(source)}


@pytest.fixture(scope="module")
def demo():
    names = ("stations", "organs", "people", "deputies", "receptions", "inspections", "petitions")
    return {name: read(name) for name in names}


@pytest.fixture(scope="module")
def regions():
    return {code for (code,) in column("stations/data/regions.csv", "code")}


def codes(rows, key="code"):
    values = [row[key] for row in rows]
    assert len(values) == len(set(values)), "every code stands once"
    return set(values)


def notes(demo):
    return [note for plan in demo["receptions"] for day in plan.get("sessions", []) for note in day["notes"]]


def stories(demo):
    """Cases and those that were made of a note."""
    return [*demo["petitions"], *(note["case"] for note in notes(demo) if "case" in note)]


def steps(demo):
    for case in stories(demo):
        for step in case["story"]:
            yield case, step


def holds(demo, username, role, **scope):
    grants = next(person["grants"] for person in demo["people"] if person["username"] == username)
    return any(grant["role"] == role and scope.items() <= grant.items() for grant in grants)


def test_every_station_and_organ_stands_in_a_known_region(demo, regions):
    assert {row["region"] for row in demo["stations"] + demo["organs"]} <= regions
    codes(demo["stations"])
    codes(demo["organs"])


def test_every_station_has_its_head_and_an_officer(demo):
    for station in demo["stations"]:
        township = station["region"][:9]
        assert holds(demo, station["head"], "head", region=township), station["code"]
        assert station["officers"], station["code"]
        for officer in station["officers"]:
            assert holds(demo, officer, "officer", station=station["code"]) or holds(demo, officer, "officer")
        assert any({"role": "officer", "station": station["code"]} in person["grants"] for person in demo["people"]), (
            station["code"]
        )


def test_every_organ_has_a_clerk_and_a_leader_or_nobody_and_an_address_for_links(demo):
    for organ in demo["organs"]:
        held = {
            role
            for role in ("clerk", "leader")
            if any({"role": role, "organ": organ["code"]} in person["grants"] for person in demo["people"])
        }
        assert held == (set() if organ.get("email") else {"clerk", "leader"}), organ
        assert organ.get("email", "x@example.invalid").endswith("@example.invalid"), organ


def test_every_grant_is_over_something_that_exists(demo, regions):
    known = {"station": codes(demo["stations"]), "organ": codes(demo["organs"]), "region": regions}

    for person in demo["people"]:
        for grant in person["grants"]:
            assert all(value in known[kind] for kind, value in grant.items() if kind != "role"), person


def test_there_is_one_demo_person_for_every_role_and_a_second_organ(demo):
    roles = sorted(person["grants"][0]["role"] for person in demo["people"] if person["demo"])

    assert roles == sorted(
        ["officer", "head", "committee", "clerk", "clerk", "leader", "leader", "deputy", "viewer", "admin", "privacy"]
    )


def test_nobody_can_be_reached_by_a_demo_address_or_phone(demo):
    codes(demo["people"], "username")
    assert len({person["name"] for person in demo["people"]}) == len(demo["people"])
    assert all(person["email"].endswith("@example.invalid") for person in demo["people"])
    assert all(re.fullmatch(r"0319-0000\d{3}", station["phone"]) for station in demo["stations"])
    reporters = [petition["reporter"] for petition in demo["petitions"] if petition["reporter"]]
    joined = [step["reporter"] for _, step in steps(demo) if step["do"] == "join"]
    booked = [booking["visitor"] for plan in demo["receptions"] for booking in plan.get("bookings", [])]
    came = [note["visitor"] for note in notes(demo) if note["visitor"]]
    assert all(re.fullmatch(r"199000000\d\d", one["phone"]) for one in reporters + joined + booked + came)
    assert all(re.fullmatch(r"(0319-0000\d{3})?", deputy["phone"]) for deputy in demo["deputies"])
    text = "".join((DATA / f"{name}.json").read_text(encoding="utf-8") for name in ("petitions", "receptions"))
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.sub(r"199000000\d\d", "", text))


def test_deputies_of_five_levels_sit_in_known_stations(demo):
    stations, usernames = codes(demo["stations"]), codes(demo["people"], "username")
    codes(demo["deputies"])
    mandates = [mandate for deputy in demo["deputies"] for mandate in deputy["mandates"]]

    assert {mandate["level"] for mandate in mandates} == {"national", "province", "city", "county", "township"}
    assert {mandate["status"] for mandate in mandates} == {"normal", "suspended", "ended"}
    assert all(date.fromisoformat(m["starts_on"]) < date.fromisoformat(m["ends_on"]) for m in mandates)
    for deputy in demo["deputies"]:
        assert deputy["user"] is None or deputy["user"] in usernames
        assert {seat["station"] for seat in deputy["stations"]} <= stations


def test_deputies_of_the_demo_hold_mandates_on_the_day_it_was_written_for(demo):
    day = "2026-11-24"

    in_office = [
        deputy["code"]
        for deputy in demo["deputies"]
        if any(m["status"] == "normal" and m["starts_on"] <= day <= m["ends_on"] for m in deputy["mandates"])
    ]

    assert len(in_office) == len(demo["deputies"]) - 2


def test_reception_plans_name_stations_their_own_deputies_and_known_organs(demo, regions):
    seats = {(deputy["code"], seat["station"]) for deputy in demo["deputies"] for seat in deputy["stations"]}
    organs = codes(demo["organs"])
    codes(demo["receptions"], "key")

    for plan in demo["receptions"]:
        assert holds(demo, plan["officer"], "officer", station=plan["station"]) or holds(
            demo, plan["officer"], "officer"
        )
        assert plan["starts"] < plan["ends"]
        assert plan["from"] <= plan["to"]
        assert set(plan["organs"]) <= organs
        for deputies in plan.get("turns", {}).values():
            assert {(code, plan["station"]) for code in deputies} <= seats, plan["key"]
        for day in plan.get("sessions", []):
            assert day["day"] < 0, "only what is over was held"
            assert {note.get("organ") for note in day["notes"]} <= {*plan["organs"], None}, plan["key"]
    assert {note["region"] for note in notes(demo) if "region" in note} <= regions


def test_every_kind_of_note_and_of_day_is_there(demo):
    plans = demo["receptions"]

    assert {note["outcome"] for note in notes(demo)} == set(Note.Outcome)
    assert any(note.get("organ") and note.get("promise") for note in notes(demo))
    assert {change["do"] for plan in plans for change in plan.get("changes", [])} == {
        "replace", "absence", "move", "cancel",
    }  # fmt: skip
    assert any(plan.get("unpublished") for plan in plans)
    assert any(plan.get("not_held") for plan in plans)
    assert any(booking["day"] == 1 for plan in plans for booking in plan.get("bookings", []))
    for note in notes(demo):
        assert (note["outcome"] == "answered") == ("answer" in note), note["topic"]
        assert note["outcome"] != "handle" or "case" in note, note["topic"]
        assert note["visitor"] or note["secrecy"] == "anonymous", note["topic"]


def test_inspections_find_what_the_shipped_checklist_asks(demo):
    stations = codes(demo["stations"])

    for inspection in demo["inspections"]:
        assert inspection["station"] in stations
        for found in inspection["unmet"]:
            assert 1 <= found["item"] <= 10
            assert ("fixed_workdays_ago" in found) == ("note" in found)


def test_every_petition_names_things_that_exist(demo, regions):
    stations = {station["code"]: station for station in demo["stations"]}
    topics = column("petitions/data/categories.csv", "l1", "l2", "l3")
    deputies, usernames = codes(demo["deputies"]), codes(demo["people"], "username")
    codes(demo["petitions"], "key")

    for petition in demo["petitions"]:
        key = petition["key"]
        assert petition["region"] in regions, key
        assert petition["region"][:6] == stations[petition["station"]]["region"][:6], key
        assert tuple(petition["category"]) in topics, key
        assert petition["deputy"] is None or petition["deputy"] in deputies, key
        assert petition["entered_by"] is None or petition["entered_by"] in usernames, key
        assert petition["channel"] in Petition.Channel, key
        assert petition["secrecy"] in Petition.Secrecy, key
        assert petition["nature"] in Petition.Nature, key
        assert (petition["reporter"] is None) == (petition["secrecy"] == "anonymous"), key


def test_petitions_read_like_residents_letters_and_no_two_are_alike(demo):
    petitions = demo["petitions"]

    assert len(petitions) >= 45
    assert len({petition["title"] for petition in petitions}) == len(petitions)
    for petition in petitions:
        assert 5 <= len(petition["title"]) <= 42, petition["title"]
        assert 60 <= len(petition["body"]) <= 600, petition["key"]


def test_every_status_and_every_kind_of_end_is_there(demo):
    assert {petition["final_status"] for petition in demo["petitions"]} == set(Status)
    assert {step["do"] for _, step in steps(demo)} >= {
        "ask_info", "accept", "refuse", "signpost", "merge", "answer_on_spot", "hand_over", "sign_in", "ask_return",
        "decide_return", "ask_extension", "decide_extension", "note_progress", "draft_reply", "sign_off", "send_back",
        "pass_reply", "rate", "call_back", "report_delivery", "verify_delivery", "close_with_opinion", "reopen",
        "raise_suggestion", "acknowledge", "publish", "join", "withdraw", "object_to",
    }  # fmt: skip
    assert len({step["reason"] for _, step in steps(demo) if step["do"] == "refuse"}) >= 4
    assert {step["outcome"] for _, step in steps(demo) if "outcome" in step} == set(Outcome)


def test_every_step_is_an_action_with_the_words_that_the_action_takes(demo):
    organs, usernames = codes(demo["organs"]), codes(demo["people"], "username")
    keys = codes(demo["petitions"], "key")
    reasons = {code for code, *_words in import_module(REASONS).REASONS}

    for case, step in steps(demo):
        where = (case["key"], step)
        table, room = (suggestion_lifecycle, services.suggestions) if "on" in step else (lifecycle, services)
        assert step["do"] in table.TABLE, where
        taken = set(inspect.signature(getattr(room, step["do"])).parameters) - SET_BY_THE_LOADER
        said = set(step) - {"after_days", "time", "do", "promised_in_workdays", "reporter"}
        assert said <= {NAMES_OF.get(word, word) for word in taken}, where
        assert ("actor" in step) == ("on" in step or step["do"] not in RESIDENT_STEPS), where
        assert step.get("actor") in usernames | {None}, where
        assert step.get("into") in keys | {None}, where
        assert {step.get("organ"), step.get("lead"), step.get("proposal"), *step.get("co_organs", [])} <= organs | {
            None
        }
        assert step.get("outcome", Outcome.RESOLVED) in Outcome, where
        assert ("promise" in step) == (step.get("outcome") in {"in_progress", "planned"}), where
        assert step.get("process", "satisfied") in Rating.Grade, where
        assert step["do"] != "refuse" or step["reason"] in reasons, where


def test_a_story_never_runs_ahead_of_today_or_backwards(demo):
    for petition in demo["petitions"]:
        moments, day = [(0, petition["time"])], 0
        for step in petition["story"]:
            day += step["after_days"]
            moments.append((day, step["time"]))

        assert moments == sorted(moments), petition["key"]
        # Strictly before today, so that it has happened whatever the hour of loading.
        assert day < petition["workdays_ago"] or not day, petition["key"]


def test_a_summary_is_published_only_with_consent_and_names_nobody(demo):
    for petition, step in steps(demo):
        if step["do"] == "publish":
            assert petition["consent_publish"], petition["key"]
            assert petition["reporter"]["name"] not in step["summary"] + step["public_title"]
