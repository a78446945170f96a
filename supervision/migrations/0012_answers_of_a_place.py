from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The answers due at a place in some weeks, for the lists of late ones."""

    atomic = False

    dependencies = [("supervision", "0011_proposals_are_a_rule")]

    operations = [
        AddIndexConcurrently(
            model_name="clock",
            index=models.Index(
                condition=models.Q(duty__in=("answer", "second_answer")),
                fields=["station", "original_due_on"],
                name="clock_answer_due",
            ),
        ),
    ]
