"""Who looked at what, what became of accounts, and counted tries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User


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
        MADE = "made", _("建立账号")
        OPENED = "opened", _("启用账号")
        SUPERUSER = "superuser", _("系统管理员身份")
        PASSWORD_GIVEN = "password_given", _("重设密码")
        PASSWORD_CHANGED = "password_changed", _("修改密码")
        SIGN_INS_ENDED = "sign_ins_ended", _("结束所有登录")
        TOKEN_MADE = "token_made", _("建立接口令牌")
        TOKEN_ENDED = "token_ended", _("停用接口令牌")

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
        # The sweep that tells people reads the last days only.
        indexes = [models.Index(fields=["at"], name="account_change_at")]

    def __str__(self):
        return f"{self.get_what_display()} {self.text}"


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
