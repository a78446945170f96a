"""Users, what they may do where and from when, who stands in for them, and who looked at what."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stations.models import Organ, Region, Station


class UserManager(BaseUserManager):
    def create_user(self, username, name, password=None, **facts):
        user = self.model(username=username, name=name, **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username, name, password=None, **facts):
        return self.create_user(username, name, password, is_superuser=True, **facts)


class User(AbstractBaseUser):
    """A person with a sign-in. Rights come from grants only.

    A superuser may use the admin site, and sees no case by it.
    """

    username = models.CharField(_("登录名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    # Where messages go when the office sends them by SMS or WeChat.
    phone = models.CharField(_("手机"), max_length=30, blank=True)
    wechat_openid = models.CharField(_("微信OpenID"), max_length=64, blank=True)
    is_active = models.BooleanField(_("可登录"), default=True)
    is_superuser = models.BooleanField(_("系统管理员"), default=False)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        ordering = ["username"]

    def __str__(self):
        return self.name

    @property
    def is_staff(self):
        return self.is_superuser

    def grants_in_force(self):
        """Today's grants (Beijing date) with their scopes; one query for a request, as Django loads the user anew."""
        if not hasattr(self, "_grants"):
            grants = self.grants.on(timezone.localdate()) if self.is_active else self.grants.none()
            self._grants = list(grants.select_related("region", "station__region", "organ"))
        return self._grants

    def has_perm(self, perm, obj=None):
        """Answer the floors below, which know permissions but no roles; a superuser may do all of it.

        ``obj`` is a station or a region: the right must then come from a grant whose scope holds it. Whatever is not
        in the table, or is no place, is denied.
        """
        if not self.is_active:
            return False
        return self.is_superuser or any(obj is None or grant.covers(obj) for grant in self._grants_with(perm))

    def places_with(self, perm):
        """The regions over which a user holds a permission, the highest first; what lies in them is meant as well."""
        return sorted(
            {grant.region for grant in self._grants_with(perm) if grant.region}, key=lambda region: region.code
        )

    def _grants_with(self, perm):
        roles = PERMISSIONS.get(perm, ())
        return [grant for grant in self.grants_in_force() if grant.role in roles]

    def has_module_perms(self, app_label):
        return self.is_active and self.is_superuser


class Role(models.TextChoices):
    """The field's roles; domain.md says what each sees and does."""

    DEPUTY = "deputy", _("人大代表")
    OFFICER = "officer", _("联络员")
    HEAD = "head", _("站长（主席团）")
    COMMITTEE = "committee", _("代工委")
    CLERK = "clerk", _("承办单位经办人")
    LEADER = "leader", _("承办单位负责人")
    VIEWER = "viewer", _("领导查看")
    ADMIN = "admin", _("管理员")
    PRIVACY = "privacy", _("个人信息保护负责人")


PERMISSIONS = {
    "workdays.view_calendar": set(Role),
    "workdays.change_calendar": {Role.COMMITTEE, Role.ADMIN},
    "stations.view_station": {Role.OFFICER, Role.HEAD, Role.COMMITTEE, Role.VIEWER},
    "stations.change_station": {Role.OFFICER, Role.HEAD, Role.COMMITTEE},
    "stations.add_station": {Role.HEAD, Role.COMMITTEE},
    "stations.view_checklist": {Role.OFFICER, Role.HEAD, Role.COMMITTEE, Role.VIEWER},
    "stations.change_checklist": {Role.COMMITTEE},
    "stations.change_organ": {Role.COMMITTEE},
}


class GrantQuerySet(models.QuerySet):
    def on(self, day):
        """Grants in force on a day (Beijing date)."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Grant(models.Model):
    """A role over one scope, from–to. The scope's kind follows from the role."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
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


class ViewLog(models.Model):
    """Who looked at protected data, what for, and when; never edited."""

    user = models.ForeignKey(User, models.PROTECT, related_name="views")
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    what = models.CharField(_("查看内容"), max_length=80)
    number = models.CharField(_("编号"), max_length=30, db_index=True)
    reason = models.CharField(_("理由"), max_length=200)

    class Meta:
        verbose_name = _("查看记录")
        verbose_name_plural = _("查看记录")
        ordering = ["-at"]

    def __str__(self):
        return f"{self.number} {self.what}"


class Attempt(models.Model):
    """Counts tries within a window, exact across processes: sign-ins and query codes."""

    key = models.CharField(max_length=120)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("尝试次数")
        verbose_name_plural = _("尝试次数")
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="one_attempt_row_a_window")]
        indexes = [models.Index(fields=["window"], name="attempt_window")]

    def __str__(self):
        return self.key


class Scope(models.TextChoices):
    """What a token is for; its owner's rights of the day bound it as well."""

    READ = "read", _("读取")
    ACT = "act", _("办理")
    LEDGERS = "ledgers", _("导出台账")


class ApiTokenQuerySet(models.QuerySet):
    def good_on(self, day):
        """Tokens that open something on a day (Beijing date): neither revoked nor past their last day."""
        return self.filter(revoked_at=None, expires_on__gte=day, user__is_active=True)


class ApiToken(models.Model):
    """A key by which a program acts for a person; only its hash is kept, and ``prefix`` tells it from others."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("用途"), max_length=60)
    prefix = models.CharField(_("开头"), max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), verbose_name=_("范围"))
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    expires_on = models.DateField(_("有效期至"))
    used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")
        ordering = ["-made_at", "-pk"]

    def __str__(self):
        return self.name

    @property
    def scope_labels(self):
        """What it is for, in words."""
        return "、".join(str(Scope(scope).label) for scope in self.scopes)
