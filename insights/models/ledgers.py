"""Ledgers that were ordered and taken, and months that were locked."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from petitions.periods import Kind, Period
from stations.models import Region, Station


class FileKind(models.TextChoices):
    """What kind of file a ledger was taken as."""

    XLSX = "xlsx", _("Excel")
    CSV = "csv", _("CSV")
    PDF = "pdf", _("PDF")


def ledger_path(job, filename):
    """A random name: nobody finds a file whose job is not theirs."""
    return f"ledgers/{secrets.token_hex(16)}.{job.kind}"


class LedgerJobQuerySet(models.QuerySet):
    def unfinished(self):
        """Jobs a worker has still to do something for; one that failed waits for somebody to try again."""
        return self.filter(finished_at=None, failed_why="")

    def free(self, at):
        """Unfinished jobs at which nobody works, or whose worker has not been heard of in time."""
        return self.unfinished().filter(Q(taken_until=None) | Q(taken_until__lt=at))


class LedgerJob(models.Model):
    """A ledger too long for a request, made by a worker; ``done`` of ``total`` rows is the progress bar.

    ``asked`` is the address of the list, ``rights`` are those under which its rows were read. ``tries`` counts who took it
    in hand: whoever is no longer the last one writes nothing.
    """

    ledger = models.CharField(_("台账"), max_length=40)
    kind = models.CharField(_("格式"), max_length=4, choices=FileKind)
    title = models.CharField(_("名称"), max_length=120)
    asked = models.TextField(_("条件"), blank=True)
    filters = models.TextField(_("条件说明"), blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("提交人"))
    made_at = models.DateTimeField(_("提交时间"))
    rights = models.JSONField(default=list)
    total = models.PositiveIntegerField(_("行数"), default=0)
    done = models.PositiveIntegerField(_("已写"), default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    taken_until = models.DateTimeField(null=True, blank=True)
    file = models.FileField(upload_to=ledger_path, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    failed_why = models.CharField(_("失败原因"), max_length=200, blank=True)

    objects = LedgerJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("台账任务")
        verbose_name_plural = _("台账任务")
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["made_by", "-made_at"], name="ledger_job_of_maker")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("insights:ledger_job", args=[self.pk])

    @property
    def waits(self):
        """Whether a worker has still to do something for it."""
        return self.finished_at is None and not self.failed_why


class LedgerTaking(models.Model):
    """Who took which ledger with which filters, how many rows, when. A trigger in the database refuses edits and removal."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("人员"))
    at = models.DateTimeField(_("时间"))
    ledger = models.CharField(_("台账"), max_length=40)
    title = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("格式"), max_length=4, choices=FileKind)
    asked = models.TextField(blank=True)
    filters = models.TextField(_("条件"), blank=True)
    rows = models.PositiveIntegerField(_("行数"))

    class Meta:
        verbose_name = _("台账导出记录")
        verbose_name_plural = _("台账导出记录")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="taking_newest"),
            models.Index(fields=["user", "ledger", "-at"], name="taking_of_user"),
        ]

    def __str__(self):
        return self.title


class MonthLock(models.Model):
    """A closed month of a place (月度封存): its figures as they were, who locked it and when. Never edited, never undone."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("区划"))
    first_day = models.DateField(_("月份"))
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("封存人"))
    locked_at = models.DateTimeField(_("封存时间"))

    class Meta:
        verbose_name = _("月度封存")
        verbose_name_plural = _("月度封存")
        ordering = ["-first_day", "region"]
        constraints = [
            models.UniqueConstraint(fields=["first_day", "region"], name="one_lock_a_month_and_place"),
            models.CheckConstraint(name="a_month_begins_on_its_first_day", condition=Q(first_day__day=1)),
        ]

    def __str__(self):
        return f"{self.region} {self.month}"

    def get_absolute_url(self):
        return reverse("insights:month_lock", args=[self.pk])

    @property
    def month(self) -> Period:
        """The month as a period."""
        return Period(self.first_day, Kind.MONTH)


class LockedFigures(models.Model):
    """The figures of a station and month as they were when the month was locked: ``petitions.measures`` by key."""

    lock = models.ForeignKey(MonthLock, models.PROTECT, related_name="figures")
    station = models.ForeignKey(Station, models.PROTECT, related_name="+")
    figures = models.JSONField()

    class Meta:
        verbose_name = _("封存的数字")
        verbose_name_plural = _("封存的数字")
        constraints = [models.UniqueConstraint(fields=["lock", "station"], name="locked_figures_once_a_station")]

    def __str__(self):
        return f"{self.lock_id} {self.station_id}"


class LockNote(models.Model):
    """What was found wrong in a locked month, said beside it; the lock itself stays as it is."""

    lock = models.ForeignKey(MonthLock, models.PROTECT, related_name="notes")
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("说明人"))
    text = models.CharField(_("说明"), max_length=500)

    class Meta:
        verbose_name = _("封存说明")
        verbose_name_plural = _("封存说明")
        ordering = ["at", "pk"]

    def __str__(self):
        return self.text
