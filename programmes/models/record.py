"""What happened (events) and what was shown (documents) of programmes, items, activities and meetings."""

import secrets
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programmes.models.activity import Activity
from programmes.models.item import Item
from programmes.models.meeting import Meeting
from programmes.models.programme import Programme

OF_ONE = (
    Q(programme__isnull=False, item=None, activity=None, meeting=None)
    | Q(programme=None, item__isnull=False, activity=None, meeting=None)
    | Q(programme=None, item=None, activity__isnull=False, meeting=None)
    | Q(programme=None, item=None, activity=None, meeting__isnull=False)
)


class Event(models.Model):
    """One change: who, when, from, to, why. A trigger in the database refuses edits and removal."""

    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="events")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="events")
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="events")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="events")
    at = models.DateTimeField(_("时间"))
    action = models.CharField(_("动作"), max_length=24)
    from_status = models.CharField(_("原状态"), max_length=12, blank=True)
    to_status = models.CharField(_("新状态"), max_length=12, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    actor_label = models.CharField(_("办理人"), max_length=80)
    text = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(name="event_of_one_thing", condition=OF_ONE)]

    def __str__(self):
        return f"{self.action} {self.at:%Y-%m-%d}"


def document_path(document, filename):
    """A random name; of the sender's only the ending is kept, and only one that the form has checked."""
    return f"documents/{secrets.token_hex(16)}{PurePath(filename).suffix.lower()}"


class Document(models.Model):
    """A file: evidence of an item, a photo or a material of an activity, what a meeting was given."""

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", _("佐证材料")
        PHOTO = "photo", _("照片")
        MATERIAL = "material", _("学习资料")

    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="documents")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="documents")
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="documents")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="documents")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    title = models.CharField(_("名称"), max_length=120)
    file = models.FileField(upload_to=document_path)
    is_picture = models.BooleanField(default=False)
    size = models.PositiveIntegerField(_("字节数"))
    public = models.BooleanField(_("向群众公开"), default=False)
    added_at = models.DateTimeField(_("上传时间"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    # Where a link brought it, there is no user: the organ's name.
    added_by_label = models.CharField(_("上传单位"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("材料")
        verbose_name_plural = _("材料")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="document_of_one_thing", condition=OF_ONE)]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("programmes:document", args=[self.pk])
