from django.db import migrations


class Migration(migrations.Migration):
    """The sequence of case numbers, and a trigger that refuses to change or remove an event."""

    dependencies = [("petitions", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE petition_number", "DROP SEQUENCE petition_number"),
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'events are append-only';
            END $$;
            CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON petitions_event
                FOR EACH ROW EXECUTE FUNCTION refuse_event_change();
            """,
            "DROP TRIGGER event_append_only ON petitions_event; DROP FUNCTION refuse_event_change()",
        ),
    ]
