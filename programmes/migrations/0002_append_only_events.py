from django.db import migrations


class Migration(migrations.Migration):
    """A trigger that refuses to change or remove an event; the function is the cases' own."""

    dependencies = [("programmes", "0001_initial"), ("petitions", "0002_numbers_and_append_only_events")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON programmes_event
                FOR EACH ROW EXECUTE FUNCTION refuse_event_change();
            """,
            "DROP TRIGGER event_append_only ON programmes_event",
        ),
    ]
