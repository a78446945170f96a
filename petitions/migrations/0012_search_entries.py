from itertools import islice, pairwise

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models
from django.db.models import Func, TextField, Value


def enter_all(apps, schema_editor):
    """Make the cases findable that were there before; as ``petitions.search`` did it when this was written."""
    SearchEntry = apps.get_model("petitions", "SearchEntry")
    cases = apps.get_model("petitions", "Petition").objects.values_list("pk", "title", "body")
    rows = cases.iterator()
    while batch := list(islice(rows, 500)):
        SearchEntry.objects.bulk_create(
            SearchEntry(petition_id=pk, grams=_vector_of(title + body)) for pk, title, body in batch
        )


def _vector_of(text):
    signs = [sign for sign in text.lower() if sign.isalnum()]
    grams = sorted(set(signs) | {first + second for first, second in pairwise(signs)})
    found = Value(grams, output_field=ArrayField(TextField()))
    return Func(found, function="array_to_tsvector", output_field=SearchVectorField())


class Migration(migrations.Migration):
    dependencies = [("petitions", "0011_reasons_and_topics_are_the_offices")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "petition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="petitions.petition",
                    ),
                ),
                ("grams", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={"verbose_name": "检索项", "verbose_name_plural": "检索项"},
        ),
        migrations.AddIndex(
            model_name="searchentry",
            index=django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="search_entry_grams"),
        ),
        # So that ANALYZE counts the ten thousand commonest grams, not the thousand commonest.
        migrations.RunSQL(
            "ALTER TABLE petitions_searchentry ALTER COLUMN grams SET STATISTICS 1000", migrations.RunSQL.noop
        ),
        migrations.RunPython(enter_all, migrations.RunPython.noop),
    ]
