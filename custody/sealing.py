"""Closing spans of rows with a seal, hour by hour; what writes those rows knows nothing of it and waits for nothing."""

import datetime as dt
import logging

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from custody.models import Seal
from custody.rows import SPAN, TABLES, columns_of, last_key, read_marks

log = logging.getLogger(__name__)

# What the first seal follows.
BEGINNING = "0" * 64
# How long writers may have to wait behind us while another one ends.
PATIENCE = "300ms"


def seal() -> int:
    """Seal all rows that are there now; return how many seals were made.

    A table whose writers do not pause within a third of a second is left for the next hour. May be stopped anywhere
    and run twice at once: each seal is a step of its own.
    """
    made = 0
    for table in TABLES:
        horizon = _horizon(table)
        if horizon is None:
            continue
        columns = columns_of(table)
        while _seal_next(table, columns, horizon):
            made += 1
    if made:
        # A log that is kept elsewhere holds what the owner of this database cannot change.
        log.info("%d seals were made; the last one is %s", made, last_digest())
    return made


def last_digest() -> str:
    """The digest of the newest seal, which holds all before it; to be printed or kept elsewhere."""
    return Seal.objects.order_by("-pk").values_list("digest", flat=True).first() or BEGINNING


def age() -> dt.timedelta | None:
    """How long ago the newest seal was made; None when there is none."""
    at = Seal.objects.order_by("-pk").values_list("sealed_at", flat=True).first()
    return at and timezone.now() - at


def _horizon(table: str) -> int | None:
    """The highest key of a table below which no row can appear any more; None when there is none, or it is too busy.

    Keys are drawn from a sequence before their transaction ends, so that a lower one may come later. Whoever inserts
    holds the table's lock before it draws a key: once we have a lock that excludes theirs, no drawn key is on its way.
    """
    quoted = connection.ops.quote_name(table)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute(f"LOCK TABLE {quoted} IN SHARE MODE")
            cursor.execute(f"SELECT max(id) FROM {quoted}")  # noqa: S608 - a name of our own list
            return cursor.fetchone()[0]
    except OperationalError as error:
        log.info("%s is too busy to be sealed now: %s", table, str(error).strip())
        return None


@transaction.atomic
def _seal_next(table: str, columns: list[str], horizon: int) -> bool:
    with connection.cursor() as cursor:
        # Two that seal at once would both follow the same seal.
        cursor.execute("LOCK TABLE custody_seal IN SHARE ROW EXCLUSIVE MODE")
    after = Seal.objects.filter(table=table).order_by("-upto").values_list("upto", flat=True).first()
    if after is not None and after >= horizon:
        return False
    marks = read_marks(table, columns, after, horizon, SPAN)
    if not marks:
        return False
    seal = Seal(
        sealed_at=timezone.now(),
        table=table,
        columns=columns,
        after=after,
        upto=last_key(marks),
        marks=marks,
        previous=last_digest(),
    )
    seal.digest = seal.reckon_digest()
    seal.save(force_insert=True)
    return True
