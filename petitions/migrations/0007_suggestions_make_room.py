"""Old suggestions stand aside, under a name of their own, until the new tables are there to take them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("petitions", "0006_clusters")]

    operations = [
        migrations.RemoveConstraint("Suggestion", "one_unanswered_suggestion_a_case"),
        # The new tables have an index and ways back of the same names.
        migrations.AlterField(
            "Suggestion",
            "deputy",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deputies.deputy", db_index=False
            ),
        ),
        migrations.AlterField(
            "Suggestion",
            "petition",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="petitions.petition", db_index=False
            ),
        ),
        migrations.RenameModel("Suggestion", "EarlierSuggestion"),
    ]
