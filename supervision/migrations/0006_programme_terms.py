"""How long meetings, minutes, objections and ratings may take; every office may change it on its own page."""

from django.db import migrations

TERMS = [
    ("arrange", 5, "默认（提出约见后的工作日）"),
    ("minutes", 5, "默认（活动或约见结束后的工作日）"),
    ("decide_objection", 3, "默认"),
    ("reply_invitation", 3, "默认（收到邀请后的工作日）"),
    ("rate_suggestion", 10, "默认（收到答复后的工作日）"),
]


def set_terms(apps, schema_editor):
    term = apps.get_model("supervision", "Term")
    term.objects.bulk_create(term(duty=duty, length=length, unit="workday", source=source) for duty, length, source in TERMS)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0005_offices_and_links")]

    operations = [migrations.RunPython(set_terms, migrations.RunPython.noop)]
