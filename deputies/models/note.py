"""What a visitor said at the desk."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from deputies.models.people import Deputy
from deputies.models.reception import Appointment, Reception
from stations.models import Organ, Region
from vault.models import Identity, Secrecy


class NoteQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one rule of who may see notes."""
        # Here, because the rule speaks of turns and grants, whose module needs this one.
        from deputies.permissions import visible_notes

        return self.filter(visible_notes(user))


class Note(models.Model):
    """A reception note (接待记录): one visitor or party, one matter, in their own words; who they are is in the vault.

    ``key`` is the form's own: the same note sent twice is stored once.
    """

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("当场答复")
        HANDLE = "handle", _("需要办理")
        HEARD = "heard", _("只作了解，对方不要求答复")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    reception = models.ForeignKey(Reception, models.PROTECT, related_name="notes")
    number = models.PositiveSmallIntegerField(_("序号"))
    visitors = models.PositiveSmallIntegerField(_("来访人数"), default=1)
    topic = models.CharField(_("事由"), max_length=60)
    words = models.TextField(_("来访人的原话"))
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("发生在哪个村（社区）")
    )
    secrecy = models.CharField(_("让谁知道来访人是谁"), max_length=10, choices=Secrecy, default=Secrecy.STATION)
    identity = models.OneToOneField(Identity, models.SET_NULL, null=True, blank=True, related_name="note")
    outcome = models.CharField(_("处理"), max_length=10, choices=Outcome)
    answer = models.TextField(_("当场答复的内容"), blank=True)
    proposal = models.TextField(_("拟办意见"), blank=True)
    organ = models.ForeignKey(
        Organ, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("现场受理单位")
    )
    promise = models.CharField(_("现场承诺"), max_length=200, blank=True)
    promised_on = models.DateField(_("承诺完成日期"), null=True, blank=True)
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="notes", verbose_name=_("接待代表")
    )
    appointment = models.OneToOneField(Appointment, models.SET_NULL, null=True, blank=True, related_name="note")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("记录时间"))

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("接待记录")
        verbose_name_plural = _("接待记录")
        ordering = ["reception", "number"]
        constraints = [models.UniqueConstraint(fields=["reception", "number"], name="one_note_a_number")]
        indexes = [models.Index(fields=["deputy", "recorded_at"], name="note_of_deputy")]

    def __str__(self):
        return self.topic

    def get_absolute_url(self):
        return reverse("deputies:note", args=[self.pk])


def note_photo_path(photo, filename):
    """A random name: nothing of the sender's file name is kept."""
    return f"notes/{secrets.token_hex(16)}.jpg"


class NotePhoto(models.Model):
    """A picture that belongs to a note, encoded anew without EXIF."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="photos")
    file = models.FileField(upload_to=note_photo_path)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
        ordering = ["pk"]

    def __str__(self):
        return self.file.name

    def get_absolute_url(self):
        return reverse("deputies:note_photo", args=[self.pk])
