"""What a test does behind the portal's back."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def without_triggers():
    """Act as the database's owner who has switched the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
