from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# Indexes that nobody asks any more, and their columns.
GONE = {
    "supervision_clock_owner_organ_id_50d79432": "owner_organ_id",
    "supervision_clock_owner_station_id_c338f116": "owner_station_id",
    "supervision_clock_owner_user_id_6d6259ca": "owner_user_id",
    "supervision_clock_owner_region_id_a5d797c7": "owner_region_id",
    "supervision_clock_owner_region_id_a5d797c7_like": "owner_region_id varchar_pattern_ops",
    "supervision_clock_region_id_cbddba4a": "region_id",
    "supervision_clock_region_id_cbddba4a_like": "region_id varchar_pattern_ops",
}


class Migration(migrations.Migration):
    """A clock enters the indexes of its own owner and place only, not those of the owners that it has not."""

    atomic = False

    dependencies = [
        ("stations", "0004_organ_contact"),
        ("supervision", "0012_answers_of_a_place"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # State and database apart: Django would make the foreign keys anew, which looks at every row while writers wait.
    state_operations = [
        migrations.AlterField(
            model_name="clock",
            name="owner_organ",
            field=models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=models.PROTECT, related_name="clocks", to="stations.organ"
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="owner_station",
            field=models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=models.PROTECT, related_name="owned_clocks", to="stations.station"
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="owner_region",
            field=models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=models.PROTECT, related_name="owned_clocks", to="stations.region"
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="owner_user",
            field=models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=models.PROTECT, related_name="clocks", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="region",
            field=models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=models.PROTECT, related_name="clocks", to="stations.region"
            ),
        ),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="clock",
            index=models.Index(
                condition=models.Q(owner_organ__isnull=False), fields=["owner_organ"], name="clock_owner_organ"
            ),
        ),
        AddIndexConcurrently(
            model_name="clock",
            index=models.Index(
                condition=models.Q(owner_station__isnull=False), fields=["owner_station"], name="clock_owner_station"
            ),
        ),
        AddIndexConcurrently(
            model_name="clock",
            index=models.Index(
                condition=models.Q(owner_user__isnull=False), fields=["owner_user"], name="clock_owner_user"
            ),
        ),
        AddIndexConcurrently(
            model_name="clock",
            index=models.Index(
                condition=models.Q(owner_region__isnull=False), fields=["owner_region"], name="clock_owner_region", opclasses=["varchar_pattern_ops"]
            ),
        ),
        AddIndexConcurrently(
            model_name="clock",
            index=models.Index(
                condition=models.Q(region__isnull=False), fields=["region"], name="clock_region", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.SeparateDatabaseAndState(state_operations=state_operations),
        *(
            migrations.RunSQL(
                f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                f"CREATE INDEX CONCURRENTLY {name} ON supervision_clock ({column})",
            )
            for name, column in GONE.items()
        ),
    ]
