"""Prints all that a portal holds as JSON: rows, sequences, files, keys, and whether its identities open with them."""

import hashlib
import json
import os
from pathlib import Path

import django
from django.db import connection

from liaison import keys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    django.setup()
    held = {"rows": rows(), "files": files(), "opened": opened()}
    print(json.dumps(held | {"keys": {name: os.environ[name] for name in keys.NAMES}}))


def rows():
    """For each table how many rows and the digest of all of them; for each sequence its last value."""
    with connection.cursor() as cursor:
        cursor.execute("SET TimeZone = 'UTC'")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" AS t")
            found[table] = cursor.fetchone()
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences")
        return found | dict(cursor.fetchall())


def files():
    media = Path(os.environ["VAR_DIR"]) / "media"
    return {
        str(file.relative_to(media)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in media.rglob("*")
        if file.is_file()
    }


def opened():
    from vault.models import Identity
    from vault.sealing import unseal

    return [unseal(identity.sealed) for identity in Identity.objects.order_by("pk")]


if __name__ == "__main__":
    main()
