import unicodedata
from itertools import pairwise

from django.db import migrations

BATCH = 500


def enter_replies(apps, schema_editor):
    """Enter the replies of organs that were there before as ``petitions.search`` enters them since this was written.

    Grams are only added, and each case is a transaction of its own: no writer waits for more than one row, and what was
    broken off can be run again.
    """
    SearchEntry = apps.get_model("petitions", "SearchEntry")
    replies = apps.get_model("petitions", "Reply").objects.order_by("pk")
    replies = replies.values_list("pk", "assignment__round__petition", "text", "promise")
    table, last = SearchEntry._meta.db_table, 0
    with schema_editor.connection.cursor() as cursor:
        while batch := list(replies.filter(pk__gt=last)[:BATCH]):
            for last, petition, *texts in batch:
                cursor.execute(
                    f"UPDATE {table} SET grams = grams || %s::tsvector WHERE petition_id = %s",  # noqa: S608
                    [_vector(set().union(*map(_grams, texts))), petition],
                )


def _grams(text):
    signs = [sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum()]
    return set(signs) | {first + second for first, second in pairwise(signs)}


def _vector(found):
    return " ".join(f"'{gram}'" for gram in found)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("petitions", "0022_what_waits")]

    operations = [migrations.RunPython(enter_replies, migrations.RunPython.noop)]
