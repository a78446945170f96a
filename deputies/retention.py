"""Who booked a visit of a reception day, and for how long that is kept."""

from django.utils.translation import gettext_lazy as _

from vault.models import Identity
from vault.retention import Kind


def _booked(before):
    # Whoever came is kept with the note: the identity has moved there.
    return Identity.objects.filter(appointment__reception__date__lt=before)


def _erase(identities):
    Identity.objects.filter(pk__in=[row.pk for row in identities]).delete()


KINDS = [Kind("visit_identity", _("预约人身份"), _("自预约的接待日起"), _booked, _erase)]
