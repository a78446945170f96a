from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The few papers that press and that nobody has acknowledged yet, among all reminders."""

    atomic = False

    dependencies = [("supervision", "0013_quicker_writing")]

    operations = [
        AddIndexConcurrently(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(acknowledged_at=None, must_acknowledge=True),
                fields=["clock"],
                name="reminder_unacknowledged",
            ),
        ),
    ]
