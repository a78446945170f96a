"""Phones as the vault compares them: digits only, and as an index that tells nothing without its key."""

import hashlib
import hmac
import re
import unicodedata

from django.conf import settings

MOBILE = re.compile(r"1[3-9]\d{9}")


def plain(phone):
    """The digits of a phone as typed: full width, blanks, dashes and the country's +86 are forgiven."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", phone or "") if sign.isascii() and sign.isdigit())
    for prefix in ("0086", "86"):
        if MOBILE.fullmatch(digits.removeprefix(prefix)):
            return digits.removeprefix(prefix)
    return digits


def is_mobile(phone):
    """Whether an SMS can reach it: eleven digits of the mainland's mobile numbers."""
    return MOBILE.fullmatch(plain(phone)) is not None


def index_of(phone):
    """The blind index of a phone: an HMAC with ``PHONE_KEY``, or an empty string where there are no digits.

    Whoever has the database cannot try all eleven-digit numbers against it without that key.
    """
    digits = plain(phone)
    return hmac.new(settings.PHONE_KEY.encode(), digits.encode(), hashlib.sha256).hexdigest() if digits else ""
