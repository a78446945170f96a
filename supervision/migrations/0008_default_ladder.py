"""The rungs that stand become those of the default ladder, and running clocks find the terms they were started by."""

from django.db import migrations


def make_the_default_ladder(apps, schema_editor):
    ladder = apps.get_model("supervision", "Ladder").objects.create(name="通用阶梯")
    apps.get_model("supervision", "Rung").objects.update(ladder=ladder)


def find_the_terms_of_running_clocks(apps, schema_editor):
    """A clock whose length, unit and source are those of a term of its duty was started by that term."""
    term, clock = apps.get_model("supervision", "Term"), apps.get_model("supervision", "Clock")
    for row in term.objects.order_by("-variant"):
        started = clock.objects.filter(duty=row.duty, length=row.length, unit=row.unit, source=row.source, term=None)
        started.filter(stopped_at=None).update(term=row)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0007_ladders")]

    operations = [
        migrations.RunPython(make_the_default_ladder, migrations.RunPython.noop),
        migrations.RunPython(find_the_terms_of_running_clocks, migrations.RunPython.noop),
    ]
