"""A meeting with the head of an organ (约见): asked for, arranged, held or postponed once, with what was promised there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deputies.models import Deputy
from petitions.models import Cluster, Commitment, Petition
from stations.models import Organ, Region, Station
from supervision.models import Clock


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one rule of who may see which meetings."""
        # Here, because the rule is a room of its own, which needs this one.
        from programmes.permissions import visible_meetings

        return self.filter(visible_meetings(user))


class Meeting(models.Model):
    """One matter put to the head of one organ. ``region`` is the place whose committee arranges it.

    A meeting that the sweep asked for, since a case was dissatisfied twice, has neither deputy nor ``asked_by``.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("待安排")
        ARRANGED = "arranged", _("待举行")
        HELD = "held", _("待形成纪要")
        RECORDED = "recorded", _("已形成纪要")
        DECLINED = "declined", _("未同意")

    UNDER_WAY = (Status.ASKED, Status.ARRANGED, Status.HELD)

    class Came(models.TextChoices):
        HEAD = "head", _("主要负责人")
        DELEGATE = "delegate", _("委托的负责人")

    region = models.ForeignKey(Region, models.PROTECT, related_name="meetings", verbose_name=_("安排单位"))
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("提出的联络站")
    )
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="meetings", verbose_name=_("约见单位"))
    title = models.CharField(_("约见事项"), max_length=80)
    body = models.TextField(_("需要当面说明的情况"), blank=True)
    cases = models.ManyToManyField(Petition, through="MeetingCase", related_name="meetings")
    cluster = models.ForeignKey(Cluster, models.SET_NULL, null=True, blank=True, related_name="meetings")
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="asked_meetings", verbose_name=_("提出代表")
    )
    deputies = models.ManyToManyField(Deputy, blank=True, related_name="meetings", verbose_name=_("参加代表"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("提出时间"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.ASKED)

    meets_at = models.DateTimeField(_("约见时间"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=120, blank=True)
    postponed_from = models.DateTimeField(_("原定时间"), null=True, blank=True)
    postponed_why = models.CharField(_("推迟原因"), max_length=200, blank=True)
    declined_why = models.CharField(_("不同意的理由"), max_length=300, blank=True)
    came = models.CharField(_("到会"), max_length=10, choices=Came, blank=True)
    came_name = models.CharField(_("到会负责人"), max_length=40, blank=True)
    came_title = models.CharField(_("职务"), max_length=60, blank=True)
    held_at = models.DateTimeField(_("举行时间"), null=True, blank=True)
    minutes = models.TextField(_("纪要"), blank=True)
    minutes_at = models.DateTimeField(_("纪要时间"), null=True, blank=True)
    clock = models.OneToOneField(
        Clock, models.PROTECT, null=True, blank=True, related_name="meeting", verbose_name=_("当前环节期限")
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("约见")
        verbose_name_plural = _("约见")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="an_arranged_meeting_has_a_time",
                condition=~Q(status__in=["arranged", "held", "recorded"]) | Q(meets_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_declined_meeting_says_why", condition=~Q(status="declined") | ~Q(declined_why="")
            ),
        ]
        indexes = [models.Index(fields=["region", "status", "-asked_at"], name="meeting_of_region")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("programmes:meeting", args=[self.pk])

    def has_its_day(self, day):
        """Whether the day for which it is arranged has come on a day (Beijing date)."""
        return self.meets_at is not None and timezone.localdate(self.meets_at) <= day

    @property
    def topic(self):
        """What the meeting's own messages are filed under in the outbox."""
        return f"meeting:{self.pk}"


class MeetingCase(models.Model):
    """A case that a meeting concerns. ``round`` is the round that was dissatisfied, where the sweep asked for it."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="case_links")
    petition = models.ForeignKey(Petition, models.PROTECT, related_name="meeting_links")
    round = models.PositiveSmallIntegerField(_("轮次"), null=True, blank=True)

    class Meta:
        verbose_name = _("约见涉及的群众意见")
        verbose_name_plural = _("约见涉及的群众意见")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "petition"], name="a_case_once_a_meeting"),
            # Two sweeps at once ask for one meeting.
            models.UniqueConstraint(fields=["petition", "round"], name="one_meeting_a_dissatisfied_round"),
        ]

    def __str__(self):
        return f"{self.meeting_id} {self.petition_id}"


class MeetingPromise(models.Model):
    """What the organ promised for one of the cases: a commitment of the case, which cannot close before it is kept."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="promises")
    commitment = models.OneToOneField(Commitment, models.PROTECT, related_name="meeting_promise")

    class Meta:
        verbose_name = _("约见承诺")
        verbose_name_plural = _("约见承诺")

    def __str__(self):
        return str(self.commitment)
