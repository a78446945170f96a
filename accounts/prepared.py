"""Queries of the busiest pages and actions as statements that PostgreSQL keeps prepared, built once for a process.

Such a page asks for everything at once, in a query of many parts: PostgreSQL plans it for ten times as long as it takes to
answer, and Django builds it for as long again.
"""

import datetime as dt
from copy import copy
from itertools import count
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection

# Stand for the keys while a query is built; no row has them.
MARKS = {
    int: [-(2**62) - number for number in range(3)],
    str: [f"\N{OBJECT REPLACEMENT CHARACTER}{number}" for number in range(3)],
    dt.date: [dt.date(1, 1, 1 + number) for number in range(3)],
}
TYPES = {bool: "boolean", str: "text", dt.date: "date", dt.datetime: "timestamptz"}
MOST = 200  # statements that a connection keeps; those beyond are asked without

_kept = WeakKeyDictionary()  # the driver's connection → statement with its types → name
_numbers = count(1)


class Prepared:
    """A query that is asked again and again with other keys.

    ``build`` is a function from keys (integers, days, or short texts such as a number) to a queryset, of model rows or of
    their values. It is called once, so it may depend on nothing else, not even on the time of day.
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
                statement = compiler.as_sql()
                # Every column is asked for what its values go through, which takes as long as many a query.
                converters = compiler.get_converters([column for column, *_rest in compiler.select])
                compiler.get_converters = lambda _columns: converters
            except EmptyResultSet:
                # Nothing can be found, such as by somebody who may see nothing.
                statement = None
            self._made = queryset, compiler, statement
        queryset, compiler, statement = self._made
        if statement is None:
            return []
        sql, values = statement
        meant = dict(zip(marks, keys, strict=True))
        values = [meant.get(value, value) if type(value) in MARKS else value for value in values]
        return _ask(queryset, compiler, sql, values)


def bring_along(owners, name, rows):
    """Give each of ``owners`` the rows that belong to it under the reverse relation ``name``, as prefetch_related does."""
    if not owners:
        return
    field = owners[0]._meta.get_field(name).remote_field
    of_owner = {owner.pk: [] for owner in owners}
    for row in rows:
        of_owner[getattr(row, field.attname)].append(row)
    for owner in owners:
        found = getattr(owner, name).get_queryset()
        found._result_cache, found._prefetch_done = of_owner[owner.pk], True
        owner._prefetched_objects_cache = {**getattr(owner, "_prefetched_objects_cache", {}), name: found}
        for row in found._result_cache:
            setattr(row, field.name, owner)


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
    # What is written into a statement makes it another one.
    written = [repr(value) for value, kind in zip(values, types, strict=True) if not kind]
    asked = sql, types, *written
    name = names.get(asked)
    if name is None:
        if len(names) >= MOST:
            return sql, values
        name = f"prepared_{next(_numbers)}"
        _prepare(name, sql, values, types)
        names[asked] = name
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
