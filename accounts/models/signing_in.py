"""What signing in leaves and needs: the second factor, open sessions, invitations, tokens of programs."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


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
