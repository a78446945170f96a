"""Users, what they may do where and from when, who stands in for them, and who looked at what."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
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
        """The first sign-in of an office: an administrator, who gives the first committee its right on the desk."""
        user = self.create_user(username, name, password, is_superuser=True, **facts)
        user.grants.create(role=Role.ADMIN, starts_on=timezone.localdate())
        text = _("命令行建立的系统管理员")
        user.account_changes.create(at=timezone.now(), what=AccountChange.What.GRANTED, text=text)
        return user


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
    # Somebody else chose the password: the first sign-in leads to choosing one's own.
    must_change_password = models.BooleanField(_("登录后须改密码"), default=False, db_default=False)
    # Issuer and subject of the single sign-on that this person is bound to; names may be given to others, these are not.
    sso_subject = models.CharField(_("统一身份标识"), max_length=500, unique=True, null=True, blank=True)
    # The last day in office; behind it nobody signs in by this account.
    leaves_on = models.DateField(_("离任日期"), null=True, blank=True)
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


class SecondFactor(models.Model):
    """The authenticator app (RFC 6238) that a person has proved to have. The secret is sealed (``accounts/sealing.py``)."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="second_factor")
    sealed = models.TextField()
    # The half minute whose code was taken last; no code of it or of an earlier one is taken again.
    last_step = models.PositiveBigIntegerField()
    set_up_at = models.DateTimeField(_("启用时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("两步验证")
        verbose_name_plural = _("两步验证")

    def __str__(self):
        return str(self.user)


class RecoveryCode(models.Model):
    """A way in without the phone, good once: the row is removed when it is used. Of the code only a hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("恢复码")
        verbose_name_plural = _("恢复码")

    def __str__(self):
        return str(self.user)


class SignIn(models.Model):
    """An open session of a person: since when, from where and with what."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    user_agent = models.CharField(_("浏览器"), max_length=300)
    address = models.CharField(_("网络地址"), max_length=64)
    since = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近使用"))

    class Meta:
        verbose_name = _("登录")
        verbose_name_plural = _("登录")
        ordering = ["-seen_at", "-pk"]

    def __str__(self):
        return f"{self.user} {self.address}"


class AccountChange(models.Model):
    """What became of an account and its rights, and by whom; a trigger in the database refuses to change or remove one.

    ``actor`` is None where the portal itself or somebody at the command line did it.
    """

    class What(models.TextChoices):
        SECOND_FACTOR_ON = "second_factor_on", _("启用两步验证")
        SECOND_FACTOR_OFF = "second_factor_off", _("取消两步验证")
        NEW_RECOVERY_CODES = "recovery_codes", _("重新生成恢复码")
        SSO_BOUND = "sso_bound", _("绑定统一身份")
        GRANTED = "granted", _("授权")
        ENDED = "grant_ended", _("结束授权")
        INVITED = "invited", _("邀请")
        INVITED_AGAIN = "invited_again", _("重新邀请")
        TAKEN_BACK = "invitation_revoked", _("收回邀请")
        JOINED = "joined", _("接受邀请")
        LEFT = "left_office", _("离任交接")
        CLOSED = "closed", _("停用账号")

    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="account_changes_made", verbose_name=_("办理人")
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="account_changes", verbose_name=_("账号"))
    what = models.CharField(_("事项"), max_length=40, choices=What)
    text = models.CharField(_("内容"), max_length=300)

    class Meta:
        verbose_name = _("账号变动")
        verbose_name_plural = _("账号变动")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.get_what_display()} {self.text}"


class InvitationQuerySet(models.QuerySet):
    def good(self, at):
        """Those that open something at a moment."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """A one-time way for a new person to set their own password. Of the secret only a hash is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("发出时间"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="invitations_made", verbose_name=_("邀请人"))
    expires_at = models.DateTimeField(_("有效期至"))
    used_at = models.DateTimeField(_("接受时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("邀请")
        verbose_name_plural = _("邀请")
        ordering = ["-made_at", "-pk"]

    def __str__(self):
        return f"{self.user} {self.made_at:%Y-%m-%d}"
