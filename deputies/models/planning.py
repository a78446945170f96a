"""A plan of reception days by a rhythm."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stations.models import Organ, Station
from workdays.rhythm import Months, Rhythm, WhenRest


class Plan(models.Model):
    """Reception days of a station for a quarter or a year (接待计划), by a rhythm that the working calendar corrects.

    ``days`` are, by rhythm: ISO weekdays 1–7; days of the month 1–31 (a month without that day is left out); lunar days
    1–30; or last digits 0–9 of market days. ``nths`` are 1–5, or -1 for the last one of the month.
    """

    station = models.ForeignKey(Station, models.PROTECT, related_name="plans")
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"))
    rhythm = models.CharField(_("节奏"), max_length=12, choices=Rhythm)
    days = ArrayField(models.SmallIntegerField(), verbose_name=_("日子"))
    nths = ArrayField(models.SmallIntegerField(), verbose_name=_("第几个"), default=list, blank=True)
    months = models.CharField(_("月份"), max_length=4, choices=Months, default=Months.ALL)
    when_rest = models.CharField(_("遇休息日"), max_length=10, choices=WhenRest, default=WhenRest.NEXT)
    weekends_count = models.BooleanField(_("周末照常接待，只避开法定节假日"), default=False)
    starts = models.TimeField(_("开始"))
    ends = models.TimeField(_("结束"))
    place = models.CharField(_("地点"), max_length=120)
    scope = models.CharField(_("接待内容"), max_length=200, blank=True)
    group = models.CharField(_("轮值小组"), max_length=60, blank=True)
    per_day = models.PositiveSmallIntegerField(_("每次接待代表人数"), default=2)
    slot_minutes = models.PositiveSmallIntegerField(_("预约每段分钟数"), default=20)
    organs = models.ManyToManyField(Organ, blank=True, related_name="+", verbose_name=_("联合接待单位"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("接待计划")
        verbose_name_plural = _("接待计划")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_ends_after_start",
                violation_error_message=_("结束日期不能早于开始日期。"),
                condition=Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="plan_hours_end_after_start",
                violation_error_message=_("结束时间应晚于开始时间。"),
                condition=Q(ends__gt=F("starts")),
            ),
        ]

    def __str__(self):
        return f"{self.station} {self.starts_on}–{self.ends_on}"
