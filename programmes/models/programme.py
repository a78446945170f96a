"""Programmes: a year's supervision topics, campaigns, rectification lists and instructions, with their templates."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stations.models import Region


def office_name(region):
    """The office of a place: a township's presidium, above the townships the standing committee's deputy-affairs committee."""
    if region.level in (Region.Level.TOWNSHIP, Region.Level.VILLAGE):
        return _("%(place)s人大主席团") % {"place": region.name}
    return _("%(place)s人大常委会代工委") % {"place": region.name}


def office_names(region):
    """The same as an expression; ``region`` is the way to the region from the rows that it is put on."""
    below = Q(**{f"{region}__level__in": [Region.Level.TOWNSHIP, Region.Level.VILLAGE]})
    words = Case(When(below, then=Value(str(_("人大主席团")))), default=Value(str(_("人大常委会代工委"))))
    return Concat(F(f"{region}__name"), words, output_field=models.CharField())


class Kind(models.TextChoices):
    """What a programme is; all are items for many units, pressed by the same clocks."""

    TOPIC = "topic", _("年度监督议题")
    CAMPAIGN = "campaign", _("专项活动")
    RECTIFICATION = "rectification", _("整改清单")
    INSTRUCTION = "instruction", _("批示件")


class Template(models.Model):
    """A programme to begin from, shipped or the office's own; its text and its dates are the office's to change."""

    kind = models.CharField(_("类别"), max_length=14, choices=Kind)
    name = models.CharField(_("名称"), max_length=80)
    intro = models.TextField(_("说明"), blank=True)
    source = models.CharField(_("依据"), max_length=200, help_text=_("文件名称和文号，或“默认”。"))
    active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("工作模板")
        verbose_name_plural = _("工作模板")
        ordering = ["pk"]

    def __str__(self):
        return self.name


class TemplateItem(models.Model):
    """One thing that a template asks of every unit."""

    template = models.ForeignKey(Template, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("次序"))
    title = models.CharField(_("事项"), max_length=80)
    demand = models.TextField(_("要求"), blank=True)

    class Meta:
        verbose_name = _("模板事项")
        verbose_name_plural = _("模板事项")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title


class ProgrammeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one rule of who may see which programmes."""
        # Here, because the rule speaks of items, whose module needs this one.
        from programmes.permissions import visible_programmes

        return self.filter(visible_programmes(user))

    def running(self):
        return self.filter(closed_at=None)


class Programme(models.Model):
    """Work that an office sets many units, item by item, and follows to its verified end.

    ``region`` is the place whose office runs it (a township's presidium, a county's or city's committee); ``parent`` the
    programme of the level above of which it is a part.
    """

    Kind = Kind

    kind = models.CharField(_("类别"), max_length=14, choices=Kind)
    region = models.ForeignKey(Region, models.PROTECT, related_name="programmes", verbose_name=_("组织单位"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("上级工作")
    )
    title = models.CharField(_("名称"), max_length=80)
    year = models.PositiveSmallIntegerField(_("年度"))
    body = models.TextField(_("内容与要求"), blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("完成日期"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("建立时间"))
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    closing_report = models.TextField(_("工作报告"), blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("监督工作")
        verbose_name_plural = _("监督工作")
        ordering = ["-year", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="programme_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("完成日期不能早于开始日期。"),
            ),
        ]
        indexes = [models.Index(fields=["region", "-year", "-id"], name="programme_of_region")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("programmes:programme", args=[self.pk])

    @property
    def office(self):
        """The office that runs it, as pages and papers name it."""
        return office_name(self.region)

    @property
    def topic(self):
        """What the programme's own messages are filed under in the outbox."""
        return f"programme:{self.pk}"
