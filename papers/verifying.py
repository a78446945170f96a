"""Whether a paper is genuine: found by its check code, as one who holds it may ask."""

from accounts import codes
from accounts.services import count_attempt

from .models import Paper

LONGEST_TYPED = 40
TRIES_AN_ADDRESS = (20, 60)  # default: twenty a minute from one address
TRIES_OVERALL = (2000, 60 * 60)  # default: two thousand an hour in all


def find(*, code: str, address: str) -> Paper | None:
    """The paper that a check code stands on, or None; a wrong code and too many tries are not told apart.

    ``address`` is the network address the request came from; tries are counted by address and over all.
    """
    within = [
        count_attempt(f"paper:from:{address}", limit=TRIES_AN_ADDRESS[0], window_seconds=TRIES_AN_ADDRESS[1]),
        count_attempt("paper:all", limit=TRIES_OVERALL[0], window_seconds=TRIES_OVERALL[1]),
    ]
    plain = codes.plain(code[:LONGEST_TYPED])
    found = (
        Paper.objects.filter(check_code=plain).select_related("office", "addressee_organ", "addressee_region").first()
    )
    return found if all(within) else None
