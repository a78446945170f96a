from django.db import migrations

BATCH = 500
OVER = ("closed", "refused", "signposted", "merged", "withdrawn")


def mark_open_cases(apps, schema_editor):
    """Mark the entries of cases that are not over with their county, as ``petitions.search`` does since this was written.

    Marks are only added, and each batch is a transaction of its own: no writer waits for more than one of them, and what
    was broken off can be run again.
    """
    SearchEntry, Petition = apps.get_model("petitions", "SearchEntry"), apps.get_model("petitions", "Petition")
    open_ones = Petition.objects.exclude(status__in=OVER).order_by("pk").values_list("pk", "station__region_id")
    table, last = SearchEntry._meta.db_table, 0
    with schema_editor.connection.cursor() as cursor:
        while batch := list(open_ones.filter(pk__gt=last)[:BATCH]):
            last = batch[-1][0]
            cursor.execute(
                f"""
                UPDATE {table} SET grams = grams || mark::tsvector
                FROM unnest(%s::bigint[], %s::text[]) AS marked (petition, mark) WHERE petition_id = petition
                """,  # noqa: S608
                [[petition for petition, _region in batch], [f"'@u{region[:6]}'" for _petition, region in batch]],
            )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("petitions", "0023_replies_are_found")]

    operations = [migrations.RunPython(mark_open_cases, migrations.RunPython.noop)]
