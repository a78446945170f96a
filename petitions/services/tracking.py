"""Finding a case by number and query code: one answer for whatever is wrong, in like time."""

import hmac

from accounts.services import count_attempt
from petitions.models import Proposer
from petitions.vault import hash_code, plain_number

TRIES_AN_ADDRESS = (10, 60)  # default: ten a minute from one address
TRIES_A_NUMBER = (10, 15 * 60)  # default: ten in a quarter of an hour for one case
TRIES_OVERALL = (1000, 60 * 60)  # default: a thousand an hour in all
LONGEST_NUMBER = 24


def find(*, number, code, address):
    """Return the ``Proposer`` that a number and a query code belong to, or None.

    Wrong number, wrong code and locked are told apart neither by the answer nor by the work done. ``address`` is the
    network address the request came from; tries are counted by address, by number and over all.
    """
    number = plain_number(number)[:LONGEST_NUMBER]
    within = [
        count_attempt(f"track:from:{address}", limit=TRIES_AN_ADDRESS[0], window_seconds=TRIES_AN_ADDRESS[1]),
        count_attempt(f"track:number:{number}", limit=TRIES_A_NUMBER[0], window_seconds=TRIES_A_NUMBER[1]),
        count_attempt("track:all", limit=TRIES_OVERALL[0], window_seconds=TRIES_OVERALL[1]),
    ]
    wanted = hash_code(number, code)
    proposers = Proposer.objects.filter(petition__number=number).select_related("petition")
    matching = [proposer for proposer in proposers if hmac.compare_digest(proposer.code_hash, wanted)]
    return matching[0] if matching and all(within) else None
