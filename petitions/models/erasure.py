"""Residents who ask that what is known of them be deleted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition
from petitions.models.proposer import Proposer


class ErasureRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the cases that a user may see."""
        return self.filter(petition__in=Petition.objects.visible_to(user))

    def open(self):
        """Those that nobody has decided yet."""
        return self.filter(decided_at=None)


class ErasureRequest(models.Model):
    """A request to delete who somebody is (个人信息保护法, art. 47), and what became of it.

    Where the case is over it is done at once, and ``decided_by`` stays empty; else staff decide, and who keeps says why.
    """

    petition = models.ForeignKey(Petition, models.PROTECT, related_name="erasure_requests")
    proposer = models.ForeignKey(Proposer, models.PROTECT, related_name="erasure_requests")
    asked_at = models.DateTimeField(_("申请时间"))
    words = models.CharField(_("说明"), max_length=500, blank=True)
    erased = models.BooleanField(_("已删除"), null=True)
    why = models.CharField(_("不予删除的理由"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("处理人")
    )

    objects = ErasureRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("删除申请")
        verbose_name_plural = _("删除申请")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposer"], condition=Q(decided_at=None), name="one_open_erasure_request"),
            models.CheckConstraint(
                name="kept_with_a_reason", condition=Q(erased=None) | Q(erased=True) | (Q(erased=False) & ~Q(why=""))
            ),
        ]

    def __str__(self):
        return str(self.petition_id)
