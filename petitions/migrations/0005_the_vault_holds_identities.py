"""The table that held identities before goes; the one before must be committed first, as its rows are checked then."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("petitions", "0004_carry_identities_over")]

    operations = [migrations.DeleteModel("Identity")]
