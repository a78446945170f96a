import unicodedata
from itertools import pairwise

from django.db import migrations

BATCH = 500


def enter_answers(apps, schema_editor):
    """Enter the answers to suggestions that were there before into their cases, as ``petitions.search`` does since.

    The last signed answer of each suggestion; grams are only added, each case in a transaction of its own.
    """
    table = apps.get_model("petitions", "SearchEntry")._meta.db_table
    case, suggestion = "part__round__suggestion__links__petition_id", "part__round__suggestion_id"
    signed = {"part__is_lead": True, "state": "signed", f"{case}__isnull": False}
    replies = apps.get_model("petitions", "SuggestionReply").objects.filter(**signed)
    last = replies.order_by(case, suggestion, "-part__round__number", "-pk").distinct(case, suggestion)
    with schema_editor.connection.cursor() as cursor:
        for petition, text in last.values_list(case, "text"):
            cursor.execute(
                f"UPDATE {table} SET grams = grams || %s::tsvector WHERE petition_id = %s",  # noqa: S608
                [_vector(_grams(text)), petition],
            )


def _grams(text):
    signs = [sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum()]
    return set(signs) | {first + second for first, second in pairwise(signs)}


def _vector(found):
    return " ".join(f"'{gram}'" for gram in found)


def number_orders(apps, schema_editor):
    """Give the papers that pressed a case the number of that case, as new ones have it; five hundred in a transaction."""
    Paper = apps.get_model("papers", "Paper")
    pressed = "reminder__clock__petition_link__petition__number"
    unnumbered = Paper.objects.filter(case_number="", **{f"{pressed}__isnull": False}).order_by("pk")
    last = 0
    while batch := list(unnumbered.filter(pk__gt=last).values_list("pk", pressed)[:BATCH]):
        last = batch[-1][0]
        papers = [Paper(pk=pk, case_number=number) for pk, number in batch]
        Paper.objects.bulk_update(papers, ["case_number"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("papers", "0005_letters_of_a_case"),
        ("petitions", "0025_quicker_writing"),
        ("supervision", "0013_quicker_writing"),
    ]

    operations = [
        migrations.RunPython(enter_answers, migrations.RunPython.noop),
        migrations.RunPython(number_orders, migrations.RunPython.noop),
    ]
