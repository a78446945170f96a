from django.db import migrations, models

# Local rules of several counties; see docs/architecture.md. The office changes them on its own page.
REASONS = [
    ("private_claim", "属于本人或亲属个人利益诉求", "有关主管部门或法律援助机构", "您反映的属于个人利益诉求，不在代表联络站受理范围内。"),
    ("nothing_concrete", "没有具体事项或内容空泛", "补充具体时间、地点、事项后再次反映", "您反映的内容没有具体事项，联络站无法交办。"),
    ("unlawful", "诉求不符合法律法规", "公共法律服务热线12348", "您的诉求不符合现行法律法规，联络站不能受理。"),
    ("court", "应当或正在通过诉讼、仲裁、行政复议解决", "人民法院、仲裁委员会或行政复议机关", "您反映的事项应当通过诉讼、仲裁或行政复议解决。"),
    ("xinfang", "信访事项正在办理", "原受理的信访部门", "您反映的事项正在信访渠道办理，请等待办理结果。"),
    ("discipline", "检举控告，应向纪检监察机关反映", "纪检监察机关（举报电话12388）", "您反映的事项应向纪检监察机关反映。"),
    ("outside_area", "不属于本区域", "事发地的代表联络站", "您反映的事项不在本联络站的区域内。"),
    ("secret", "涉及国家秘密、商业秘密或个人隐私", "有关主管部门，请勿在网上填写涉密内容", "您反映的内容涉及秘密或隐私，不能在这里办理。"),
    ("same_matter", "同一事项正在办理", "凭原件的编号和查询码查看进展", "同一事项正在办理，请凭原查询码查看进展。"),
    ("concluded", "已依法作出结论", "作出结论的机关，可依法申请复查", "您反映的事项已依法作出结论。"),
    ("promotion", "推销产品或招揽项目", "有关主管部门或公共资源交易平台", "推销产品或招揽项目的内容不在受理范围内。"),
    ("no_answer", "逾期未补充情况", "", "期限内没有收到补充情况。您可以提出异议，补充后重新审查。"),
]


def lay_the_reasons(apps, schema_editor):
    reason = apps.get_model("petitions", "RefusalReason")
    reason.objects.bulk_create(
        reason(code=code, label=label, right_channel=channel, sentence=sentence, position=position)
        for position, (code, label, channel, sentence) in enumerate(REASONS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("petitions", "0010_suggestions_have_moved")]

    operations = [
        migrations.CreateModel(
            name="RefusalReason",
            fields=[
                (
                    "code",
                    models.SlugField(max_length=20, primary_key=True, serialize=False, verbose_name="代码"),
                ),
                ("label", models.CharField(max_length=60, verbose_name="原因")),
                ("sentence", models.CharField(blank=True, max_length=300, verbose_name="告知群众的话")),
                ("right_channel", models.CharField(blank=True, max_length=200, verbose_name="正确渠道")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
            ],
            options={
                "verbose_name": "不予受理原因",
                "verbose_name_plural": "不予受理原因",
                "ordering": ["position", "code"],
            },
        ),
        migrations.AddField(
            model_name="category", name="active", field=models.BooleanField(default=True, verbose_name="启用")
        ),
        migrations.AlterField(
            model_name="petition",
            name="refusal_reason",
            field=models.CharField(blank=True, max_length=20, verbose_name="不予受理原因"),
        ),
        migrations.RunPython(lay_the_reasons, migrations.RunPython.noop),
    ]
