"""Who was on duty moves from the plain list to turns; every day gets what calendar programs know it by."""

import uuid

from django.db import migrations


def carry_over(apps, schema_editor):
    reception, turn = apps.get_model("deputies", "Reception"), apps.get_model("deputies", "Turn")
    listed = reception.deputies.through.objects.order_by("pk").values_list("reception_id", "deputy_id")
    turn.objects.bulk_create(turn(reception_id=day, deputy_id=deputy) for day, deputy in listed)
    for day in reception.objects.filter(uid=None):
        reception.objects.filter(pk=day.pk).update(uid=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("deputies", "0002_reception_work")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
