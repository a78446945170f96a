"""Numbers to talk about and secret codes that open what they name: a case, an appointment."""

import hmac
import unicodedata

from accounts import codes
from accounts.services import count_attempt, take_back_attempts

CODE_LENGTH = 10
LONGEST_NUMBER = 24
TRIES_AN_ADDRESS = (10, 60)  # default: ten a minute from one address
TRIES_A_NUMBER = (10, 15 * 60)  # default: ten in a quarter of an hour for one number
TRIES_OVERALL = (1000, 60 * 60)  # default: a thousand an hour in all


def make_code():
    """A new code: ten Crockford base32 characters, 50 bits, in two groups of five."""
    drawn = codes.draw(CODE_LENGTH)
    return f"{drawn[:5]}-{drawn[5:]}"


def plain_number(typed):
    """A number as typed, full width and lower case forgiven, without blanks, at most 24 characters of it."""
    return "".join(unicodedata.normalize("NFKC", typed).upper().split())[:LONGEST_NUMBER]


def hash_code(number, code):
    """The HMAC that is stored for a code; bound to its number, so that equal codes of two cases do not look alike."""
    return codes.keyed_hash(f"{number}|{codes.plain(code)}")


def find(rows, *, number, code, address):
    """Return the one of ``rows`` that a number and a code open, or None.

    ``rows`` is a function from the plain number to the rows (with ``code_hash``) that bear it. Wrong number, wrong code
    and locked are told apart neither by the answer nor by the work done. ``address`` is the network address the request
    came from; wrong tries are counted by address, by number and over all.
    """
    number = plain_number(number)
    limits = {
        f"track:from:{address}": TRIES_AN_ADDRESS,
        f"track:number:{number}": TRIES_A_NUMBER,
        "track:all": TRIES_OVERALL,
    }
    within = [count_attempt(key, limit=most, window_seconds=seconds) for key, (most, seconds) in limits.items()]
    wanted = hash_code(number, code)
    matching = [row for row in rows(number) if hmac.compare_digest(row.code_hash, wanted)]
    if not matching or not all(within):
        return None
    # A busy county opens more than a thousand cases an hour, and a program asks for its own again and again.
    take_back_attempts(list(limits))
    return matching[0]
