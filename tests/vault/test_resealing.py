"""Changing keys: old rows are sealed anew, and nothing needs the old key afterwards."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from tests.vault.test_services import VISITOR
from vault import resealing
from vault.models import Identity
from vault.phones import index_of, is_mobile
from vault.sealing import unseal
from vault.services import keep, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_and_new(settings):
    """Five rows under an old key, and a new key in front."""
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.IDENTITY_KEYS = [old]
    for number in range(5):
        keep(VISITOR | {"phone": f"1390000000{number}"})
    settings.IDENTITY_KEYS = [new, old]
    return old, new


def test_after_resealing_the_old_key_may_be_removed(old_and_new, settings, monkeypatch, capsys):
    monkeypatch.setattr(resealing, "BATCH", 2)

    call_command("reseal")

    settings.IDENTITY_KEYS = [old_and_new[1]]
    assert [unseal(row.sealed)["phone"][-1] for row in Identity.objects.order_by("pk")] == list("01234")
    said = capsys.readouterr().out
    assert "已更新 5 条" in said
    assert "0 条，半小时后可以移除" in said


def test_a_check_changes_nothing_and_says_what_still_needs_the_old_key(old_and_new, capsys):
    before = {row.pk: bytes(row.sealed) for row in Identity.objects.all()}

    call_command("reseal", check=True)

    assert {row.pk: bytes(row.sealed) for row in Identity.objects.all()} == before
    said = capsys.readouterr().out
    assert "5 条，不能移除" in said
    assert not any(key in said for key in old_and_new)


def test_a_run_that_was_stopped_goes_on_where_it_stood(old_and_new):
    first = Identity.objects.order_by("pk").first()
    first.sealed = row_of(VISITOR | {"phone": "13900000000"}).sealed
    first.save()

    assert resealing.reseal().changed == 4
    assert resealing.reseal().changed == 0


def test_rows_that_no_key_opens_are_told_and_left_as_they_are(old_and_new, settings):
    settings.IDENTITY_KEYS = [old_and_new[1]]

    with pytest.raises(CommandError, match="有 5 条没有任何一把密钥能打开"):
        call_command("reseal")

    settings.IDENTITY_KEYS = [old_and_new[0]]
    assert unseal(Identity.objects.first().sealed)["name"] == VISITOR["name"]


def test_a_new_key_of_phones_is_indexed_by_the_same_command(old_and_new, settings):
    resealing.reseal()
    settings.PHONE_KEY = "another key"
    assert not Identity.objects.filter(phone_index=index_of("13900000001")).exists()

    resealing.reseal()

    assert Identity.objects.filter(phone_index=index_of("13900000001")).count() == 1


@pytest.mark.parametrize("typed", ["139 0000 0042", "+86 139-0000-0042", "１３９００００００４２", "008613900000042"])
def test_one_phone_has_one_index_however_it_is_typed(typed):
    assert index_of(typed) == index_of("13900000042") != index_of("13900000043")
    assert is_mobile(typed)


def test_the_index_tells_nothing_without_its_key(settings):
    with_one_key = index_of("13900000042")
    settings.PHONE_KEY = "another key"

    assert "13900000042" not in with_one_key
    assert index_of("13900000042") != with_one_key
    assert index_of("") == index_of(None) == index_of("无") == ""
