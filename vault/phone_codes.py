"""Proving that one holds a phone: a code of six digits goes there and is typed in.

Asking does the same work and gets the same answer whether the vault knows the phone or not; only a known one is sent
anything, by a worker, so that no answer and no delay tells who is known here.
"""

import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.codes import keyed_hash
from accounts.services import count_attempt

from .models import Identity, PhoneCode
from .phones import index_of, plain
from .sealing import seal, unseal

LIVES = timedelta(minutes=10)  # default
TRIES = 5  # of one code; default
KEPT = timedelta(days=1)
# Default: of one phone once a minute and ten a day, twenty an hour from one address, five hundred an hour over all.
ASKED_OF_A_PHONE = ((1, 60), (10, 24 * 3600))
ASKED_FROM_AN_ADDRESS = (20, 3600)
ASKED_OVERALL = (500, 3600)
# Default: thirty codes typed in a quarter of an hour from one address, a thousand an hour over all.
TYPED_FROM_AN_ADDRESS = (30, 15 * 60)
TYPED_OVERALL = (1000, 3600)


def ask(*, phone, address, at=None):
    """Put a code for a phone on its way and return the key under which it is proved; None where too many were asked for.

    ``address`` is the network address that asks. The caller rings for the sending after commit.
    """
    index = index_of(phone)
    within = [_within(f"phone:{index}:{seconds}", (most, seconds)) for most, seconds in ASKED_OF_A_PHONE]
    within += [_within(f"phone:from:{address}", ASKED_FROM_AN_ADDRESS), _within("phone:all", ASKED_OVERALL)]
    if not all(within):
        return None
    at, code = at or timezone.now(), f"{secrets.randbelow(10**6):06d}"
    sealed = seal({"phone": plain(phone), "code": code})
    return PhoneCode.objects.create(
        phone_index=index, sealed=sealed, code_hash=_hash(index, code), asked_at=at, expires_at=at + LIVES
    ).pk


def prove(*, pk, code, address, at=None):
    """Return the index of the phone whose code was typed, once; an empty string where it is wrong, old or tried too often."""
    at = at or timezone.now()
    within = [
        _within(f"phone-code:from:{address}", TYPED_FROM_AN_ADDRESS),
        _within("phone-code:all", TYPED_OVERALL),
    ]
    open_codes = PhoneCode.objects.filter(pk=pk, used_at=None, expires_at__gt=at)
    counted = open_codes.filter(tries__lt=TRIES).update(tries=F("tries") + 1)
    asked = PhoneCode.objects.filter(pk=pk).first()
    if not counted or not all(within) or not hmac.compare_digest(asked.code_hash, _hash(asked.phone_index, code)):
        return ""
    return asked.phone_index if open_codes.update(used_at=at) else ""


def send_waiting(send, *, at=None):
    """Send the codes that wait, each by ``send(phone, code, number)``, and forget what was sent; returns how many went out.

    Of a phone that is not in the vault nothing is sent. What fails is tried by the next run, under the same number and
    with the same code, until it is too old. Safe to run in many processes at once.
    """
    at, sent = at or timezone.now(), 0
    for pk in PhoneCode.objects.filter(sent_at=None, expires_at__gt=at).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            waiting = PhoneCode.objects.select_for_update(skip_locked=True).filter(pk=pk, sent_at=None).first()
            if waiting is not None:
                sent += _send(waiting, send, at)
    return sent


def _send(waiting, send, at):
    known = Identity.objects.filter(phone_index=waiting.phone_index).exists()
    if known:
        facts = unseal(waiting.sealed)
        if not send(facts["phone"], facts["code"], f"code-{waiting.pk}"):
            return 0
    waiting.sent_at, waiting.sealed = at, b""
    waiting.save(update_fields=["sent_at", "sealed"])
    return int(known)


def forget_old(*, at=None):
    """Delete codes a day after they ended; returns how many."""
    return PhoneCode.objects.filter(expires_at__lt=(at or timezone.now()) - KEPT).delete()[0]


def _within(key, most):
    limit, seconds = most
    return count_attempt(key, limit=limit, window_seconds=seconds)


def _hash(index, code):
    return keyed_hash(f"phone|{index}|{code}")
