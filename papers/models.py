"""Official papers and their numbers without gaps."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stations.models import Organ, Region, Station


class Series(models.Model):
    """The last number an office has given for a kind of paper in a year; its row lock is what keeps numbers gapless."""

    office = models.ForeignKey(Region, models.PROTECT)
    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("文号")
        verbose_name_plural = _("文号")
        constraints = [
            models.UniqueConstraint(fields=["office", "kind", "year"], name="one_series_an_office_kind_year")
        ]

    def __str__(self):
        return f"{self.office_id} {self.kind} {self.year}"


class Paper(models.Model):
    """A paper with a number, as issued; the text is kept as it was on that day.

    ``number`` is for reading: two townships of the same name in two counties may both have a 1号; what is unique is office,
    kind, year and sequence.
    """

    class Kind(models.TextChoices):
        SUPERVISION = "supervision", _("督办单")

    kind = models.CharField(_("文种"), max_length=20, choices=Kind)
    office = models.ForeignKey(Region, models.PROTECT, verbose_name=_("发文单位"), related_name="papers")
    year = models.PositiveSmallIntegerField(_("年份"))
    sequence = models.PositiveIntegerField(_("序号"))
    number = models.CharField(_("文号"), max_length=120)
    addressee = models.CharField(_("主送"), max_length=80)
    addressee_organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="papers")
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("所涉联络站")
    )
    title = models.CharField(_("标题"), max_length=160)
    body = models.TextField(_("正文"))
    key = models.CharField(max_length=120, unique=True)
    issued_at = models.DateTimeField(_("发文时间"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("公文")
        verbose_name_plural = _("公文")
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(fields=["office", "kind", "year", "sequence"], name="one_paper_a_number"),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("papers:paper", args=[self.pk])
