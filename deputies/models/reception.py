"""A reception day: who is on duty, who booked, and what became of it."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deputies.models.people import Deputy
from deputies.models.planning import Plan
from stations.models import Organ, Station
from supervision.models import Clock
from vault.models import Identity


class ReceptionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one rule of who finds which days on the desk; published ones are public."""
        # Here, because the rule speaks of deputies and their turns, whose module needs this one.
        from deputies.permissions import visible_receptions

        return self.filter(visible_receptions(user))

    def published(self):
        """Days that residents know of, those cancelled afterwards, too."""
        return self.exclude(published_at=None)

    def standing(self):
        """Days that are not cancelled."""
        return self.filter(cancelled_at=None)

    def upcoming(self, day):
        return self.filter(date__gte=day).order_by("date", "starts")

    def held(self):
        """Days that were closed with a summary."""
        return self.exclude(closed_at=None)


class Reception(models.Model):
    """A reception day (接待日) at a station: planned → published → held and closed, or cancelled."""

    class State(models.TextChoices):
        PLANNED = "planned", _("未公布")
        PUBLISHED = "published", _("已公布")
        OPEN = "open", _("接待中")
        CLOSED = "closed", _("已小结")
        CANCELLED = "cancelled", _("已取消")

    station = models.ForeignKey(Station, models.PROTECT, related_name="receptions")
    plan = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="receptions")
    date = models.DateField(_("日期"))
    starts = models.TimeField(_("开始"))
    ends = models.TimeField(_("结束"))
    place = models.CharField(_("地点"), max_length=120)
    scope = models.CharField(_("接待内容"), max_length=200, blank=True)
    slot_minutes = models.PositiveSmallIntegerField(_("预约每段分钟数"), default=0, help_text=_("0 为不接受预约。"))
    organs = models.ManyToManyField(Organ, blank=True, related_name="receptions", verbose_name=_("联合接待单位"))
    deputies = models.ManyToManyField(
        Deputy, through="Turn", through_fields=("reception", "deputy"), related_name="receptions"
    )
    meant_on = models.DateField(_("原定日期"), null=True, blank=True)
    moved_why = models.CharField(_("改期原因"), max_length=200, blank=True)

    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)
    opened_at = models.DateTimeField(_("开始接待"), null=True, blank=True)
    closed_at = models.DateTimeField(_("小结时间"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    remarks = models.TextField(_("小结说明"), blank=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancelled_why = models.CharField(_("取消原因"), max_length=200, blank=True)
    publish_clock = models.OneToOneField(Clock, models.PROTECT, null=True, blank=True, related_name="publishes")
    summary_clock = models.OneToOneField(Clock, models.PROTECT, null=True, blank=True, related_name="sums_up")

    # What calendar programs know the day by, however often it moves.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ReceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("接待日")
        verbose_name_plural = _("接待日")
        ordering = ["date", "starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "date", "starts"], condition=Q(cancelled_at=None), name="one_reception_a_start"
            ),
            models.CheckConstraint(name="reception_ends_after_start", condition=Q(ends__gt=F("starts"))),
        ]
        indexes = [
            models.Index(fields=["date", "starts"], name="reception_by_date"),
            models.Index(fields=["station", "date"], name="reception_of_station"),
        ]

    def __str__(self):
        return f"{self.date} {self.station}"

    def get_absolute_url(self):
        return reverse("deputies:reception", args=[self.pk])

    @property
    def state(self):
        """Where the day stands, by its moments; a ``State``."""
        if self.cancelled_at:
            return self.State.CANCELLED
        if self.closed_at:
            return self.State.CLOSED
        if self.opened_at:
            return self.State.OPEN
        return self.State.PUBLISHED if self.published_at else self.State.PLANNED

    @property
    def starts_at(self):
        """The aware moment of Beijing time at which it begins."""
        return timezone.make_aware(dt.datetime.combine(self.date, self.starts))

    @property
    def ends_at(self):
        return timezone.make_aware(dt.datetime.combine(self.date, self.ends))

    @property
    def topic(self):
        """What the day's messages are filed under in the outbox."""
        return f"reception:{self.pk}"

    @property
    def running_clock(self):
        """The clock that presses the station for this day now, or None; select both along."""
        clocks = [clock for clock in (self.publish_clock, self.summary_clock) if clock and not clock.is_stopped]
        return clocks[0] if clocks else None

    @property
    def was_moved(self):
        return self.meant_on is not None and self.meant_on != self.date


class Turn(models.Model):
    """A deputy on duty on a reception day (轮值). Whoever came without being planned is present and not planned."""

    reception = models.ForeignKey(Reception, models.CASCADE, related_name="turns")
    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="turns")
    planned = models.BooleanField(_("在轮值表上"), default=True)
    replaces = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代替")
    )
    why = models.CharField(_("代替原因"), max_length=60, blank=True)
    present_at = models.DateTimeField(_("到岗时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("轮值")
        verbose_name_plural = _("轮值")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["reception", "deputy"], name="one_turn_a_deputy_and_day")]
        indexes = [models.Index(fields=["deputy", "reception"], name="turn_of_deputy")]

    def __str__(self):
        return f"{self.reception} {self.deputy}"


class ReceptionEvent(models.Model):
    """One change of a reception day: who, when, what; never edited."""

    reception = models.ForeignKey(Reception, models.CASCADE, related_name="events")
    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(_("事项"), max_length=300)

    class Meta:
        verbose_name = _("接待日记录")
        verbose_name_plural = _("接待日记录")
        ordering = ["at", "pk"]

    def __str__(self):
        return self.what


class AppointmentQuerySet(models.QuerySet):
    def standing(self):
        return self.exclude(state=Appointment.State.CANCELLED)


class Appointment(models.Model):
    """A booked visit (预约): a slot of a reception day, opened by its number and a secret code."""

    class State(models.TextChoices):
        BOOKED = "booked", _("已预约")
        CAME = "came", _("已到访")
        CANCELLED = "cancelled", _("已取消")

    number = models.CharField(_("编号"), max_length=24, unique=True)
    reception = models.ForeignKey(Reception, models.CASCADE, related_name="appointments")
    slot = models.TimeField(_("时段"))
    topic = models.CharField(_("想反映的事"), max_length=60, blank=True)
    people = models.PositiveSmallIntegerField(_("人数"), default=1)
    code_hash = models.CharField(max_length=64)
    identity = models.OneToOneField(Identity, models.SET_NULL, null=True, blank=True, related_name="appointment")
    wants_mail = models.BooleanField(_("留有电子邮箱"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.BOOKED)
    booked_at = models.DateTimeField(_("预约时间"))
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancelled_why = models.CharField(_("取消原因"), max_length=200, blank=True)
    submission_key = models.UUIDField(unique=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("预约")
        verbose_name_plural = _("预约")
        ordering = ["slot", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reception", "slot"], condition=~Q(state="cancelled"), name="one_visit_a_slot"
            )
        ]

    def __str__(self):
        return self.number
