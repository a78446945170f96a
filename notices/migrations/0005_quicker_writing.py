from django.db import migrations

# What a message is about and its key are asked for as a whole, never by their beginnings, for which Django makes these.
GONE = {
    "notices_message_topic_29d66c1f_like": "topic",
    "notices_message_dedupe_key_991130df_like": "dedupe_key",
}


class Migration(migrations.Migration):
    """A message enters two indexes fewer."""

    atomic = False

    dependencies = [("notices", "0004_webhooks")]

    operations = [
        migrations.RunSQL(
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
            f"CREATE INDEX CONCURRENTLY {name} ON notices_message ({column} varchar_pattern_ops)",
        )
        for name, column in GONE.items()
    ]
