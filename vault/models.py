"""What residents entrust: who they are. Nothing else in the house holds a name, a phone or an address of theirs."""

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
