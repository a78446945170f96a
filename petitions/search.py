"""Which cases have a word in them: single characters and adjacent pairs, kept as PostgreSQL text search (``simple``).

Chinese has no blanks between words, and most words have two characters (路灯): pairs find them without a dictionary,
where trigrams find none. Punctuation and blanks do not count, so that a word is found across a line's end, too.
"""

from itertools import pairwise

from django.contrib.postgres.search import SearchQuery
from django.db import connection

from petitions.models import SearchEntry


def signs(text):
    """The letters, digits and characters of a text, in lower case."""
    return [sign for sign in text.lower() if sign.isalnum()]


def pairs(text):
    """Adjacent pairs of a text's letters, digits and characters; punctuation and blanks do not count."""
    return {first + second for first, second in pairwise(signs(text))}


def grams(text):
    """What a text is indexed by: its signs and their adjacent pairs."""
    return set(signs(text)) | pairs(text)


def enter(petitions):
    """Make new cases findable, by title and body; both are written once and never changed."""
    SearchEntry.objects.bulk_create(
        SearchEntry(petition=petition, grams=_quoted(grams(petition.title + petition.body), " "))
        for petition in petitions
    )


class AnyOf(SearchQuery):
    """A query for whatever has at least one of some grams: ``filter(search_entry__grams=AnyOf(["路灯"]))``."""

    def __init__(self, wanted):
        super().__init__(_quoted(wanted, " | "), search_type="raw")

    def as_sql(self, compiler, connection, function=None, template=None):
        # A cast takes the grams as they are; PostgreSQL's own parser knows no Chinese.
        return super().as_sql(compiler, connection, function, "%(expressions)s::tsquery")


def _quoted(found, between):
    """Grams as PostgreSQL reads them; letters, digits and characters hold no quote that could end one early."""
    return between.join(f"'{gram}'" for gram in found)


def rarities():
    """How rare each of the ten thousand commonest grams is: minus the logarithm of the share of cases that have it.

    As PostgreSQL last counted (``ANALYZE``); empty in a database of a few dozen cases, where nothing was counted yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT gram, -ln(share)
            FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS counted (gram, share)
            WHERE schemaname = ANY (current_schemas(false)) AND tablename = %s AND attname = 'grams'
                AND gram IS NOT NULL
            """,
            [SearchEntry._meta.db_table],
        )
        return dict(cursor.fetchall())
