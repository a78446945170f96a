"""An example of a checklist; every office changes it, or adds its own, on its page."""

from django.db import migrations

STANDARD = "某地标准（示例）"
DEFAULT = "默认"
NAME = "代表联络站检查清单（示例）"
SOURCE = "示例：前四项取自一地的建站标准，其余为默认；各单位按本地规定修改"
ITEMS = [
    ("站点面积不少于100平方米", "按实际用于代表活动和接待群众的面积算。", STANDARD),
    ("每周开展一次代表接待", "看接待日的小结；网上统计见季度汇总表。", STANDARD),
    ("每名代表每年至少进站一次", "看代表的履职记录；网上统计见季度汇总表。", STANDARD),
    ("每季度开展一次活动", "看活动记录。", STANDARD),
    ("规章制度上墙", "群众进门能看到，内容与网上公布的一致。", DEFAULT),
    ("开放时间和电话在门口公布", "与网上公布的一致。", DEFAULT),
    ("开放时间内电话有人接听", "在开放时间打一次试一试。", DEFAULT),
    ("代表姓名、照片和接待日在站内公布", "有变动的，当周更换。", DEFAULT),
    ("二维码张贴清楚，扫得开", "用手机现场扫一次。", DEFAULT),
    ("来访登记齐全，接待后按时小结", "抽看上个月的接待日。", DEFAULT),
]


def bring(apps, schema_editor):
    checklist = apps.get_model("stations", "Checklist").objects.create(name=NAME, source=SOURCE)
    item = apps.get_model("stations", "ChecklistItem")
    item.objects.bulk_create(
        item(checklist=checklist, position=position, text=text, help=help_text, source=source)
        for position, (text, help_text, source) in enumerate(ITEMS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("stations", "0002_checklists_and_inspections")]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
