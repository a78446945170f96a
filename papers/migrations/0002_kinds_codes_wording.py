import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import papers.models

KINDS = [
    ("hand_over", "交办单"),
    ("supervision", "督办单"),
    ("reply", "答复函"),
    ("refusal", "不予受理告知书"),
    ("consult", "征询意见表"),
    ("minutes", "会议纪要"),
    ("circular", "通报"),
]


def give_codes(apps, schema_editor):
    """Give every paper that stands already a code of its own."""
    Paper = apps.get_model("papers", "Paper")
    batch = []
    for paper in Paper.objects.only("pk").iterator(chunk_size=1000):
        paper.check_code = papers.models.new_check_code()
        batch.append(paper)
    Paper.objects.bulk_update(batch, ["check_code"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [
        ("papers", "0001_initial"),
        ("stations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=20, unique=True, verbose_name="文种")),
                ("opening", models.TextField(blank=True, max_length=500, verbose_name="开头语")),
                ("closing", models.TextField(blank=True, max_length=500, verbose_name="结尾语")),
                ("note", models.TextField(blank=True, max_length=500, verbose_name="附注")),
            ],
            options={"verbose_name": "公文用语", "verbose_name_plural": "公文用语"},
        ),
        migrations.CreateModel(
            name="WordingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("before", models.JSONField(verbose_name="原来")),
                ("after", models.JSONField(verbose_name="现在")),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                (
                    "wording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="papers.wording"
                    ),
                ),
            ],
            options={
                "verbose_name": "公文用语修改记录",
                "verbose_name_plural": "公文用语修改记录",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.AlterField("paper", "kind", models.CharField(choices=KINDS, max_length=20, verbose_name="文种")),
        migrations.AddField(
            "paper",
            "addressee_region",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="papers_received",
                to="stations.region",
                verbose_name="主送地方",
            ),
        ),
        migrations.AddField("paper", "facts", models.JSONField(blank=True, default=list, verbose_name="要素")),
        migrations.AddField("paper", "sheet", models.JSONField(blank=True, null=True, verbose_name="附表")),
        migrations.AddField("paper", "opening", models.TextField(blank=True, verbose_name="开头语", default=""), False),
        migrations.AddField("paper", "closing", models.TextField(blank=True, verbose_name="结尾语", default=""), False),
        migrations.AddField("paper", "note", models.TextField(blank=True, verbose_name="附注", default=""), False),
        migrations.AddField(
            "paper",
            "case_number",
            models.CharField(blank=True, db_index=True, max_length=30, verbose_name="意见编号", default=""),
            False,
        ),
        migrations.AddField(
            "paper", "check_code", models.CharField(max_length=10, null=True, verbose_name="查验码")
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField(
            "paper",
            "check_code",
            models.CharField(
                default=papers.models.new_check_code, max_length=10, unique=True, verbose_name="查验码"
            ),
        ),
        migrations.AddIndex(
            "paper", models.Index(fields=["-issued_at", "-id"], name="paper_newest_first")
        ),
    ]
