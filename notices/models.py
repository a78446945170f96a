"""The outbox: what people are told, and what became of it."""

from secrets import token_hex

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


def make_nonce():
    """What makes the secret of one webhook differ from that of another."""
    return token_hex(16)


class MessageQuerySet(models.QuerySet):
    def due(self, at):
        """Queued messages whose time has come, oldest first."""
        return self.filter(status=Message.Status.QUEUED, next_try_at__lte=at).order_by("next_try_at", "pk")

    def seen_by(self, user):
        """What stands in a user's in-site inbox, newest first, those too whose carriage still fails."""
        return self.filter(recipient=user, sent_at__isnull=False).order_by("-sent_at", "-pk")

    def parked(self):
        """What could not be carried, newest first; staff decide what becomes of it."""
        return self.filter(status=Message.Status.PARKED).order_by("-pk")

    def unread_by(self, user):
        """What a user has not opened yet."""
        return self.filter(recipient=user, sent_at__isnull=False, read_at=None)


class Message(models.Model):
    """One thing told to one recipient. In-site it is read here; a channel carries it further, as part of a digest.

    ``status`` is that of the carriage; ``sent_at`` is when the message arrived in-site, before any channel is tried.

    A recipient outside the house (a resident, an organ without an account) has no user: ``outside_key`` names them, and
    the address is looked up only while the message is being sent, so that no address ever stands in the outbox. Nor does
    a one-time link: an organ's ``link`` names the duty (clock:12), and the link to it is made while it is being sent.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("待发送")
        SENT = "sent", _("已送达")
        WITHDRAWN = "withdrawn", _("已撤回")
        PARKED = "parked", _("发送失败")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    outside_key = models.CharField(max_length=60, blank=True)
    topic = models.CharField(_("事由"), max_length=80, db_index=True)
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("内容"), blank=True)
    link = models.CharField(_("链接"), max_length=200, blank=True)
    dedupe_key = models.CharField(max_length=160, unique=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.QUEUED)
    created_at = models.DateTimeField(_("写入时间"), auto_now_add=True)
    next_try_at = models.DateTimeField(_("发送时间"))
    # What was once tried together is tried together again, under the same number, so that a carrier knows it again.
    batch = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    sent_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    answer = models.CharField(_("服务商答复"), max_length=300, blank=True)
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        constraints = [
            models.CheckConstraint(
                name="message_has_one_recipient",
                condition=Q(recipient__isnull=False, outside_key="") | (Q(recipient=None) & ~Q(outside_key="")),
            )
        ]
        indexes = [
            # The delivery sweep reads nothing but what is due.
            models.Index(fields=["next_try_at"], name="message_due", condition=Q(status="queued")),
            models.Index(
                fields=["recipient", "-sent_at", "-id"], name="message_inbox", condition=Q(sent_at__isnull=False)
            ),
            models.Index(fields=["recipient"], name="message_unread", condition=Q(sent_at__isnull=False, read_at=None)),
        ]

    def __str__(self):
        return self.title

    @property
    def reader(self):
        """What kind of recipient it is; never who, where a resident is meant."""
        if self.recipient_id:
            return self.recipient.name
        kinds = {"organ": _("承办单位（凭链接）"), "webhook": _("其他系统（事件推送）")}
        return kinds.get(self.outside_key.partition(":")[0], _("群众"))


class Wording(models.Model):
    """The office's own words of a named message; without a row it says what the portal brings along."""

    name = models.SlugField(_("消息"), max_length=30, primary_key=True)
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("内容"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("消息用语")
        verbose_name_plural = _("消息用语")

    def __str__(self):
        return self.name


class Webhook(models.Model):
    """An address of another system that is told by POST what happens to the cases its owner may see.

    The secret that signs the deliveries is made of ``nonce`` and SECRET_KEY, so that no table holds it.
    """

    class Happening(models.TextChoices):
        STATUS = "status", _("状态变化")
        PUBLISHED = "published", _("公开摘要")
        UNPUBLISHED = "unpublished", _("撤下公开摘要")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks", verbose_name=_("以谁的权限")
    )
    url = models.URLField(_("地址"), max_length=300, validators=[URLValidator(schemes=["https"])])
    happenings = ArrayField(models.CharField(max_length=12, choices=Happening), verbose_name=_("推送什么"))
    active = models.BooleanField(_("启用"), default=True)
    nonce = models.CharField(max_length=32, default=make_nonce, editable=False)
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("事件推送")
        verbose_name_plural = _("事件推送")
        ordering = ["pk"]

    def __str__(self):
        return self.url

    @property
    def secret(self):
        """The key of its signatures, as 64 hexadecimal characters."""
        return salted_hmac("notices.webhooks", self.nonce, algorithm="sha256").hexdigest()

    @property
    def outside_key(self):
        """How the outbox names it."""
        return f"webhook:{self.pk}"
