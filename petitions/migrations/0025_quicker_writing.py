from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# Indexes that nobody asks any more, and their columns.
GONE = {
    "petitions_petition_merged_into_id_bba5a124": "merged_into_id",
    "petitions_petition_entered_by_id_b7b10883": "entered_by_id",
    "petitions_petition_leader_id_a3b48f65": "leader_id",
    "petitions_petition_cluster_id_bfca6bbc": "cluster_id",
    "petitions_petition_number_0d5a5d4c_like": "number varchar_pattern_ops",
    "petitions_petition_import_key_06fe4765_like": "import_key varchar_pattern_ops",
}


class Migration(migrations.Migration):
    """A case enters no index for what few cases have, and its numbers none that is for words."""

    atomic = False

    dependencies = [
        ("petitions", "0024_open_cases_are_marked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # State and database apart: Django would make the foreign keys anew, which looks at every row while writers wait.
    state_operations = [
        migrations.AlterField(
            model_name="petition",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="merged",
                to="petitions.petition",
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="录入人",
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="leader",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="包案领导",
            ),
        ),
        migrations.AlterField(
            model_name="petition",
            name="cluster",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.SET_NULL,
                related_name="petitions",
                to="petitions.cluster",
                verbose_name="同类事项",
            ),
        ),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="petition",
            index=models.Index(
                condition=models.Q(merged_into__isnull=False), fields=["merged_into"], name="petition_merged_into"
            ),
        ),
        AddIndexConcurrently(
            model_name="petition",
            index=models.Index(
                condition=models.Q(entered_by__isnull=False), fields=["entered_by"], name="petition_entered_by"
            ),
        ),
        AddIndexConcurrently(
            model_name="petition",
            index=models.Index(
                condition=models.Q(leader__isnull=False), fields=["leader"], name="petition_leader"
            ),
        ),
        AddIndexConcurrently(
            model_name="petition",
            index=models.Index(
                condition=models.Q(cluster__isnull=False), fields=["cluster"], name="petition_cluster"
            ),
        ),
        migrations.SeparateDatabaseAndState(state_operations=state_operations),
        *(
            migrations.RunSQL(
                f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                f"CREATE INDEX CONCURRENTLY {name} ON petitions_petition ({column})",
            )
            for name, column in GONE.items()
        ),
    ]
