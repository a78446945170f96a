from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]

    operations = [
        # Defaults of the database: no row is rewritten.
        migrations.AddField(
            "identity", "phone_index", models.CharField(blank=True, db_default="", default="", max_length=64)
        ),
        migrations.AddField("identity", "notice_version", models.PositiveSmallIntegerField(db_default=0, default=0)),
    ]
