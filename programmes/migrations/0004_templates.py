"""Templates to begin from. Topics and campaign carry a note in place of items: what they ask is the office's to write."""

from django.db import migrations

SPEECH = "市领导关于乡镇人大和代表联络站的讲话（约2018年）"
TO_WRITE = "本模板只带名称。事项、要求和日期由本单位按年度方案填写后再下达。"
TOPICS = ["乡村振兴", "大气污染防治", "营商环境", "秸秆禁烧", "农村低保", "科技创新", "开发区改革"]
CONGRESS = [
    ("专职主席、副主席配备到位", "报告专职主席、副主席的姓名和任职时间，附任职文件。"),
    ("“一室四委”设立到位", "报告办公室和各委员会的名称、人员和成立时间，附文件。"),
    ("门户开通", "报告门户开通时间，附页面截图。"),
    ("电子表决投入使用", "报告电子表决设备到位和首次使用的时间，附照片。"),
    ("街道人大机构挂牌并配备人员", "街道填写：报告机构名称、挂牌时间和人员，附照片；乡镇可报告“不适用”。"),
]
INSTRUCTION = [("落实批示要求", "写明批示原文、要求和完成时限；报告落实情况，附佐证材料。")]


def bring_templates(apps, schema_editor):
    rows = [("topic", f"{topic}监督", TO_WRITE, []) for topic in TOPICS]
    rows += [
        ("campaign", "三联三促暨五个一活动", TO_WRITE, []),
        ("rectification", "乡镇人大规范化建设整改清单", "每个乡镇（街道）逐项落实，逐项核实销号。", CONGRESS),
        ("instruction", "批示件办理", "领导批示逐件登记，交有关单位限时办理，核实后销号。", INSTRUCTION),
    ]
    template_of, item_of = (apps.get_model("programmes", name) for name in ("Template", "TemplateItem"))
    for kind, name, intro, items in rows:
        template = template_of.objects.create(kind=kind, name=name, intro=intro, source=SPEECH)
        item_of.objects.bulk_create(
            item_of(template=template, position=position, title=title, demand=demand)
            for position, (title, demand) in enumerate(items, start=1)
        )


class Migration(migrations.Migration):
    dependencies = [("programmes", "0003_item_clocks")]

    operations = [migrations.RunPython(bring_templates, migrations.RunPython.noop)]
