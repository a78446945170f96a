"""A new query code on its way to the screen: sealed, for half an hour, for the browser that sent the form.

The database keeps only the code's hash. Where an answer was lost on its way and the form is sent again, the same code is
shown; the cache holds it under the form's own key for that.
"""

import contextlib
from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from .sealing import seal, unseal

SHOWN_FOR = timedelta(minutes=30)  # default
KEPT = 5  # receipts of one browser


def keep_code(session, *, number, submission_key, code):
    """Keep a code for its receipt page; ``code`` None (a form sent again) looks up the one made the first time."""
    sealed = _shared(submission_key, seal({"code": code}).decode() if code else None)
    receipts = session.get("receipts", {})
    if sealed or number not in receipts:
        receipts[number] = {"sealed": sealed or "", "at": timezone.now().timestamp()}
    session["receipts"] = dict(list(receipts.items())[-KEPT:])


def _shared(submission_key, sealed):
    """Put a sealed code into the cache, or get it from there; nothing is refused because the cache is down."""
    key = f"receipt:{submission_key}"
    with contextlib.suppress(RedisError):
        if sealed:
            cache.set(key, sealed, SHOWN_FOR.total_seconds())
        else:
            sealed = cache.get(key)
    return sealed


def code_of(session, number):
    """The code to show on the receipt of a case or an appointment, or an empty string once half an hour is over.

    Raises KeyError for a number that this browser did not get.
    """
    receipt = session.get("receipts", {})[number]
    age = timezone.now().timestamp() - receipt["at"]
    if not receipt["sealed"] or age > SHOWN_FOR.total_seconds():
        return ""
    return unseal(receipt["sealed"].encode())["code"]
