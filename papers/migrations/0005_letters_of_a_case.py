from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The letters of one case by its number and their kind, among the many papers that are of no one case."""

    atomic = False

    dependencies = [("papers", "0004_recipients")]

    operations = [
        AddIndexConcurrently(
            model_name="paper",
            index=models.Index(fields=["case_number", "kind"], name="paper_of_a_case"),
        ),
        migrations.AlterField(
            model_name="paper",
            name="case_number",
            field=models.CharField(blank=True, max_length=30, verbose_name="意见编号"),
        ),
        # Where nearly all papers are of no one case, PostgreSQL takes a number for one that all of them have.
        migrations.RunSQL(
            "ALTER TABLE papers_paper ALTER COLUMN case_number SET (n_distinct = -0.5)",
            "ALTER TABLE papers_paper ALTER COLUMN case_number RESET (n_distinct)",
        ),
    ]
