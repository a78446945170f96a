from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0003_index_of_phones")]

    operations = [
        migrations.CreateModel(
            name="PhoneCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone_index", models.CharField(db_index=True, max_length=64)),
                ("sealed", models.BinaryField()),
                ("code_hash", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField(verbose_name="索取时间")),
                ("expires_at", models.DateTimeField(db_index=True, verbose_name="失效时间")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="已试次数")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="发出时间")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="使用时间")),
            ],
            options={
                "verbose_name": "手机验证码",
                "verbose_name_plural": "手机验证码",
                "ordering": ["-asked_at", "-pk"],
            },
        ),
    ]
