"""The lock on the secrets of authenticator apps, which must be readable to check a code."""

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction

from .models import SecondFactor

PURPOSE = b"second factor"


def _locks() -> MultiFernet:
    return _made(tuple(settings.IDENTITY_KEYS))


@cache
def _made(keys: tuple[str, ...]) -> MultiFernet:
    # Derived, so that what is sealed here opens nothing of the vault, and the other way round.
    derived = [hmac.new(key.encode(), PURPOSE, hashlib.sha256).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def seal(secret: str) -> str:
    """Encrypt a secret with the newest key."""
    return _locks().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt what ``seal`` made, with whichever key made it. Raises InvalidToken where that key is gone."""
    return _locks().decrypt(sealed.encode()).decode()


@transaction.atomic
def reseal_all() -> int:
    """Seal all secrets with the newest key, after keys were changed; return how many there are."""
    factors = list(SecondFactor.objects.select_for_update())
    for factor in factors:
        factor.sealed = _locks().rotate(factor.sealed.encode()).decode()
    SecondFactor.objects.bulk_update(factors, ["sealed"])
    return len(factors)
