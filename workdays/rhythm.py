"""Rhythms by which days recur, on the calendar and by the moon, moved off rest days. No database here."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rhythm(models.TextChoices):
    """What ``days`` of a plan mean."""

    WEEKDAY = "weekday", _("每周几")
    NTH_WEEKDAY = "nth_weekday", _("每月第几个周几")
    MONTH_DAY = "month_day", _("每月几号")
    LUNAR_DAY = "lunar_day", _("农历每月几日")
    MARKET = "market", _("逢集（农历逢几）")


class Months(models.TextChoices):
    """In which months a rhythm of months comes round."""

    ALL = "all", _("每个月")
    ODD = "odd", _("单月")
    EVEN = "even", _("双月")


class WhenRest(models.TextChoices):
    """What becomes of a day on which offices rest."""

    NEXT = "next", _("顺延到下一个工作日")
    PREVIOUS = "previous", _("提前到上一个工作日")
    SKIP = "skip", _("当次取消")
    KEEP = "keep", _("照常接待")
