from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("petitions", "0015_counting_and_public_search")]

    operations = [
        migrations.AddIndex(
            model_name="petition",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ("closed", "refused", "signposted", "merged", "withdrawn")), _negated=True
                ),
                fields=["station", "status", "category"],
                name="petition_open",
            ),
        ),
    ]
