import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0017_lists_and_search_at_a_million"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ErasureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("erased", models.BooleanField(null=True, verbose_name="已删除")),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="不予删除的理由")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="处理时间")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="处理人",
                    ),
                ),
                (
                    "petition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure_requests",
                        to="petitions.petition",
                    ),
                ),
                (
                    "proposer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure_requests",
                        to="petitions.proposer",
                    ),
                ),
            ],
            options={
                "verbose_name": "删除申请",
                "verbose_name_plural": "删除申请",
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(decided_at=None), fields=["proposer"], name="one_open_erasure_request"
                    ),
                    models.CheckConstraint(
                        condition=Q(erased=None) | Q(erased=True) | (Q(erased=False) & ~Q(why="")),
                        name="kept_with_a_reason",
                    ),
                ],
            },
        ),
    ]
