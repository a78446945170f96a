"""Lists that grow, leaf by leaf: each begins behind the last row of the one before, so that no row is missed or met twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import DateTimeField, Q, QuerySet
from django.http import HttpRequest

LONGEST_KEY = 18  # digits that a key of the database holds
TURNS = ("after", "before", "end")  # what an address says of the leaf


@dataclass(frozen=True)
class Leaf:
    """Some rows of a list, and the keys at which the leaves beside begin ("" where there is none)."""

    rows: list = field(default_factory=list)
    newer: str = ""
    older: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the list has no other leaf."""
        return not (self.newer or self.older)


def turn_to(rows: QuerySet, asked: Mapping, *, by: str, size: int) -> Leaf:
    """Return the leaf that an address asks for: behind ``after``, before ``before``, the last one (``end``), or the first.

    ``by`` is the field of a day or a moment that orders the list, with a minus where the latest comes first; rows of the
    same moment follow by their own keys. The last leaf is read from the end, so that it costs what the first one does.
    """
    name, falls = by.removeprefix("-"), by.startswith("-")
    if not asked.get("end") and not asked.get("before"):
        found, older = read_leaf(rows, asked.get("after", ""), by=by, size=size)
        if not found and asked.get("after"):
            # What stood behind has gone meanwhile; an empty leaf would look like an empty list.
            return turn_to(rows, {"end": "1"}, by=by, size=size)
        return Leaf(found, _key(found[0], name) if asked.get("after") else "", older)
    turned = name if falls else f"-{name}"
    found, newer = read_leaf(rows, asked.get("before", ""), by=turned, size=size)
    if not newer:
        # The beginning of the list is reached: its first leaf is shown whole.
        found, older = read_leaf(rows, "", by=by, size=size)
        return Leaf(found, "", older)
    found.reverse()
    return Leaf(found, newer, _key(found[-1], name) if asked.get("before") else "")


def read_leaf(rows: QuerySet, after: str, *, by: str, size: int) -> tuple[list, str]:
    """Return the rows behind the key ``after``, and the key behind which the next leaf begins ("" on the last one).

    ``by`` as for ``turn_to``. A key that is none, such as the empty one, begins at the front.
    """
    name = by.removeprefix("-")
    order = [by, "-pk" if by != name else "pk"]
    found = list(_behind(rows, after, name, "lt" if by != name else "gt").order_by(*order)[: size + 1])
    if len(found) <= size:
        return found, ""
    return found[:size], _key(found[size - 1], name)


def _key(row, name):
    return f"{getattr(row, name).isoformat()}_{row.pk}"


def _behind(rows, key, name, step):
    found = read_key(key, is_moment=isinstance(rows.model._meta.get_field(name), DateTimeField))
    if found is None:
        return rows
    moment, pk = found
    # The first condition is the one that an index can begin at.
    return rows.filter(
        Q(**{f"{name}__{step}": moment}) | Q(**{name: moment, f"pk__{step}": pk}), **{f"{name}__{step}e": moment}
    )


def read_key(key: str, *, is_moment: bool = True) -> tuple[datetime | date, int] | None:
    """The moment (or day) and the row's own key that a key names; None where it is none."""
    moment, _separator, pk = key.rpartition("_")
    try:
        if is_moment:
            return datetime.fromisoformat(moment).astimezone(), int(pk)
        return date.fromisoformat(moment), int(pk)
    except (ValueError, OverflowError):
        return None


def leaf_of_list(rows: list, after: str, *, by: str, size: int) -> tuple[list, str]:
    """The same of rows that are all there already, in their own order; ``by`` names their key, a text."""
    keys = [getattr(row, by) for row in rows]
    start = keys.index(after) + 1 if after in keys else 0
    return rows[start : start + size], keys[start + size - 1] if start + size < len(rows) else ""


def leaf_addresses(request: HttpRequest, further: str) -> dict[str, str]:
    """The addresses of the first leaf (``newer``, where this is a later one) and of the next (``older``, where there is one).

    Both keep what the list is narrowed by, which is ``filters``.
    """
    kept = request.GET.copy()
    is_later = kept.pop("after", None) is not None
    behind = kept.copy()
    behind["after"] = further
    return {
        "filters": kept.urlencode(),
        "newer": f"{request.path}?{kept.urlencode()}" if is_later else "",
        "older": f"{request.path}?{behind.urlencode()}" if further else "",
    }


def addresses_beside(request: HttpRequest, leaf: Leaf) -> dict[str, str]:
    """The addresses of the leaves beside one (``newer``, ``older``), of the first and the last, and its ``filters``.

    Each is empty where there is no such leaf, or it is the one that is shown.
    """
    kept = request.GET.copy()
    for turn in (*TURNS, "count"):
        kept.pop(turn, None)

    def address(**turn):
        asked = kept.copy()
        asked.update(turn)
        return f"{request.path}?{asked.urlencode()}"

    return {
        "filters": kept.urlencode(),
        "first": address() if leaf.newer else "",
        "newer": address(before=leaf.newer) if leaf.newer else "",
        "older": address(after=leaf.older) if leaf.older else "",
        "last": address(end=1) if leaf.older else "",
    }
