"""The default terms and the default ladder; every office may change them on its own pages."""

from django.db import migrations

LAW = "《中华人民共和国全国人民代表大会和地方各级人民代表大会代表法》第五十一条"
TERMS = [
    ("screen", "", 2, "workday", "默认"),
    ("supplement", "", 10, "workday", "默认"),
    ("hand_over", "", 3, "workday", "默认（各地规定有5日、10日）"),
    ("sign_in", "", 2, "workday", "默认"),
    ("ask_return", "", 5, "workday", "默认（各地规定为5至10日）"),
    ("answer", "", 10, "workday", "默认"),
    ("answer", "consultation", 3, "workday", "默认"),
    ("answer", "ordinary", 10, "workday", "默认（各地规定有7个工作日、1个月）"),
    ("answer", "complex", 22, "workday", "默认"),
    ("extension", "", 10, "workday", "默认（限一次）"),
    ("review", "", 3, "workday", "默认"),
    ("rate", "", 10, "workday", "默认"),
    ("second_answer", "", 10, "workday", "默认（各地规定有1个月、2个月）"),
    ("verify", "", 10, "workday", "默认"),
    ("closing_opinion", "", 10, "workday", "默认"),
    ("suggestion", "", 3, "month", LAW),
    ("suggestion", "complex", 6, "month", LAW),
]
RUNGS = [
    {"name": "提醒", "offset": -3, "colour": "green", "addressees": ["handler"]},
    {"name": "预警", "offset": -1, "colour": "yellow", "addressees": ["handler", "leader"], "start_severity": 1},
    {
        "name": "催办",
        "offset": 0,
        "colour": "red",
        "addressees": ["handler", "leader", "assigner"],
        "start_severity": 2,
    },
    {
        "name": "督办单",
        "offset": 1,
        "colour": "red",
        "addressees": ["leader"],
        "makes_paper": True,
        "must_acknowledge": True,
    },
    {"name": "升级督办", "offset": 3, "colour": "red", "addressees": ["chair", "committee"]},
    {"name": "通报", "offset": 5, "repeat_every": 5, "colour": "red", "addressees": ["viewer"]},
]


def set_rules(apps, schema_editor):
    term, rung = apps.get_model("supervision", "Term"), apps.get_model("supervision", "Rung")
    term.objects.bulk_create(
        term(duty=duty, variant=variant, length=length, unit=unit, source=source)
        for duty, variant, length, unit, source in TERMS
    )
    rung.objects.bulk_create(rung(position=position, **facts) for position, facts in enumerate(RUNGS, start=1))


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial")]

    operations = [migrations.RunPython(set_rules, migrations.RunPython.noop)]
