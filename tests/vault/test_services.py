"""The vault: kept sealed, opened for a reason that is written down, or for the address of a message."""

import pytest
from cryptography.fernet import Fernet, InvalidToken

from accounts.models import ViewLog
from tests.factories import a_user
from vault.errors import VaultError
from vault.models import Identity
from vault.sealing import seal, unseal
from vault.services import address_of, keep, reveal

VISITOR = {"name": "孟庆余", "phone": "0319-0000042", "address": "东街9号", "email": "meng@example.invalid"}


@pytest.mark.parametrize("nobody", [None, {}, {"name": "", "phone": ""}])
def test_of_one_who_stays_anonymous_nothing_is_kept(nobody, db):
    assert keep(nobody) is None
    assert not Identity.objects.exists()


def test_what_is_kept_is_sealed_and_opens_only_into_the_log(db):
    identity, officer = keep(VISITOR), a_user()
    identity.refresh_from_db()

    found = reveal(identities=Identity.objects.all(), number="接待记录 7", actor=officer, reason=" 电话核实 ")

    assert "孟庆余".encode() not in bytes(identity.sealed)
    assert found == [VISITOR]
    entry = ViewLog.objects.get()
    assert (entry.user, entry.number, entry.reason) == (officer, "接待记录 7", "电话核实")


@pytest.mark.parametrize("reason", ["", "  ", "灯" * 201])
def test_without_a_reason_nothing_opens(reason, db):
    keep(VISITOR)

    with pytest.raises(VaultError, match="请写明查看身份的理由"):
        reveal(identities=Identity.objects.all(), number="7", actor=a_user(), reason=reason)

    assert not ViewLog.objects.exists()


def test_a_message_finds_its_address_by_a_key_that_says_nothing(db):
    identity = keep(VISITOR)

    assert address_of(identity.outside_key) == VISITOR["email"]
    assert address_of("identity:999999") == ""
    assert address_of("petition:1") == ""
    assert address_of(keep(VISITOR | {"email": ""}).outside_key) == ""


def test_an_old_key_still_opens_and_the_newest_seals(settings):
    old, new = Fernet.generate_key(), Fernet.generate_key()
    settings.IDENTITY_KEYS = [old]
    sealed_before = seal(VISITOR)

    settings.IDENTITY_KEYS = [new, old]
    assert unseal(sealed_before) == VISITOR
    sealed_now = seal(VISITOR)
    settings.IDENTITY_KEYS = [old]
    with pytest.raises(InvalidToken):
        unseal(sealed_now)
