"""Proposers lead to the vault; a case may come of a reception note. Nothing is moved yet: see 0004."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deputies", "0004_turns_are_the_roster"),
        ("petitions", "0002_numbers_and_append_only_events"),
        ("vault", "0001_initial"),
    ]

    operations = [
        # Makes room for the name "identity" at the proposer.
        migrations.AlterField(
            "identity",
            "proposer",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="identity_before", to="petitions.proposer"
            ),
        ),
        migrations.AddField(
            "proposer",
            "identity",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="proposer",
                to="vault.identity",
            ),
        ),
        migrations.AddField(
            "petition",
            "note",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="petition",
                to="deputies.note",
                verbose_name="接待记录",
            ),
        ),
        migrations.AlterField(
            "petition",
            "secrecy",
            models.CharField(
                choices=[("named", "告诉代表和承办单位"), ("station", "只告诉联络站"), ("anonymous", "匿名")],
                default="station",
                max_length=10,
                verbose_name="身份公开范围",
            ),
        ),
    ]
