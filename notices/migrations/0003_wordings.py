from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_batches")]

    operations = [
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("name", models.SlugField(max_length=30, primary_key=True, serialize=False, verbose_name="消息")),
                ("title", models.CharField(max_length=120, verbose_name="标题")),
                ("body", models.TextField(blank=True, max_length=1000, verbose_name="内容")),
            ],
            options={"verbose_name": "消息用语", "verbose_name_plural": "消息用语"},
        ),
    ]
