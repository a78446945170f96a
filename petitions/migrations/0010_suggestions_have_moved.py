from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("petitions", "0009_carry_suggestions_over")]

    operations = [migrations.DeleteModel("EarlierSuggestion")]
