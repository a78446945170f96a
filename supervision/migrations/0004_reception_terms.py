"""When a reception day is published and summed up; every office may change it on its own page."""

from django.db import migrations

TERMS = [
    ("publish", 3, "默认（接待日之前的工作日；一地标准为2日）"),
    ("sum_up", 2, "默认（接待日之后的工作日）"),
]


def set_terms(apps, schema_editor):
    term = apps.get_model("supervision", "Term")
    term.objects.bulk_create(term(duty=duty, length=length, unit="workday", source=source) for duty, length, source in TERMS)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0003_reception_duties")]

    operations = [migrations.RunPython(set_terms, migrations.RunPython.noop)]
