"""Sealed identities move to the vault as they are; nothing is opened, and messages find their people there."""

from django.db import migrations

BATCH = 1000

READDRESS = """
    UPDATE notices_message SET outside_key = 'identity:' || proposer.identity_id
    FROM petitions_proposer AS proposer
    WHERE notices_message.outside_key = 'proposer:' || proposer.id AND proposer.identity_id IS NOT NULL
"""


def carry_over(apps, schema_editor):
    before, proposer = apps.get_model("petitions", "Identity"), apps.get_model("petitions", "Proposer")
    identity = apps.get_model("vault", "Identity")
    waiting = before.objects.filter(proposer__identity=None).select_related("proposer").order_by("pk")
    while batch := list(waiting[:BATCH]):
        kept = identity.objects.bulk_create(identity(sealed=bytes(row.sealed)) for row in batch)
        for row, new in zip(batch, kept, strict=True):
            row.proposer.identity = new
        proposer.objects.bulk_update([row.proposer for row in batch], ["identity"])
    schema_editor.execute(READDRESS)


class Migration(migrations.Migration):
    dependencies = [("petitions", "0003_identities_lead_to_the_vault"), ("notices", "0001_initial")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
