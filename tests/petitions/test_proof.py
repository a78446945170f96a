"""A proof of work from the fourth submission on: once, only ours, and nobody's words are lost for want of one."""

import base64
import hashlib
import json

import pytest
import time_machine
from django.utils import timezone

from petitions.models import Petition, Sign, Suspicion
from petitions.proof import GOOD_FOR, accept_proof, make_challenge
from petitions.services.intake import UNPROVED
from tests.petitions.test_api import CASES, submission
from tests.petitions.test_public_submitting import send

pytestmark = pytest.mark.django_db


def solve(challenge):
    """What a browser does: find the number, and send it along with the challenge."""
    for number in range(challenge["maxNumber"] + 1):
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]:
            return packed(challenge | {"number": number})
    raise AssertionError("no number solves it")


def packed(solved):
    return base64.b64encode(json.dumps(solved).encode()).decode()


def three(client, office):
    """As many as an address may send without a proof."""
    for n in range(UNPROVED):
        assert send(client, office, confirmed="1", body=f"第{n}件事").status_code == 302
    assert not Suspicion.objects.exists()


def test_a_proof_is_good_once(django_assert_num_queries):
    proof = solve(make_challenge())

    with django_assert_num_queries(1):
        assert accept_proof(proof)
    assert not accept_proof(proof)


def test_a_proof_of_another_key_a_wrong_number_or_an_old_challenge_is_none(settings, django_assert_num_queries):
    challenge = make_challenge()
    old = solve(challenge)
    wrong = packed(challenge | {"number": -1})
    later = packed(json.loads(base64.b64decode(old)) | {"salt": challenge["salt"].replace("expires=", "expires=9")})

    with django_assert_num_queries(0):
        for proof in ("", "x", packed([]), packed(7), packed({"salt": 1}), wrong, later):
            assert not accept_proof(proof)
        with time_machine.travel(timezone.now() + GOOD_FOR * 2):
            assert not accept_proof(old)
        settings.SECRET_KEY = "another"
        assert not accept_proof(old)


def test_the_fourth_in_an_hour_with_a_proof_is_like_any_other(client, office):
    three(client, office)

    assert send(client, office, confirmed="1", body="第四件", proof=solve(make_challenge())).status_code == 302

    assert Petition.objects.count() == UNPROVED + 1
    assert not Suspicion.objects.exists()


def test_the_fourth_without_one_is_taken_in_and_flagged(client, office):
    three(client, office)

    assert send(client, office, confirmed="1", body="第四件").status_code == 302

    flagged = Suspicion.objects.get()
    assert (flagged.petition.body, flagged.signs) == ("第四件", [Sign.UNPROVED])
    assert flagged.petition.stage_clock.stopped_at is None


def test_a_program_is_told_the_challenge_and_goes_on_with_its_proof(client, office):
    def post(**facts):
        return client.post(CASES, submission(office) | facts, content_type="application/json")

    for n in range(UNPROVED):
        assert post(title=f"第{n}件").status_code == 201
    refused = post(title="再一件")
    proof = solve(refused.json()["challenge"])

    assert refused.status_code == 429
    assert refused["Content-Type"] == "application/problem+json"
    assert post(title="再一件", proof=proof).status_code == 201
    assert post(title="又一件", proof=proof).status_code == 429
    assert Petition.objects.count() == UNPROVED + 1
    assert not Suspicion.objects.exists()


def test_a_browser_works_it_out_while_the_form_is_filled_in(desktop, office, transactional_db):
    desktop.goto(f"/petitions/new/?station={office.station.code}")
    desktop.fill("[name=title]", "村口路灯不亮")
    desktop.wait_for_function("document.forms.length && document.querySelector('[name=proof]').value")

    assert accept_proof(desktop.input_value("[name=proof]"))
