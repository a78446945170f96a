"""The chain of seals over everything that may be added to and never changed."""

import hashlib
import json

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Seal(models.Model):
    """At most a thousand rows of one table in key order, sealed together with the seal before.

    A seal stands for all keys above `after` up to `upto`: for the rows that were there, and for the gaps between them.
    A trigger in the database refuses edits and removal.
    """

    sealed_at = models.DateTimeField(_("封存时间"))
    table = models.CharField(_("表"), max_length=63)
    # As they were named when the row was sealed: a column that is added later changes no row's text.
    columns = ArrayField(models.CharField(max_length=63))
    after = models.BigIntegerField(_("起"), null=True)
    upto = models.BigIntegerField(_("止"))
    # For each row its key (8 bytes) and the SHA-256 of its text (32 bytes), so that a broken row can be named.
    marks = models.BinaryField()
    previous = models.CharField(_("上一封存值"), max_length=64, unique=True)
    digest = models.CharField(_("封存值"), max_length=64)

    class Meta:
        verbose_name = _("封存")
        verbose_name_plural = _("封存")
        ordering = ["pk"]
        indexes = [models.Index(fields=["table", "-upto"], name="seal_newest_of_table")]

    def __str__(self):
        return f"{self.table} {self.upto}"

    @property
    def day(self):
        """The day of the seal (Beijing date)."""
        return timezone.localdate(self.sealed_at)

    def reckon_digest(self) -> str:
        """SHA-256 over everything that the seal says, the digest of the one before included, in hexadecimal digits."""
        said = [self.sealed_at.isoformat(), self.table, self.columns, self.after, self.upto, self.previous]
        return hashlib.sha256(json.dumps(said).encode() + bytes(self.marks)).hexdigest()
