"""Removing personal data whose time is over: the engine. Which rows are due, each app says of its own."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from workdays.calendar import add_months

from .errors import VaultError
from .models import Removal, RetentionRule

BATCH = 500  # rows of one short transaction
ON_REQUEST = "on_request"
LONGEST_MONTHS = 1200


@dataclass(frozen=True)
class Kind:
    """One kind of personal data: ``due(before)`` are its rows whose purpose ended before a day (Beijing date), and
    ``remove(rows)`` removes a list of them, with their files, in the caller's transaction.

    ``starts`` says in words from when its months are counted.
    """

    code: str
    label: str
    starts: str
    due: Callable[[dt.date], QuerySet]
    remove: Callable[[list], None]


@dataclass(frozen=True)
class Due:
    """What is due of a kind: by which rule, before which day, how many rows."""

    kind: Kind
    rule: RetentionRule
    before: dt.date
    number: int


def rules_on(day: dt.date) -> dict[str, RetentionRule]:
    """The rules in force on a day (Beijing date) by kind: the newest of each whose day has come."""
    newest = RetentionRule.objects.filter(effective_on__lte=day).order_by("kind", "-effective_on", "-pk")
    return {rule.kind: rule for rule in newest.distinct("kind")}


def set_rule(*, kind: str, months: int | None, effective_on: dt.date, basis: str, actor) -> RetentionRule:
    """Add a rule. Raises VaultError when its day is over: what was removed under the old one stays removed."""
    if effective_on < timezone.localdate():
        raise VaultError(_("生效日期不能早于今天。"))
    facts = {"kind": kind, "months": months, "effective_on": effective_on, "basis": basis}
    return RetentionRule.objects.create(**facts, made_by=actor, made_at=timezone.now())


def due(kinds: list[Kind], *, at: dt.datetime | None = None) -> list[Due]:
    """What a run would remove, kind by kind; nothing is changed. Kinds without a rule or without months are left out."""
    return [
        Due(kind, rule, before, kind.due(before).count())
        for kind, rule, before in _terms(kinds, timezone.localdate(at or timezone.now()))
    ]


def retain(kinds: list[Kind], *, at: dt.datetime | None = None) -> dict[str, int]:
    """Remove what is due and enter it in the ledger, batch by batch; returns how many rows of each kind went.

    Each batch of 500 and its entry are one transaction, so a run may be stopped at any time. Rows that somebody holds are
    left for the next run.
    """
    at, gone = at or timezone.now(), {}
    for kind, rule, before in _terms(kinds, timezone.localdate(at)):
        while number := _remove_batch(kind, rule, before, at):
            gone[kind.code] = gone.get(kind.code, 0) + number
    return gone


def _terms(kinds, day):
    rules = rules_on(day)
    for kind in kinds:
        rule = rules.get(kind.code)
        if rule is not None and rule.months is not None:
            yield kind, rule, add_months(day, -rule.months)


@transaction.atomic
def _remove_batch(kind, rule, before, at):
    with connection.cursor() as cursor:
        # At night, once, over all there is: that may take longer than a page may.
        cursor.execute("SET LOCAL statement_timeout = '5min'")
    rows = kind.due(before).order_by("pk").select_for_update(of=("self",), skip_locked=True)
    batch = list(rows[:BATCH])
    if batch:
        kind.remove(batch)
        Removal.objects.create(kind=kind.code, number=len(batch), at=at, rule=rule, before=before)
    return len(batch)


def note_on_request(number: int, *, at: dt.datetime) -> None:
    """Enter what was removed because the person asked for it."""
    Removal.objects.create(kind=ON_REQUEST, number=number, at=at)
