"""Deputies, their mandates, the stations they are grouped in, and the days on which they are away."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stations.models import Region, Station


class Standing(models.TextChoices):
    """Where a deputy or one of their mandates stands on a day, the strongest first."""

    SERVING = "serving", _("在任")
    SUSPENDED = "suspended", _("暂停")
    TO_COME = "to_come", _("尚未就任")
    OVER = "over", _("任期届满")
    ENDED = "ended", _("资格终止")
    NONE = "none", _("未登记资格")


class DeputyQuerySet(models.QuerySet):
    def in_office(self, day):
        """Deputies with at least one mandate in force on a day."""
        return self.filter(models.Exists(Mandate.objects.in_force(day).filter(deputy=models.OuterRef("pk"))))

    def grouped_in(self, station, day):
        """Deputies in office who are grouped in a station on a day."""
        grouped = Membership.objects.on(day).filter(station=station, deputy=models.OuterRef("pk"))
        return self.in_office(day).filter(models.Exists(grouped))

    def ungrouped(self, day):
        """Deputies in office whom no station has in a group on a day."""
        return self.in_office(day).exclude(
            models.Exists(Membership.objects.on(day).filter(deputy=models.OuterRef("pk")))
        )

    def suspended(self, day):
        """Deputies without a mandate in force on a day, one of whose running mandates is suspended."""
        running = Mandate.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), deputy=models.OuterRef("pk"))
        suspended = running.filter(status=Mandate.Status.SUSPENDED, starts_on__lte=day)
        return self.out_of_office(day).filter(models.Exists(suspended))

    def out_of_office(self, day):
        """Deputies without any mandate in force on a day."""
        return self.exclude(models.Exists(Mandate.objects.in_force(day).filter(deputy=models.OuterRef("pk"))))

    def search(self, words):
        """Deputies whose name, code or constituency holds the words."""
        words = words.strip()
        seats = Mandate.objects.filter(constituency__icontains=words).values("deputy")
        return self.filter(Q(name__icontains=words) | Q(code__icontains=words) | Q(pk__in=seats))


def portrait_path(deputy, filename):
    """A random name: nothing of the sender's file name is kept."""
    return f"portraits/{secrets.token_hex(16)}.jpg"


class Deputy(models.Model):
    """One person, however many mandates. Basic and duty facts are public (Deputies Law 2025, art. 58)."""

    code = models.SlugField(_("编号"), max_length=20, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    gender = models.CharField(_("性别"), max_length=4, blank=True)
    bio = models.CharField(_("简介"), max_length=300, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True, help_text=_("只有工作人员看得到。"))
    portrait = models.FileField(_("照片"), upload_to=portrait_path, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="deputies", verbose_name=_("联系单位所在区划")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="deputy", verbose_name=_("账号")
    )

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = _("人大代表")
        verbose_name_plural = _("人大代表")
        ordering = ["code"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("portal:deputy", args=[self.code])

    def standing(self, day):
        """The strongest ``Standing`` of the deputy's mandates on a day; reads them, so prefetch them along."""
        standings = {mandate.standing(day) for mandate in self.mandates.all()}
        return next((standing for standing in Standing if standing in standings), Standing.NONE)


class MandateQuerySet(models.QuerySet):
    def in_force(self, day):
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), status=Mandate.Status.NORMAL, starts_on__lte=day)


class Mandate(models.Model):
    """A seat in one people's congress."""

    class Level(models.IntegerChoices):
        NATIONAL = 1, _("全国人大代表")
        PROVINCE = 2, _("省人大代表")
        CITY = 3, _("市人大代表")
        COUNTY = 4, _("县（市、区）人大代表")
        TOWNSHIP = 5, _("乡镇人大代表")

    class Status(models.TextChoices):
        NORMAL = "normal", _("正常履职")
        SUSPENDED = "suspended", _("暂停执行职务")
        ENDED = "ended", _("资格终止")

    deputy = models.ForeignKey(Deputy, models.CASCADE, related_name="mandates")
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level)
    constituency = models.CharField(_("选举单位（选区）"), max_length=80)
    term = models.CharField(_("届次"), max_length=40)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.NORMAL)
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("代表资格")
        verbose_name_plural = _("代表资格")
        ordering = ["level", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="mandate_ends_after_start", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            )
        ]

    def __str__(self):
        return f"{self.get_level_display()} {self.term}"

    def standing(self, day):
        """Where the mandate stands on a day; ``Standing.SERVING`` is what ``in_force`` finds."""
        if self.status == self.Status.ENDED:
            return Standing.ENDED
        if self.ends_on and self.ends_on < day:
            return Standing.OVER
        if self.starts_on > day:
            return Standing.TO_COME
        return Standing.SUSPENDED if self.status == self.Status.SUSPENDED else Standing.SERVING


class MembershipQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Membership(models.Model):
    """A deputy grouped into a station, from–to (混合编组: deputies of all levels in one group)."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="memberships")
    deputy = models.ForeignKey(Deputy, models.CASCADE, related_name="memberships")
    group = models.CharField(_("代表小组"), max_length=60, blank=True)
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("编组")
        verbose_name_plural = _("编组")
        constraints = [
            models.UniqueConstraint(fields=["station", "deputy", "starts_on"], name="one_membership_a_start")
        ]

    def __str__(self):
        return f"{self.deputy} @ {self.station}"

    def is_on(self, day):
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class AbsenceQuerySet(models.QuerySet):
    def between(self, first, last):
        """Absences that touch a span of days."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


class Absence(models.Model):
    """Days on which a deputy cannot take a turn (请假), as they told the station; deputies need no account for it.

    The leave that a deputy with an account records themselves (``accounts.Leave``) counts as well.
    """

    deputy = models.ForeignKey(Deputy, models.CASCADE, related_name="absences")
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"))
    why = models.CharField(_("事由"), max_length=60, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("代表请假")
        verbose_name_plural = _("代表请假")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_start",
                violation_error_message=_("结束日期不能早于开始日期。"),
                condition=Q(ends_on__gte=F("starts_on")),
            )
        ]

    def __str__(self):
        return f"{self.deputy} {self.starts_on}"
