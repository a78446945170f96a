from django.db import migrations, models

STANDING = models.Q(state__in=["open", "replied"])


def _once(*fields):
    return models.UniqueConstraint(condition=STANDING, fields=fields, name="an_organ_once_a_round")


class Migration(migrations.Migration):
    """The index that keeps an organ once in a round has the organ first: an organ's parts are read from it."""

    atomic = False

    dependencies = [("petitions", "0020_told_mark")]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Made beside the writers; meanwhile the old one holds.
            database_operations=[
                migrations.RunSQL(
                    """
                    CREATE UNIQUE INDEX CONCURRENTLY an_organ_in_a_round_once ON petitions_assignment (organ_id, round_id)
                    WHERE state IN ('open', 'replied')
                    """,
                    "DROP INDEX CONCURRENTLY an_organ_in_a_round_once",
                ),
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY an_organ_once_a_round",
                    """
                    CREATE UNIQUE INDEX CONCURRENTLY an_organ_once_a_round ON petitions_assignment (round_id, organ_id)
                    WHERE state IN ('open', 'replied')
                    """,
                ),
                migrations.RunSQL(
                    "ALTER INDEX an_organ_in_a_round_once RENAME TO an_organ_once_a_round",
                    "ALTER INDEX an_organ_once_a_round RENAME TO an_organ_in_a_round_once",
                ),
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name="assignment", name="an_organ_once_a_round"),
                migrations.AddConstraint(model_name="assignment", constraint=_once("organ", "round")),
            ],
        ),
    ]
