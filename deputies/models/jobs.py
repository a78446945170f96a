"""Work that takes longer than a request: importing deputies from a sheet, making a township's posters."""

import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stations.models import Region


class DeputyImport(models.Model):
    """A sheet of deputies as it was read and judged (试运行), and whether it was taken over."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=120)
    rows = models.JSONField(_("各行及判断"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    imported_at = models.DateTimeField(_("导入时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("代表名册导入")
        verbose_name_plural = _("代表名册导入")
        ordering = ["-made_at"]

    def __str__(self):
        return self.name


def posters_path(job, filename):
    return f"posters/{secrets.token_hex(16)}.pdf"


class PosterJobQuerySet(models.QuerySet):
    def unfinished(self):
        """Jobs a worker has still to do something for; one that failed waits for somebody to try again."""
        return self.filter(finished_at=None, failed_why="")


class PosterJob(models.Model):
    """All posters of a place as one file, made by a worker; ``done`` of ``total`` is the progress bar.

    ``codes`` are the posters in their order as they were when ordered, such as ``station:NDG-001``.
    """

    class Size(models.TextChoices):
        A4 = "a4", _("A4")
        A3 = "a3", _("A3")

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("范围"))
    size = models.CharField(_("纸张"), max_length=2, choices=Size)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    codes = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to=posters_path, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    failed_why = models.CharField(_("失败原因"), max_length=200, blank=True)

    objects = PosterJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("海报任务")
        verbose_name_plural = _("海报任务")
        ordering = ["-made_at"]

    def __str__(self):
        return f"{self.region} {self.get_size_display()}"

    def get_absolute_url(self):
        return reverse("deputies:poster_job", args=[self.pk])

    @property
    def waits(self):
        """Whether a worker has still to do something for it."""
        return self.finished_at is None and not self.failed_why
