import django.db.models.deletion
from django.db import migrations, models

LEVELS = [
    ("province", "省"),
    ("city", "市"),
    ("county", "县（市、区）"),
    ("township", "乡镇（街道）"),
    ("village", "村（社区）"),
]


class Migration(migrations.Migration):
    dependencies = [("supervision", "0006_programme_terms")]

    operations = [
        migrations.CreateModel(
            name="Ladder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("level", models.CharField(blank=True, choices=LEVELS, max_length=10, verbose_name="层级")),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="类别")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
            ],
            options={
                "verbose_name": "督办阶梯",
                "verbose_name_plural": "督办阶梯",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["level", "category"],
                        name="one_ladder_in_force_a_level_and_category",
                        condition=models.Q(active=True),
                    ),
                    models.CheckConstraint(
                        name="the_default_ladder_is_in_force",
                        condition=models.Q(active=True) | ~models.Q(level="", category=""),
                    ),
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="rung",
            options={"ordering": ["ladder", "position"], "verbose_name": "督办级", "verbose_name_plural": "督办级"},
        ),
        migrations.AddField(
            model_name="rung",
            name="ladder",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rungs",
                to="supervision.ladder",
                verbose_name="所属阶梯",
            ),
        ),
        migrations.AddField(
            model_name="rung",
            name="copied_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="copies",
                to="supervision.rung",
                verbose_name="复制自",
            ),
        ),
        migrations.AddField(
            model_name="rung", name="active", field=models.BooleanField(default=True, verbose_name="启用")
        ),
        migrations.AddField(
            model_name="clock",
            name="category",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="类别"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="clock",
            name="term",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="supervision.term",
                verbose_name="所依期限",
            ),
        ),
    ]
