import datetime as dt

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

USUAL = {
    "case_identity": 36,
    "case_photos": 36,
    "note_identity": 36,
    "note_photos": 36,
    "visit_identity": 3,
    "guest_identity": 3,
}


def set_usual_terms(apps, schema_editor):
    rule = apps.get_model("vault", "RetentionRule")
    day = dt.date(2026, 1, 1)
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    rule.objects.bulk_create(
        rule(kind=kind, months=months, effective_on=day, made_at=moment, basis="默认值，请按本单位档案规定核定（个人信息保护法第19条、第47条）")
        for kind, months in USUAL.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0004_phone_codes"),
        # The function that refuses changes is the cases' own.
        ("petitions", "0002_numbers_and_append_only_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30, verbose_name="种类")),
                ("months", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="保存月数")),
                ("effective_on", models.DateField(verbose_name="生效日期")),
                ("basis", models.CharField(max_length=200, verbose_name="依据")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="设定人",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="设定时间")),
            ],
            options={
                "verbose_name": "保存期限",
                "verbose_name_plural": "保存期限",
                "ordering": ["kind", "-effective_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Removal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30, verbose_name="种类")),
                ("number", models.PositiveIntegerField(verbose_name="条数")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.retentionrule",
                        verbose_name="规则",
                    ),
                ),
                ("before", models.DateField(null=True, verbose_name="截止日期")),
            ],
            options={
                "verbose_name": "删除记录",
                "verbose_name_plural": "删除记录",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["-at", "-id"], name="removal_newest")],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON vault_removal "
            "FOR EACH ROW EXECUTE FUNCTION refuse_event_change();",
            "DROP TRIGGER append_only ON vault_removal;",
        ),
        migrations.RunPython(set_usual_terms, migrations.RunPython.noop, elidable=False),
    ]
