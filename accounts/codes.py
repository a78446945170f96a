"""Codes that people read from paper and type: drawn so that nobody guesses them, read so that nobody is turned away."""

import hashlib
import hmac
import secrets
import unicodedata

from django.conf import settings

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32
# What people read as a letter where the code has a digit (Crockford's rule).
LOOKALIKES = str.maketrans("OIL", "011")


def draw(length: int) -> str:
    """A new code of ``length`` characters, five bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def keyed_hash(message: str) -> str:
    """The HMAC-SHA-256 of a secret under ``CODE_KEY``, as hexadecimal digits: what is stored in its place.

    ``message`` begins with what the secret is for, so that equal secrets of two kinds do not look alike.
    """
    return hmac.new(settings.CODE_KEY.encode(), message.encode(), hashlib.sha256).hexdigest()


def plain(typed: str) -> str:
    """What was typed, as the code meant it: full width, lower case, blanks, dashes and look-alikes are forgiven."""
    folded = unicodedata.normalize("NFKC", typed).upper().translate(LOOKALIKES)
    return "".join(character for character in folded if character in ALPHABET)
