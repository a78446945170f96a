"""Who brought a case; their name and address are in the vault."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition
from vault.models import Identity


class Proposer(models.Model):
    """A resident behind a case: who submitted it, or who joined it (附议), each with a query code of their own."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="proposers")
    is_first = models.BooleanField(_("首位反映人"), default=True)
    code_hash = models.CharField(max_length=64)
    joined_at = models.DateTimeField(_("时间"))
    note = models.TextField(_("附议说明"), blank=True)
    wants_mail = models.BooleanField(_("留有电子邮箱"), default=False)
    submission_key = models.UUIDField(unique=True, editable=False)
    # A visitor's note and the case made of it lead to one and the same row: erased there, it is erased for both.
    identity = models.OneToOneField(Identity, models.SET_NULL, null=True, blank=True, related_name="proposer")

    class Meta:
        verbose_name = _("反映人")
        verbose_name_plural = _("反映人")
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["petition"], condition=Q(is_first=True), name="one_first_proposer_a_case"),
            models.UniqueConstraint(fields=["petition", "code_hash"], name="one_code_a_proposer"),
        ]

    def __str__(self):
        return str(self.pk)
