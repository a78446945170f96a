"""What looks like spam: a flag beside the case, which goes its ordinary way all the same."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition, Status


class Sign(models.TextChoices):
    """Why a submission looks like spam, in the words that the station reads."""

    UNPROVED = "unproved", _("同一网络一小时内多次提交，未经校验")
    LINKS = "links", _("内容里有三个以上网址")
    SCRIPT = "script", _("通篇没有一个汉字或少数民族文字")
    REPEATED = "repeated", _("一天内有多件内容完全相同")


class SuspicionQuerySet(models.QuerySet):
    def waiting(self):
        """Those about which nobody has said anything, of cases that are still to be screened."""
        return self.filter(cleared_at=None, petition__status=Status.SUBMITTED)


class Suspicion(models.Model):
    """The signs of spam that a case bears; ``cleared_at`` says that somebody looked and found an ordinary matter.

    No clock stands still for it. Whoever accepts or refuses the case has judged it, too.
    """

    petition = models.OneToOneField(Petition, models.CASCADE, related_name="suspicion")
    signs = ArrayField(models.CharField(max_length=20, choices=Sign), verbose_name=_("迹象"))
    found_at = models.DateTimeField(_("发现时间"))
    cleared_at = models.DateTimeField(_("认定正常的时间"), null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("认定人")
    )

    objects = SuspicionQuerySet.as_manager()

    class Meta:
        verbose_name = _("可疑提交")
        verbose_name_plural = _("可疑提交")
        ordering = ["found_at", "pk"]

    def __str__(self):
        return str(self.petition_id)

    def reasons(self):
        """The signs as sentences."""
        return [Sign(sign).label for sign in self.signs]
