import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0013_photos_of_organs"),
        ("supervision", "0010_what_a_change_is_of"),
    ]

    operations = [
        migrations.CreateModel(
            name="SuggestionPromise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待兑现"),
                            ("delivered", "待核实"),
                            ("verified", "已兑现"),
                            ("recalled", "答复已重新办理"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("evidence", models.TextField(blank=True, verbose_name="兑现情况")),
                ("finding", models.TextField(blank=True, verbose_name="核实情况")),
                (
                    "clock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestion_promise",
                        to="supervision.clock",
                    ),
                ),
                (
                    "reply",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tracked",
                        to="petitions.suggestionreply",
                    ),
                ),
                (
                    "verify_clock",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestion_check",
                        to="supervision.clock",
                    ),
                ),
            ],
            options={
                "verbose_name": "建议答复中的承诺",
                "verbose_name_plural": "建议答复中的承诺",
                "ordering": ["pk"],
            },
        ),
    ]
