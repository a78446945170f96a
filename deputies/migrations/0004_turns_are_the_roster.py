"""The list of deputies reads the turns, and appointments get numbers from a sequence."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deputies", "0003_turns_of_known_receptions")]

    operations = [
        migrations.RemoveField("reception", "deputies"),
        migrations.AddField(
            "reception",
            "deputies",
            models.ManyToManyField(
                related_name="receptions",
                through="deputies.Turn",
                through_fields=("reception", "deputy"),
                to="deputies.deputy",
            ),
        ),
        migrations.AlterField(
            "reception", "uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
        migrations.RunSQL("CREATE SEQUENCE appointment_number", "DROP SEQUENCE appointment_number"),
    ]
