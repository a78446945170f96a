from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0012_search_entries"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="added_by_label",
            field=models.CharField(blank=True, max_length=80, verbose_name="上传单位"),
        ),
    ]
