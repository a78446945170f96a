"""Rows by COPY: one line a row, a table's lines together, and the tables without their indexes while they are filled."""

import datetime as dt
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection
from django.db.models import JSONField

ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})

SPECIAL = re.compile(r"[\\\n\t\r]")


def text(value):
    """A value as COPY reads it in its text format."""
    kind = type(value)
    if kind is int:
        return str(value)
    if kind is str:
        # Translating costs ten times what looking does.
        return value.translate(ESCAPES) if SPECIAL.search(value) else value
    if value is None:
        return "\\N"
    if kind is bool:
        return "t" if value else "f"
    if kind is dt.datetime or kind is dt.date:
        return value.isoformat()
    if kind is bytes:
        return f"\\\\x{value.hex()}"
    return str(value)


class Table:
    """The rows of one model on their way to the database.

    ``names`` are the columns whose values ``add`` is given, in that order; every other column gets the default of its
    field, so that a column that comes later needs no change here.
    """

    def __init__(self, model, *names):
        self.model, self.name = model, model._meta.db_table
        others = [field for field in model._meta.concrete_fields if field.column not in names]
        self.columns = ", ".join([*names, *(field.column for field in others)])
        self._rest = "".join(f"\t{text(_default(field))}" for field in others) + "\n"
        self._lines = []

    def add(self, *values):
        """Keep one more row until ``send``."""
        self._lines.append("\t".join(map(text, values)) + self._rest)

    def send(self):
        """Send what was kept to the database."""
        if self._lines:
            with connection.cursor() as cursor:
                lines = io.StringIO("".join(self._lines))
                cursor.copy_expert(f"COPY {self.name} ({self.columns}) FROM STDIN", lines)
            self._lines.clear()


def _default(field):
    value = field.get_default() if field.has_default() or not field.null else None
    return json.dumps(value) if isinstance(field, JSONField) else value


@contextmanager
def without_indexes(tables):
    """Fill tables without their indexes, unique and foreign keys, which are made again afterwards as they were.

    Primary keys, checks and triggers stay in force. A key that does not hold afterwards raises IntegrityError.
    """
    keys = _all(
        """
        SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('f', 'u') ORDER BY contype DESC, conname
        """,
        [tables],
    )
    indexes = _all(
        """
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
        WHERE i.indrelid = ANY (%s::regclass[])
            AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
        """,
        [tables],
    )
    _do([f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, kind, _made in keys if kind == "f"])
    _do([f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, kind, _made in keys if kind == "u"])
    _do([f"DROP INDEX {name}" for name, _made in indexes])
    try:
        yield
    finally:
        # Two at a time, as there are two cores; foreign keys lock two tables each and follow one by one.
        with ThreadPoolExecutor(2) as both:
            list(both.map(_do_apart, [made for _name, made in sorted(indexes, key=lambda row: "gin" not in row[1])]))
        _do([f"ALTER TABLE {table} ADD CONSTRAINT {name} {made}" for table, name, _kind, made in keys])


def _all(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _do(statements):
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for statement in statements:
            cursor.execute(statement)


def _do_apart(statement):
    # A thread has a connection of its own.
    _do([statement])
    connection.close()


def set_sequences(models):
    """Let the next row of each table get a key of its own."""
    with connection.cursor() as cursor:
        for model in models:
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), max({key})) FROM {table} HAVING max({key}) > 0"  # noqa: S608
            )
