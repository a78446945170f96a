"""Who signed up for an activity, and for how long that is kept."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from programmes.models import Guest
from vault.models import Identity
from vault.retention import Kind
from workdays.calendar import BEIJING


def _guests(before):
    return Identity.objects.filter(guest__activity__ends_at__lt=dt.datetime.combine(before, dt.time(), BEIJING))


def erase(identities):
    """Remove identities of those who signed up (list of ``Identity``); their places in the list stay, without a name."""
    Guest.objects.filter(identity__in=identities).update(identity=None)
    Identity.objects.filter(pk__in=[row.pk for row in identities]).delete()


KINDS = [Kind("guest_identity", _("活动报名人身份"), _("自活动结束起"), _guests, erase)]
