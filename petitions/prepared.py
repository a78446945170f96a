"""Queries of the busiest pages as statements that PostgreSQL keeps prepared, and some built once for a process.

Such a page asks for everything at once, in a query of many parts: PostgreSQL plans it for ten times as long as it takes to
answer, and Django builds it for as long again.
"""

import datetime as dt
from copy import copy
from functools import partial
from itertools import count
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from accounts.services import grants_of
from petitions.permissions import without_known_stations

# Stand for the keys while a query is built; no row has them.
MARKS = {
    int: [-(2**62) - number for number in range(3)],
    str: [f"\N{OBJECT REPLACEMENT CHARACTER}{number}" for number in range(3)],
}
TYPES = {bool: "boolean", str: "text", dt.date: "date", dt.datetime: "timestamptz"}
MOST = 200  # statements that a connection keeps; those beyond are asked without
ASKERS = 200  # users whose queries a process keeps; then it begins anew

_kept = WeakKeyDictionary()  # the driver's connection → statement with its types → name
_numbers = count(1)


class Prepared:
    """A query that is asked again and again with other keys.

    ``build`` is a function from keys (integers, or short texts such as a number) to a queryset of model rows. It is
    called once, so it may depend on nothing else, not even on the time of day.
    """

    def __init__(self, build):
        self._build = build
        self._made = None

    def rows(self, *keys):
        """Return the rows for these keys, as a list; one query, once the statement is prepared."""
        marks = [MARKS[type(key)][place] for place, key in enumerate(keys)]
        if self._made is None:
            queryset = self._build(*marks)
            compiler = queryset.query.get_compiler(queryset.db)
            try:
                self._made = queryset, compiler, compiler.as_sql()
            except EmptyResultSet:
                # Nothing can be found, such as by somebody who may see nothing.
                self._made = None, None, None
        queryset, compiler, statement = self._made
        if statement is None:
            return []
        sql, values = statement
        meant = dict(zip(marks, keys, strict=True))
        values = [meant.get(value, value) if type(value) in MARKS else value for value in values]
        return _ask(queryset, compiler, sql, values)


class PreparedFor:
    """A query that is asked again and again by the same people: ``Prepared`` for each user's rights.

    ``build`` is a function from a user and keys to a queryset. Of the user it may read the key and the grants in force;
    a grant that comes, goes or ends, and a new day, make another query.
    """

    def __init__(self, build):
        self._build = build
        self._made = {}

    def rows(self, user, *keys):
        """Return the rows for these keys that this user gets, as a list; one query, once the statement is prepared."""
        grants = [(grant.role, grant.region_id, grant.station_id, grant.organ_id) for grant in grants_of(user)]
        rights = user.pk, timezone.localdate(), *grants
        if rights not in self._made:
            if len(self._made) >= ASKERS:
                self._made.clear()
            self._made[rights] = Prepared(partial(self._build, without_known_stations(user)))
        return self._made[rights].rows(*keys)


def _ask(queryset, compiler, sql, values):
    # A pool between the portal and PostgreSQL gives every transaction another connection.
    statement = (sql, values) if settings.POOLED else _statement(sql, values)
    again = copy(compiler)
    again.connection = connection
    again.as_sql = lambda *args, **kwargs: statement
    rows = queryset.all()
    rows.query.get_compiler = lambda *args, **kwargs: again
    return list(rows)


def _statement(sql, values):
    """The call of the prepared statement, with its values; prepares it where this connection has not yet."""
    connection.ensure_connection()
    names = _kept.setdefault(connection.connection, {})
    types = tuple(map(_type, values))
    name = names.get((sql, types))
    if name is None:
        if len(names) >= MOST:
            return sql, values
        name = f"prepared_{next(_numbers)}"
        _prepare(name, sql, values, types)
        names[sql, types] = name
    given = [value for value, kind in zip(values, types, strict=True) if kind]
    return f"EXECUTE {name} ({', '.join(['%s'] * len(given))})" if given else f"EXECUTE {name}", given


def _prepare(name, sql, values, types):
    places = count(1)
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        written = [
            f"${next(places)}" if kind else cursor.mogrify("%s", [value]).decode()
            for value, kind in zip(values, types, strict=True)
        ]
        declared = ", ".join(filter(None, types))
        cursor.execute(f"PREPARE {name} {f'({declared})' if declared else ''} AS {sql % tuple(written)}")


def _type(value):
    """The type of a parameter for PostgreSQL; None of what is written into the statement, such as a list."""
    if type(value) is int:
        return "integer" if -(2**31) <= value < 2**31 else "bigint"
    return TYPES.get(type(value))
