"""What people may do where, from when to when, and who stands in for them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.roles import Role
from accounts.models.user import User
from stations.models import Organ, Region, Station


class GrantQuerySet(models.QuerySet):
    def on(self, day):
        """Grants in force on a day (Beijing date)."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def beyond(self, day):
        """Grants that give a right on some later day, those to come included."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day))

    def like(self, grant):
        """Grants of the same role over the same scope, whoever holds them."""
        return self.filter(role=grant.role, region=grant.region_id, station=grant.station_id, organ=grant.organ_id)


class Grant(models.Model):
    """A role over one scope, from–to. The scope's kind follows from the role."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField(_("角色"), max_length=10, choices=Role)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True)
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True)
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True)
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("授权")
        verbose_name_plural = _("授权")
        constraints = [
            models.CheckConstraint(
                name="grant_scope_follows_role",
                violation_error_message=_(
                    "联络员只选联络站；站长、代工委、领导只选区划；经办人、负责人只选单位；代表、管理员、个人信息保护负责人都不选。"
                ),
                condition=(
                    Q(role="officer", station__isnull=False, region=None, organ=None)
                    | Q(role__in=["head", "committee", "viewer"], region__isnull=False, station=None, organ=None)
                    | Q(role__in=["clerk", "leader"], organ__isnull=False, region=None, station=None)
                    | Q(role__in=["deputy", "admin", "privacy"], region=None, station=None, organ=None)
                ),
            ),
            models.CheckConstraint(
                name="grant_ends_after_start",
                violation_error_message=_("结束日期不能早于开始日期。"),
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()}：{self.scope}" if self.scope else self.get_role_display()

    @property
    def scope(self):
        """The region, station or organ of the grant, or None."""
        return self.region or self.station or self.organ

    def covers(self, place):
        """Whether a station or a region lies in the grant's own station or region."""
        if isinstance(place, Station):
            within = self.region_id is not None and place.region_id.startswith(self.region_id)
            return within or self.station_id == place.pk
        return isinstance(place, Region) and self.region_id is not None and place.code.startswith(self.region_id)


class LeaveQuerySet(models.QuerySet):
    def on(self, day):
        """Leaves that a day (Beijing date) falls into."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def not_over(self, day):
        """Leaves that are running or to come on a day."""
        return self.filter(ends_on__gte=day)


class Leave(models.Model):
    """Days on which a person is away, and who stands in (代理)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="leaves")
    substitute = models.ForeignKey(User, models.PROTECT, related_name="substitutions", verbose_name=_("代理人"))
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"))

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("请假与代理")
        verbose_name_plural = _("请假与代理")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="leave_ends_after_start",
                violation_error_message=_("结束日期不能早于开始日期。"),
                condition=Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="nobody_substitutes_themselves",
                violation_error_message=_("代理人不能是本人。"),
                condition=~Q(user=F("substitute")),
            ),
        ]

    def __str__(self):
        return f"{self.user} → {self.substitute}"
