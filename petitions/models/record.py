"""What happened (events), what the resident thinks (ratings), and what was shown (photos)."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition, Round


class Event(models.Model):
    """One change of a case: who, when, from, to, why. A trigger in the database refuses edits and removal."""

    petition = models.ForeignKey(Petition, models.PROTECT, related_name="events")
    at = models.DateTimeField(_("时间"))
    action = models.CharField(_("动作"), max_length=24)
    from_status = models.CharField(_("原状态"), max_length=12, blank=True)
    to_status = models.CharField(_("新状态"), max_length=12, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    actor_label = models.CharField(_("办理人"), max_length=80)
    text = models.TextField(_("说明"), blank=True)
    public = models.BooleanField(_("群众可见"), default=True)
    # A page of the desk that tells more, such as the meeting a case was dealt with at.
    link = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["petition", "at", "id"], name="event_timeline")]

    def __str__(self):
        return f"{self.action} {self.at:%Y-%m-%d}"


class Rating(models.Model):
    """A resident's judgement of one round, asked once; an officer's entry after a call-back (回访) is marked."""

    class Grade(models.TextChoices):
        SATISFIED = "satisfied", _("满意")
        BASICALLY = "basically", _("基本满意")
        DISSATISFIED = "dissatisfied", _("不满意")

    round = models.OneToOneField(Round, models.CASCADE, related_name="rating")
    process = models.CharField(_("态度与过程"), max_length=14, choices=Grade)
    result = models.CharField(_("办理结果"), max_length=14, choices=Grade)
    text = models.TextField(_("评价说明"), blank=True)
    at = models.DateTimeField(_("评价时间"))
    called_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("回访人")
    )

    class Meta:
        verbose_name = _("评价")
        verbose_name_plural = _("评价")

    def __str__(self):
        return self.get_result_display()

    @property
    def dissatisfied(self):
        """The result decides; a bad process alone opens no second round."""
        return self.result == self.Grade.DISSATISFIED


def photo_path(photo, filename):
    """A random name: nothing of the sender's file name is kept."""
    return f"photos/{secrets.token_hex(16)}.jpg"


class Photo(models.Model):
    """A picture, encoded anew without EXIF. Until its form is sent it belongs to a draft only.

    The resident's bear no label; an organ's, which show what it did, bear its name.
    """

    petition = models.ForeignKey(Petition, models.CASCADE, null=True, blank=True, related_name="photos")
    draft_key = models.UUIDField(null=True, blank=True, db_index=True)
    file = models.FileField(upload_to=photo_path)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    added_at = models.DateTimeField(auto_now_add=True)
    added_by_label = models.CharField(_("上传单位"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="photo_of_a_case_or_a_draft",
                condition=Q(petition=None, draft_key__isnull=False) | Q(petition__isnull=False, draft_key=None),
            )
        ]

    def __str__(self):
        return self.file.name

    def get_absolute_url(self):
        return reverse("petitions:photo", args=[self.pk])
