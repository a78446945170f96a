from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The few cases and parts in which somebody waits for a word: an opinion, a return, an extension."""

    atomic = False

    dependencies = [("petitions", "0021_parts_of_organs")]

    operations = [
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(return_state="asked"), fields=["round"], name="assignment_asks_return"
            ),
        ),
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(extension_state="asked"), fields=["round"], name="assignment_asks_extension"
            ),
        ),
        AddIndexConcurrently(
            model_name="petition",
            index=models.Index(
                condition=models.Q(awaits_opinion=True),
                fields=["-submitted_at", "-id"],
                name="petition_awaits_opinion",
            ),
        ),
    ]
