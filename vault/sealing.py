"""The vault's lock: identities are sealed with keys of their own."""

import json
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
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
