from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built while the office works."""

    atomic = False
    dependencies = [("vault", "0002_phones_and_notices")]

    operations = [
        AddIndexConcurrently(
            "identity",
            models.Index(
                fields=["phone_index"], name="identity_of_phone", condition=models.Q(("phone_index", ""), _negated=True)
            ),
        ),
    ]
