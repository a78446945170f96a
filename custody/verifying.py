"""Whether everything that was sealed still stands as it stood then, and which row does not."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import ProgrammingError

from custody.models import Seal
from custody.rows import SPAN, read_marks, split
from custody.sealing import BEGINNING


@dataclass
class Break:
    """The first thing that is wrong: `row` in `table`, or the chain itself where `row` is None."""

    what: str
    table: str
    row: int | None
    sealed_on: dt.date


@dataclass
class Found:
    """What a verification saw; `days` counts the seals and rows of each Beijing date, with the day's last digest."""

    broken: Break | None = None
    days: dict[dt.date, tuple[int, int, str]] = field(default_factory=dict)
    digests_met: set[str] = field(default_factory=set)


def verify(published: set[str] = frozenset()) -> Found:
    """Read all seals and rows anew, up to the first that is broken; `digests_met` are those of `published` on the way.

    Memory is bounded by one seal. Rows younger than the newest seal are not looked at: nothing is said of them yet.
    """
    found, previous, reached = Found(), BEGINNING, {}
    for seal in _seals():
        found.broken = _broken_link(seal, previous, reached) or _broken_row(seal)
        if found.broken:
            return found
        previous, reached[seal.table] = seal.digest, seal.upto
        seals, rows, _ = found.days.get(seal.day, (0, 0, ""))
        found.days[seal.day] = (seals + 1, rows + len(split(seal.marks)), seal.digest)
        if seal.digest in published:
            found.digests_met.add(seal.digest)
    return found


def _seals() -> Iterator[Seal]:
    """All seals in their order, by key: no cursor stays open between two of them."""
    last = 0
    while seal := Seal.objects.filter(pk__gt=last).order_by("pk").first():
        yield seal
        last = seal.pk


def _broken_link(seal: Seal, previous: str, reached: dict[str, int]) -> Break | None:
    if seal.previous != previous or seal.after != reached.get(seal.table):
        return Break("a seal is missing before this one", seal.table, None, seal.day)
    if seal.digest != seal.reckon_digest():
        return Break("a seal was changed", seal.table, None, seal.day)
    return None


def _broken_row(seal: Seal) -> Break | None:
    try:
        # One more than a seal holds is enough to find the first that was put in.
        marks = read_marks(seal.table, seal.columns, seal.after, seal.upto, SPAN + 1)
    except ProgrammingError as error:
        return Break(f"the rows cannot be read as they were sealed: {str(error).strip()}", seal.table, None, seal.day)
    if marks == bytes(seal.marks):
        return None
    then, now = split(bytes(seal.marks)), split(marks)
    row = min(key for key in then.keys() | now.keys() if then.get(key) != now.get(key))
    what = "was changed" if row in then and row in now else "is gone" if row in then else "was not there"
    return Break(what, seal.table, row, seal.day)
