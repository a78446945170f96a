"""A proof of work: a browser works for less than a second so that a robot has to work all day. Nobody reads a puzzle.

The protocol is ALTCHA's, version 1: find the number whose SHA-256 with the salt is the challenge.
"""

import base64
import json
from datetime import UTC, datetime, timedelta

from altcha import ChallengeOptionsV1, create_challenge_v1, extract_params_v1, verify_solution_v1
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.services import use_up

WORK = 30_000  # default: hashes at most, below a second on a phone
GOOD_FOR = timedelta(hours=2)  # default: as long as a form may lie half filled


def make_challenge():
    """A new challenge as a dict of ALTCHA's fields; it is signed, so that nothing has to be kept of it."""
    options = ChallengeOptionsV1(hmac_key=_key(), max_number=WORK, expires=timezone.now() + GOOD_FOR)
    return create_challenge_v1(options).to_dict()


def accept_proof(proof):
    """Use up a proof (ALTCHA's payload, base64 of JSON); False where it solves nothing of ours or was used before.

    A wrong one costs no query, a right one costs one: the database counts, so that no two requests use it both.
    """
    try:
        solved = json.loads(base64.b64decode(proof, validate=True))
        right, _why = verify_solution_v1(solved, _key())
    except (ValueError, TypeError, AttributeError):
        return False
    if not right:
        return False
    until = datetime.fromtimestamp(int(extract_params_v1(solved)["expires"][0]), UTC)
    return use_up(f"proof:{solved['challenge']}", until=until)


def _key():
    return salted_hmac("petitions.proof", "").hexdigest()
