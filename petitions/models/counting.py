"""What the figures have not counted yet, and what the office's own history taught."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stations.models import Station


class ToCount(models.Model):
    """A station one of whose cases changed since its figures were last counted.

    Written in the transaction of the change, a row for each, so that no change waits for another at the same station;
    whoever counts a station takes its rows away first.
    """

    station = models.ForeignKey(Station, models.CASCADE, related_name="+", verbose_name=_("联络站"))

    class Meta:
        verbose_name = _("待统计")
        verbose_name_plural = _("待统计")

    def __str__(self):
        return str(self.station_id)


class ToldMark(models.Model):
    """How far the events have been told to other systems: up to ``settled`` for good, up to ``seen`` as of ``seen_at``."""

    ONLY = 1

    settled = models.BigIntegerField(_("已推送至"))
    seen = models.BigIntegerField(_("已读至"))
    seen_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("推送进度")
        verbose_name_plural = _("推送进度")

    def __str__(self):
        return str(self.settled)


class TopicModel(models.Model):
    """What a training learned from the office's cases: the proposals of topic, organ and severity for new ones.

    Off until one is made active; an earlier one is kept, so that what was proposed can be explained.
    """

    version = models.PositiveIntegerField(_("版本"), unique=True)
    trained_at = models.DateTimeField(_("训练时间"))
    cases = models.PositiveIntegerField(_("学习的意见数"))
    scores = models.JSONField(_("检验结果"), default=dict)
    content = models.BinaryField()
    active = models.BooleanField(_("启用"), default=False)

    class Meta:
        verbose_name = _("类别建议模型")
        verbose_name_plural = _("类别建议模型")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["active"], condition=models.Q(active=True), name="one_active_topic_model")
        ]

    def __str__(self):
        return str(self.version)
