from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("supervision", "0010_what_a_change_is_of")]

    operations = [
        migrations.AlterField(
            model_name="rulechange",
            name="subject",
            field=models.CharField(
                blank=True,
                choices=[
                    ("term", "办理期限"),
                    ("ladder", "督办阶梯"),
                    ("category", "事项类别"),
                    ("reason", "不予受理原因"),
                    ("message", "消息用语"),
                    ("proposal", "智能建议"),
                ],
                max_length=10,
                verbose_name="规则",
            ),
        ),
    ]
