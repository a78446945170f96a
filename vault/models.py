"""What residents entrust: who they are. Nothing else in the house holds a name, a phone or an address of theirs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Secrecy(models.TextChoices):
    """To whom a resident wishes to be known."""

    NAMED = "named", _("告诉代表和承办单位")
    STATION = "station", _("只告诉联络站")
    ANONYMOUS = "anonymous", _("匿名")


class Identity(models.Model):
    """Name, phone, address and e-mail of one resident as one sealed text.

    Whoever brought a case, booked a visit or sat at the desk is linked to theirs from there; it is opened by a reveal
    that asks a reason and is logged, and by delivery, for an e-mail address, while it sends. ``phone_index`` finds the
    rows of one phone without opening any (``phones.index_of``); ``notice_version`` is that of the privacy notice which was
    shown when it was given, 0 where none was.
    """

    sealed = models.BinaryField()
    phone_index = models.CharField(max_length=64, blank=True, default="", db_default="")
    notice_version = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("身份信息")
        verbose_name_plural = _("身份信息")
        indexes = [models.Index(fields=["phone_index"], name="identity_of_phone", condition=~Q(phone_index=""))]

    def __str__(self):
        return str(self.pk)

    @property
    def outside_key(self):
        """How the outbox names this resident; the address is looked up only while sending."""
        return f"identity:{self.pk}"


class PhoneCode(models.Model):
    """A code of six digits on its way to a phone, and whether it came back; kept for a day.

    What is sent is sealed until it is on its way, and then gone: the hash is all that stays.
    """

    phone_index = models.CharField(max_length=64, db_index=True)
    sealed = models.BinaryField()
    code_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField(_("索取时间"))
    expires_at = models.DateTimeField(_("失效时间"), db_index=True)
    tries = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("手机验证码")
        verbose_name_plural = _("手机验证码")
        ordering = ["-asked_at", "-pk"]

    def __str__(self):
        return str(self.pk)


class RetentionRule(models.Model):
    """How long one kind of personal data is kept after its purpose has ended, from a day on.

    Rules are added, never edited: the newest whose day has come is in force. ``months`` None means that nothing of the kind
    is removed by age.
    """

    kind = models.CharField(_("种类"), max_length=30)
    months = models.PositiveSmallIntegerField(_("保存月数"), null=True, blank=True)
    effective_on = models.DateField(_("生效日期"))
    basis = models.CharField(_("依据"), max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("设定人")
    )
    made_at = models.DateTimeField(_("设定时间"))

    class Meta:
        verbose_name = _("保存期限")
        verbose_name_plural = _("保存期限")
        ordering = ["kind", "-effective_on", "-pk"]

    def __str__(self):
        return f"{self.kind} {self.effective_on}"


class Removal(models.Model):
    """That personal data was removed: of which kind, how many, when, by which rule or at whose request; never whose.

    A trigger in the database refuses edits and removal.
    """

    kind = models.CharField(_("种类"), max_length=30)
    number = models.PositiveIntegerField(_("条数"))
    at = models.DateTimeField(_("时间"))
    rule = models.ForeignKey(RetentionRule, models.PROTECT, null=True, related_name="+", verbose_name=_("规则"))
    before = models.DateField(_("截止日期"), null=True)

    class Meta:
        verbose_name = _("删除记录")
        verbose_name_plural = _("删除记录")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="removal_newest")]

    def __str__(self):
        return f"{self.kind} {self.number}"


class KeptAnswer(models.Model):
    """What the API answered to an ``Idempotency-Key``, kept for a day so that a request sent again is not done again.

    ``key`` and ``fingerprint`` are HMACs of who asked and of what was sent. The answer is sealed, as it may hold a query
    code; ``status`` is empty while the request is under way.
    """

    key = models.CharField(max_length=64, unique=True)
    fingerprint = models.CharField(max_length=64)
    begun_at = models.DateTimeField(_("开始时间"), db_index=True)
    status = models.PositiveSmallIntegerField(_("状态码"), null=True, blank=True)
    sealed = models.BinaryField(null=True, blank=True)

    class Meta:
        verbose_name = _("接口答复")
        verbose_name_plural = _("接口答复")

    def __str__(self):
        return str(self.pk)
