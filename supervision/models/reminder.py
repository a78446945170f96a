"""What the ladder has said, and when it was last looked at."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from papers.models import Paper

from .clock import Clock
from .rules import Rung


class Reminder(models.Model):
    """A rung that a clock has reached, sent or passed over. ``rung`` is empty where a person issued the paper by hand.

    ``occurrence`` counts the repeats of a rung, ``after_extensions`` the extensions that the clock had when it fired:
    an extension is a new term, whose rungs come again; a due date moved by a pause or the calendar is the old term.
    """

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="reminders")
    rung = models.ForeignKey(Rung, models.PROTECT, null=True, blank=True)
    occurrence = models.PositiveSmallIntegerField(default=0)
    after_extensions = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("名称"), max_length=40)
    colour = models.CharField(_("颜色"), max_length=10, choices=Rung.Colour)
    at = models.DateTimeField(_("时间"))
    passed_over = models.BooleanField(_("越过"), default=False)
    told = models.CharField(_("已告知"), max_length=300, blank=True)
    paper = models.OneToOneField(Paper, models.PROTECT, null=True, blank=True, related_name="reminder")
    must_acknowledge = models.BooleanField(default=False)
    acknowledged_at = models.DateTimeField(_("回执时间"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    acknowledgement = models.CharField(_("回执内容"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("督办记录")
        verbose_name_plural = _("督办记录")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "rung", "occurrence", "after_extensions"], name="one_reminder_a_rung_and_occurrence"
            ),
            models.CheckConstraint(name="passed_over_tells_nobody", condition=Q(passed_over=False) | Q(told="")),
        ]
        indexes = [
            # The few for which somebody waits.
            models.Index(
                fields=["clock"],
                name="reminder_unacknowledged",
                condition=Q(must_acknowledge=True, acknowledged_at=None),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def acknowledged_name(self):
        """Who acknowledged it: a person, or the clock's organ by link."""
        return self.acknowledged_by or _("%(organ)s（凭链接）") % {"organ": self.clock.owner_organ}


class Heartbeat(models.Model):
    """When a sweep last finished; its age is a health figure."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    handled = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("心跳")
        verbose_name_plural = _("心跳")

    def __str__(self):
        return self.name
