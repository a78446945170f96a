from django.db import migrations


class Migration(migrations.Migration):
    """What became of accounts and rights is added to and never changed."""

    dependencies = [
        ("accounts", "0004_invitations_and_changes"),
        ("custody", "0001_seals"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_accountchange "
            "FOR EACH ROW EXECUTE FUNCTION refuse_event_change();",
            "DROP TRIGGER append_only ON accounts_accountchange;",
        ),
    ]
