from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_phone_and_wechat")]

    operations = [
        migrations.AlterField(
            "grant",
            "role",
            models.CharField(
                choices=[
                    ("deputy", "人大代表"),
                    ("officer", "联络员"),
                    ("head", "站长（主席团）"),
                    ("committee", "代工委"),
                    ("clerk", "承办单位经办人"),
                    ("leader", "承办单位负责人"),
                    ("viewer", "领导查看"),
                    ("admin", "管理员"),
                    ("privacy", "个人信息保护负责人"),
                ],
                max_length=10,
                verbose_name="角色",
            ),
        ),
        migrations.RemoveConstraint("grant", "grant_scope_follows_role"),
        migrations.AddConstraint(
            "grant",
            models.CheckConstraint(
                condition=(
                    Q(role="officer", station__isnull=False, region=None, organ=None)
                    | Q(role__in=["head", "committee", "viewer"], region__isnull=False, station=None, organ=None)
                    | Q(role__in=["clerk", "leader"], organ__isnull=False, region=None, station=None)
                    | Q(role__in=["deputy", "admin", "privacy"], region=None, station=None, organ=None)
                ),
                name="grant_scope_follows_role",
                violation_error_message=(
                    "联络员只选联络站；站长、代工委、领导只选区划；经办人、负责人只选单位；代表、管理员、个人信息保护负责人都不选。"
                ),
            ),
        ),
    ]
