"""The figures of ``petitions.measures`` as counted last: a row for each station and month, quarter and year.

Only ``insights.counting`` writes here, a station at a time and always anew from the cases, so that nothing adds up wrongly.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.measures import MEASURES
from petitions.models import Category
from petitions.periods import Kind
from stations.models import Organ, Station


class Tally(models.Model):
    """What all tallies have: a station, a period, and a column for each figure (added below, so that none is forgotten)."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="+", verbose_name=_("联络站"))
    kind = models.CharField(_("时段"), max_length=7, choices=Kind)
    first_day = models.DateField(_("首日"))

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.station_id} {self.kind} {self.first_day}"


class StationTally(Tally):
    """All cases of a station."""

    class Meta:
        verbose_name = _("联络站统计")
        verbose_name_plural = _("联络站统计")
        # With the figures in it: a year of months of all stations is read from the index, side by side.
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "first_day", "station"],
                include=[measure.key for measure in MEASURES],
                name="one_tally_a_station",
            )
        ]


class TopicTally(Tally):
    """The cases of a station with one topic of the first level; those without any have a row of their own."""

    topic = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("类别")
    )

    class Meta:
        verbose_name = _("类别统计")
        verbose_name_plural = _("类别统计")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "first_day", "station", "topic"], name="one_tally_a_topic", nulls_distinct=False
            )
        ]


class OrganTally(Tally):
    """What one organ had to do with the cases of a station; a case of two organs counts for each."""

    organ = models.ForeignKey(Organ, models.CASCADE, related_name="+", db_index=False, verbose_name=_("承办单位"))

    class Meta:
        verbose_name = _("承办单位统计")
        verbose_name_plural = _("承办单位统计")
        constraints = [
            models.UniqueConstraint(fields=["kind", "first_day", "station", "organ"], name="one_tally_an_organ")
        ]
        indexes = [models.Index(fields=["organ", "kind", "first_day"], name="tally_of_organ")]


class AnswerDays(models.Model):
    """How many cases of a station took so many calendar days from submission to their first answer.

    Kept by the month of that answer; a case has one, so that quarters and years are sums of months.
    """

    station = models.ForeignKey(Station, models.CASCADE, related_name="+", verbose_name=_("联络站"))
    topic = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("类别")
    )
    first_day = models.DateField(_("月份首日"))
    days = models.PositiveIntegerField(_("天数"))
    cases = models.PositiveIntegerField(_("件数"))

    class Meta:
        verbose_name = _("答复天数")
        verbose_name_plural = _("答复天数")
        constraints = [
            models.UniqueConstraint(
                fields=["first_day", "station", "topic", "days"],
                include=["cases"],
                name="one_count_of_days",
                nulls_distinct=False,
            )
        ]

    def __str__(self):
        return f"{self.station_id} {self.first_day} {self.days}"


for measure in MEASURES:
    for tally in (StationTally, TopicTally, *([OrganTally] if measure.by_organ else [])):
        tally.add_to_class(measure.key, models.PositiveIntegerField(measure.label, default=0))
