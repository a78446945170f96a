"""The working calendar: one row for each day that a notice names, be it a holiday or a make-up day."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _


class Year(models.Model):
    """A year whose State Council notice is loaded; dates in other years are provisional (暂定)."""

    year = models.PositiveSmallIntegerField(_("年份"), primary_key=True)
    source = models.CharField(_("依据"), max_length=200)
    loaded_at = models.DateTimeField(_("载入时间"), auto_now=True)

    class Meta:
        verbose_name = _("已载入年份")
        verbose_name_plural = _("已载入年份")
        ordering = ["year"]

    def __str__(self):
        return str(self.year)


class Day(models.Model):
    """A day of a holiday, or a weekend day made into a working day (调休)."""

    date = models.DateField(_("日期"), primary_key=True)
    is_workday = models.BooleanField(_("是工作日"))
    name = models.CharField(_("名称"), max_length=40)
    source = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("特殊日期")
        verbose_name_plural = _("特殊日期")
        ordering = ["date"]

    def __str__(self):
        return f"{self.date} {self.name}"


class CalendarState(models.Model):
    """The one row that says which version of the calendar is in force and when the office is open.

    ``stamp`` is new with every change: a version number whose transaction was rolled back is given again, a stamp
    never, so that processes may keep a calendar in memory by it.
    """

    version = models.PositiveIntegerField(_("版本"), default=1)
    stamp = models.UUIDField(default=uuid4, editable=False)
    office_opens = models.TimeField(_("上班时间"), default="08:30")
    office_closes = models.TimeField(_("下班时间"), default="17:30")

    class Meta:
        verbose_name = _("日历状态")
        verbose_name_plural = _("日历状态")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_calendar_state")]

    def __str__(self):
        return str(self.version)


class CalendarChange(models.Model):
    """Who changed the calendar, when, and what; never edited."""

    version = models.PositiveIntegerField(_("版本"), unique=True)
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    by_name = models.CharField(_("修改人"), max_length=80)
    what = models.CharField(_("修改内容"), max_length=300)

    class Meta:
        verbose_name = _("日历修改")
        verbose_name_plural = _("日历修改")
        ordering = ["-version"]

    def __str__(self):
        return self.what
