"""Which tables are sealed, and the text of a row that is: made by the database, the same whoever asks."""

from django.db import connection, transaction

# Every table whose rows a trigger keeps from being changed; a test holds the two lists together.
TABLES = (
    "petitions_event",
    "petitions_suggestionevent",
    "programmes_event",
    "deputies_receptionevent",
    "accounts_viewlog",
    "accounts_accountchange",
    "vault_removal",
    "supervision_rulechange",
    "supervision_clockchange",
    "workdays_calendarchange",
    "papers_wordingchange",
    "insights_ledgertaking",
    "insights_monthlock",
    "insights_lockedfigures",
    "insights_locknote",
)
SPAN = 1000  # rows a seal
MARK = 40  # bytes a row: key and SHA-256


def columns_of(table: str) -> list[str]:
    """The columns of a table as they are named now, sorted by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "ORDER BY attname",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def read_marks(table: str, columns: list[str], after: int | None, upto: int, limit: int) -> bytes:
    """Key and SHA-256 of each row with a key above `after` (None: of any) up to `upto`, at most `limit` of them, in key order.

    A row's text is the JSON array of its columns, times in UTC whatever the session's zone. Raises ProgrammingError
    when a column is gone.
    """
    quote = connection.ops.quote_name
    text = ", ".join(f"sealed.{quote(name)}" for name in columns)
    # Names come from our own list and from the catalogue, and are quoted.
    question = (
        "SELECT string_agg(int8send(id) || sha256(convert_to(line, 'UTF8')), ''::bytea ORDER BY id) FROM ("  # noqa: S608
        f"SELECT id, jsonb_build_array({text})::text AS line FROM {quote(table)} AS sealed "
        "WHERE (%(after)s::bigint IS NULL OR id > %(after)s) AND id <= %(upto)s ORDER BY id LIMIT %(limit)s) AS lines"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', 'UTC', true)")
        cursor.execute(question, {"after": after, "upto": upto, "limit": limit})
        return bytes(cursor.fetchone()[0] or b"")


def split(marks: bytes) -> dict[int, bytes]:
    """The digest of each row by its key, in key order."""
    return {
        int.from_bytes(marks[at : at + 8], signed=True): marks[at + 8 : at + MARK] for at in range(0, len(marks), MARK)
    }


def last_key(marks: bytes) -> int:
    """The key of the last row; raises StopIteration when there is none."""
    return next(iter(split(marks[-MARK:])))
