from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# Indexes that nobody asks any more, and their columns.
GONE = {
    "papers_paper_case_number_dab4094d": "case_number",
    "papers_paper_case_number_dab4094d_like": "case_number varchar_pattern_ops",
}


class Migration(migrations.Migration):
    """The letters of one case by its number and their kind, among the many papers that are of no one case."""

    atomic = False

    dependencies = [("papers", "0004_recipients")]

    operations = [
        AddIndexConcurrently(
            model_name="paper",
            index=models.Index(fields=["case_number", "kind"], name="paper_of_a_case"),
        ),
        # State and database apart: Django would take the indexes away while writers wait.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="paper",
                    name="case_number",
                    field=models.CharField(blank=True, max_length=30, verbose_name="意见编号"),
                ),
            ]
        ),
        *(
            migrations.RunSQL(
                f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                f"CREATE INDEX CONCURRENTLY {name} ON papers_paper ({column})",
            )
            for name, column in GONE.items()
        ),
        # Where nearly all papers are of no one case, PostgreSQL takes a number for one that all of them have.
        migrations.RunSQL(
            "ALTER TABLE papers_paper ALTER COLUMN case_number SET (n_distinct = -0.5)",
            "ALTER TABLE papers_paper ALTER COLUMN case_number RESET (n_distinct)",
        ),
        migrations.RunSQL("ANALYZE papers_paper (case_number)", migrations.RunSQL.noop),
    ]
