"""Lists that grow, leaf by leaf: each begins behind the last row of the one before, so that no row is missed or met twice."""

from datetime import date, datetime

from django.db.models import DateTimeField, Q, QuerySet
from django.http import HttpRequest


def read_leaf(rows: QuerySet, after: str, *, by: str, size: int) -> tuple[list, str]:
    """Return the rows behind the key ``after``, and the key behind which the next leaf begins ("" on the last one).

    ``by`` is the field of a day or a moment that orders them, with a minus where the latest comes first; rows of the same
    moment follow by their own keys. A key that is none, such as the empty one, begins at the front.
    """
    name = by.removeprefix("-")
    order = [by, "-pk" if by != name else "pk"]
    found = list(_behind(rows, after, name, "lt" if by != name else "gt").order_by(*order)[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    return found[:size], f"{getattr(last, name).isoformat()}_{last.pk}"


def _behind(rows, key, name, step):
    moment, _separator, pk = key.rpartition("_")
    try:
        if isinstance(rows.model._meta.get_field(name), DateTimeField):
            moment = datetime.fromisoformat(moment).astimezone()
        else:
            moment = date.fromisoformat(moment)
        further = Q(**{f"{name}__{step}": moment}) | Q(**{name: moment, f"pk__{step}": int(pk)})
    except (ValueError, OverflowError):
        return rows
    return rows.filter(further)


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
