"""The vault's locks: identities are sealed, query codes are hashed."""

import hashlib
import hmac
import json
import secrets
import unicodedata

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
# What people read as a letter where the code has a digit (Crockford's rule).
LOOKALIKES = str.maketrans("OIL", "011")


def _fernet():
    return MultiFernet([Fernet(key) for key in settings.IDENTITY_KEYS])


def seal(identity):
    """Encrypt a dict of name, phone, address and email (``dict[str, str]``) to bytes with the newest key."""
    return _fernet().encrypt(json.dumps(identity, ensure_ascii=False).encode())


def unseal(sealed):
    """Decrypt what ``seal`` made, with whichever key made it."""
    return json.loads(_fernet().decrypt(bytes(sealed)))


def make_code():
    """A new query code: ten Crockford base32 characters, 50 bits, in two groups of five."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return f"{drawn[:5]}-{drawn[5:]}"


def plain_code(typed):
    """What was typed, as the code meant it: full width, lower case, blanks, dashes and look-alikes are forgiven."""
    folded = unicodedata.normalize("NFKC", typed).upper().translate(LOOKALIKES)
    return "".join(character for character in folded if character in ALPHABET)


def plain_number(typed):
    """A case number as typed, full width and lower case forgiven, without blanks."""
    return "".join(unicodedata.normalize("NFKC", typed).upper().split())


def hash_code(number, code):
    """The HMAC that is stored for a code; bound to its case, so that equal codes of two cases do not look alike."""
    message = f"{number}|{plain_code(code)}".encode()
    return hmac.new(settings.CODE_KEY.encode(), message, hashlib.sha256).hexdigest()
