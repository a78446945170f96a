"""Activities of deputies (代表活动): planned, invited to, held, with minutes, photos and materials."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deputies.models import Deputy
from programmes.models.programme import Programme, office_name
from stations.models import Organ, Region, Station
from supervision.models import Clock
from vault.models import Identity


class ActivityQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one rule of who finds which activities on the desk; public ones are on the public pages."""
        # Here, because the rule is a room of its own, which needs this one.
        from programmes.permissions import visible_activities

        return self.filter(visible_activities(user))

    def announced(self):
        """Activities that residents may read about."""
        return self.filter(public=True).exclude(announced_at=None)

    def held(self):
        """Activities whose minutes are on record."""
        return self.exclude(closed_at=None)


class Activity(models.Model):
    """One activity: planned → announced (invitations go out) → held and closed with minutes, or cancelled.

    ``region`` is the place whose office runs it; ``station`` the station that does, where one does.
    """

    class Kind(models.TextChoices):
        LEARNING = "learning", _("学习培训")
        BRIEFING = "briefing", _("宣讲")
        INSPECTION = "inspection", _("视察")
        RESEARCH = "research", _("专题调研")
        ENFORCEMENT = "enforcement", _("执法检查")
        INVITING = "inviting", _("邀请国家机关负责人")
        MEET_RESIDENTS = "meet_residents", _("见面会")
        DUTY_REPORT = "duty_report", _("述职")
        ROUTINE = "routine", _("站务例会")
        THEME = "theme", _("主题活动")

    class State(models.TextChoices):
        """Where it is, read from its moments."""

        PLANNED = "planned", _("拟定中")
        ANNOUNCED = "announced", _("已发邀请")
        OVER = "over", _("待形成纪要")
        CLOSED = "closed", _("已形成纪要")
        CANCELLED = "cancelled", _("已取消")

    kind = models.CharField(_("类别"), max_length=14, choices=Kind)
    region = models.ForeignKey(Region, models.PROTECT, related_name="activities", verbose_name=_("组织单位"))
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("承办联络站")
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("所属监督工作")
    )
    title = models.CharField(_("名称"), max_length=80)
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"))
    place = models.CharField(_("地点"), max_length=120)
    plan = models.TextField(_("活动方案"), blank=True)
    public = models.BooleanField(_("向群众公开"), default=True)
    guest_limit = models.PositiveSmallIntegerField(_("群众名额"), default=0, help_text=_("0 为不接受群众报名。"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("建立时间"))
    announced_at = models.DateTimeField(_("发出邀请时间"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancelled_why = models.CharField(_("取消原因"), max_length=200, blank=True)
    minutes = models.TextField(_("活动纪要"), blank=True)
    closed_at = models.DateTimeField(_("形成纪要时间"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    minutes_clock = models.OneToOneField(
        Clock, models.PROTECT, null=True, blank=True, related_name="activity", verbose_name=_("纪要期限")
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("代表活动")
        verbose_name_plural = _("代表活动")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="activity_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
        ]
        indexes = [
            models.Index(fields=["region", "-starts_at", "-id"], name="activity_of_region"),
            models.Index(fields=["station", "-starts_at"], name="activity_of_station"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("programmes:activity", args=[self.pk])

    @property
    def state(self):
        """Its ``State`` now; ``programmes.agenda.states`` has the same as conditions."""
        if self.cancelled_at:
            return self.State.CANCELLED
        if self.closed_at:
            return self.State.CLOSED
        if self.announced_at is None:
            return self.State.PLANNED
        return self.State.OVER if self.ends_at <= timezone.now() else self.State.ANNOUNCED

    @property
    def organiser(self):
        """Who runs it, as pages and the record name it: the station, or the office of the place."""
        return self.station.name if self.station_id else office_name(self.region)

    @property
    def public_url(self):
        """Where residents read about it."""
        return reverse("programmes:public_activity", args=[self.pk])

    @property
    def topic(self):
        """What the activity's messages are filed under in the outbox."""
        return f"activity:{self.pk}"


class Attendance(models.TextChoices):
    """Whether somebody who was invited came."""

    UNKNOWN = "", _("未登记")
    CAME = "came", _("到会")
    DELEGATE = "delegate", _("委派他人到会")
    LEAVE = "leave", _("请假")
    ABSENT = "absent", _("未到")


class Invitation(models.Model):
    """A deputy or an organ invited to an activity, what they answered, and whether they came."""

    class Answer(models.TextChoices):
        PENDING = "", _("未回复")
        COMES = "comes", _("参加")
        DELEGATES = "delegates", _("委派他人参加")
        DECLINES = "declines", _("不能参加")

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="invitations")
    deputy = models.ForeignKey(Deputy, models.PROTECT, null=True, blank=True, related_name="invitations")
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="invitations")
    answer = models.CharField(_("回复"), max_length=10, choices=Answer, default=Answer.PENDING, blank=True)
    answered_at = models.DateTimeField(_("回复时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    attendance = models.CharField(_("到会"), max_length=10, choices=Attendance, default=Attendance.UNKNOWN, blank=True)
    came_name = models.CharField(_("到会人员"), max_length=60, blank=True)
    clock = models.OneToOneField(Clock, models.PROTECT, null=True, blank=True, related_name="invitation")

    class Meta:
        verbose_name = _("邀请")
        verbose_name_plural = _("邀请")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "deputy"], condition=Q(organ=None), name="a_deputy_once_an_activity"
            ),
            models.UniqueConstraint(
                fields=["activity", "organ"], condition=Q(deputy=None), name="an_organ_once_an_activity"
            ),
            models.CheckConstraint(name="an_invitation_has_one_guest", condition=Q(deputy=None) ^ Q(organ=None)),
        ]

    def __str__(self):
        return str(self.deputy or self.organ)

    @property
    def invited(self):
        """The deputy or the organ."""
        return self.deputy or self.organ


class Guest(models.Model):
    """A resident who signed up for an activity; who it is stands in the vault, the code is theirs."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="guests")
    number = models.PositiveSmallIntegerField(_("序号"))
    identity = models.OneToOneField(Identity, models.PROTECT, null=True, blank=True, related_name="guest")
    code_hash = models.CharField(max_length=64)
    signed_up_at = models.DateTimeField(_("报名时间"))
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    came = models.BooleanField(_("到会"), null=True, blank=True)
    submission_key = models.UUIDField(unique=True, editable=False)

    class Meta:
        verbose_name = _("群众报名")
        verbose_name_plural = _("群众报名")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["activity", "number"], name="one_guest_a_number")]

    def __str__(self):
        return str(self.number)
