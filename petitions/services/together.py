"""Rows of several tables, written by one statement: what a step leaves behind costs one way to the database, not six."""

from functools import cache

from django.db import connection


def insert_together(*rows):
    """Insert unsaved rows, in the caller's transaction. A row without a key gets one that is not read back.

    Rows may lead to each other by keys that were drawn before: what they refer to is checked when the transaction ends.
    """
    statement = _statement(tuple((type(row), row.pk is not None) for row in rows))
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in _columns(type(row), row.pk is not None)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


@cache
def _columns(model, has_key):
    return [field for field in model._meta.concrete_fields if has_key or not field.primary_key]


@cache
def _statement(kinds):
    *first, last = [_insert(model, has_key) for model, has_key in kinds]
    parts = ", ".join(f"part{number} AS ({insert})" for number, insert in enumerate(first))
    return f"WITH {parts} {last}" if parts else last


def _insert(model, has_key):
    columns = [field.column for field in _columns(model, has_key)]
    names = ", ".join(map(connection.ops.quote_name, columns))
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 - names of our own tables and columns
