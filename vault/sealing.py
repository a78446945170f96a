"""The vault's lock: identities are sealed with keys of their own."""

import hashlib
import json
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _fernet():
    return _locks(tuple(settings.IDENTITY_KEYS))


@cache
def _locks(keys):
    return MultiFernet([Fernet(key) for key in keys])


def seal(identity):
    """Encrypt a dict of name, phone, address and email (``dict[str, str]``) to bytes with the newest key."""
    return _fernet().encrypt(json.dumps(identity, ensure_ascii=False).encode())


def unseal(sealed):
    """Decrypt what ``seal`` made, with whichever key made it."""
    return json.loads(_fernet().decrypt(bytes(sealed)))


def sealed_with(sealed):
    """The place (0 is the newest) of the key that opens what ``seal`` made, or None where no key of the portal does."""
    for place, key in enumerate(settings.IDENTITY_KEYS):
        try:
            _locks((key,)).decrypt(bytes(sealed))
        except InvalidToken:
            continue
        return place
    return None


def key_name(place):
    """What a key is called where it must not be shown: the first eight characters of its SHA-256."""
    return hashlib.sha256(settings.IDENTITY_KEYS[place].encode()).hexdigest()[:8]
