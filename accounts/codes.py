"""Codes that people read from paper and type: drawn so that nobody guesses them, read so that nobody is turned away."""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32
# What people read as a letter where the code has a digit (Crockford's rule).
LOOKALIKES = str.maketrans("OIL", "011")


def draw(length: int) -> str:
    """A new code of ``length`` characters, five bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def plain(typed: str) -> str:
    """What was typed, as the code meant it: full width, lower case, blanks, dashes and look-alikes are forgiven."""
    folded = unicodedata.normalize("NFKC", typed).upper().translate(LOOKALIKES)
    return "".join(character for character in folded if character in ALPHABET)
