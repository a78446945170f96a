import django.contrib.postgres.fields
from django.db import migrations, models

# The other tables of custody.rows have had this trigger since they are there.
GUARDED = (
    "custody_seal",
    "deputies_receptionevent",
    "accounts_viewlog",
    "supervision_rulechange",
    "supervision_clockchange",
    "workdays_calendarchange",
    "papers_wordingchange",
)


class Migration(migrations.Migration):
    """The chain of seals, and a trigger that refuses to change or remove a row wherever that was only a promise."""

    dependencies = [
        ("accounts", "0002_phone_and_wechat"),
        ("deputies", "0005_codes_of_poster_jobs"),
        ("insights", "0003_figures_in_the_index"),
        ("papers", "0004_recipients"),
        ("petitions", "0017_lists_and_search_at_a_million"),
        ("programmes", "0004_templates"),
        ("supervision", "0010_what_a_change_is_of"),
        ("workdays", "0002_calendar_state"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed_at", models.DateTimeField(verbose_name="封存时间")),
                ("table", models.CharField(max_length=63, verbose_name="表")),
                ("columns", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), size=None)),
                ("after", models.BigIntegerField(null=True, verbose_name="起")),
                ("upto", models.BigIntegerField(verbose_name="止")),
                ("marks", models.BinaryField()),
                ("previous", models.CharField(max_length=64, unique=True, verbose_name="上一封存值")),
                ("digest", models.CharField(max_length=64, verbose_name="封存值")),
            ],
            options={
                "verbose_name": "封存",
                "verbose_name_plural": "封存",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["table", "-upto"], name="seal_newest_of_table")],
            },
        ),
        migrations.RunSQL(
            "\n".join(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_event_change();"
                for table in GUARDED
            ),
            "\n".join(f"DROP TRIGGER append_only ON {table};" for table in GUARDED),
        ),
    ]
