import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0008_default_ladder")]

    operations = [
        migrations.AlterField(
            model_name="rung",
            name="ladder",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rungs",
                to="supervision.ladder",
                verbose_name="所属阶梯",
            ),
        ),
        migrations.AlterField(
            model_name="rung", name="position", field=models.PositiveSmallIntegerField(verbose_name="次序")
        ),
        migrations.AddConstraint(
            model_name="rung",
            constraint=models.UniqueConstraint(
                deferrable=models.Deferrable["DEFERRED"],
                fields=("ladder", "position"),
                name="one_rung_a_ladder_and_position",
            ),
        ),
    ]
