"""Sealing old identities anew, after a key of theirs was changed."""

from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction

from .models import Identity
from .phones import index_of
from .sealing import seal, sealed_with, unseal

BATCH = 500  # rows of one short transaction


@dataclass
class Found:
    """What a walk through the vault has seen: rows by the place of their key, those changed, those no key opens."""

    by_key: Counter = field(default_factory=Counter)
    changed: int = 0
    unreadable: list[int] = field(default_factory=list)


def reseal(*, check=False):
    """Seal with the newest key what an older one seals, and index phones by the present ``PHONE_KEY``.

    With ``check`` nothing is changed: ``by_key`` then says which keys are still needed. It may be stopped at any time; the
    next run passes over what is done. Batches of 500 rows are transactions of their own, and a row that somebody holds is
    waited for. Returns a ``Found``, whose ``by_key`` counts rows by the key they had when they were seen.
    """
    found, last = Found(), 0
    while batch := _next(last, found, check):
        last = batch[-1].pk
    return found


@transaction.atomic
def _next(last, found, check):
    rows = Identity.objects.filter(pk__gt=last).order_by("pk")
    batch = list((rows if check else rows.select_for_update())[:BATCH])
    changed = []
    for row in batch:
        place = sealed_with(row.sealed)
        if place is None:
            found.unreadable.append(row.pk)
            continue
        found.by_key[place] += 1
        identity = unseal(row.sealed)
        index = index_of(identity.get("phone"))
        if place > 0 or row.phone_index != index:
            row.sealed, row.phone_index = seal(identity) if place > 0 else row.sealed, index
            changed.append(row)
    found.changed += len(changed)
    if not check:
        Identity.objects.bulk_update(changed, ["sealed", "phone_index"])
    return batch
