"""Queries of the busiest pages, built and compiled once for a process: most of such a page's time would go into that."""

from copy import copy

from django.db import connection

# Stand for the keys while a query is built; no row has them.
MARKS = tuple(-(2**62) - number for number in range(3))


class Prepared:
    """A query that is asked again and again with other keys.

    ``build`` is a function from keys (integers) to a queryset of model rows. It is called once, so it may depend on
    nothing else, not even on the time of day.
    """

    def __init__(self, build):
        self._build = build
        self._made = None

    def rows(self, *keys):
        """Return the rows for these keys, as a list; one query."""
        if self._made is None:
            queryset = self._build(*MARKS[: len(keys)])
            compiler = queryset.query.get_compiler(queryset.db)
            self._made = queryset, compiler, compiler.as_sql()
        queryset, compiler, (sql, values) = self._made
        meant = dict(zip(MARKS, keys, strict=False))
        values = tuple(meant.get(value, value) if isinstance(value, int) else value for value in values)
        again = copy(compiler)
        again.connection = connection
        again.as_sql = lambda *args, **kwargs: (sql, values)
        rows = queryset.all()
        rows.query.get_compiler = lambda *args, **kwargs: again
        return list(rows)
