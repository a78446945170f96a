"""A duty that runs: its clock, what moved it, and the one-time link to it."""

from datetime import date

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stations.models import Organ, Region, Station
from supervision.clock import Reading, read
from workdays.calendar import Calendar

from .rules import ANSWERING, Duty, Severity, Term, Unit


class ClockQuerySet(models.QuerySet):
    def running(self):
        return self.filter(stopped_at=None)

    def due_for_a_rung(self, at):
        """What the sweep takes: running clocks whose next rung has come."""
        return self.filter(next_rung_at__lte=at).order_by("next_rung_at")

    def overdue(self, today):
        return self.running().filter(due_on__lt=today, paused_on=None)


class Clock(models.Model):
    """One named duty of one owner with a start, a due date and an end.

    The owner is an organ, a station, a region's office (the presidium of a township, the committee of a county or city)
    or a user; a clock without any of them is the resident's. ``station``, or where no station is concerned ``region``, is
    the side that answers for the matter: its head and its committee are the rungs above the owner. ``category`` is the
    name of the matter's first-level category and decides with the side's level which ladder is climbed. ``term`` is the
    rule that gave the length, and empty where the length was set for this one matter.
    """

    duty = models.CharField(_("事项"), max_length=20, choices=Duty)
    owner_organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, db_index=False, related_name="clocks")
    owner_station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, db_index=False, related_name="owned_clocks"
    )
    owner_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, db_index=False, related_name="owned_clocks"
    )
    owner_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="clocks"
    )
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="clocks")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, db_index=False, related_name="clocks")
    title = models.CharField(_("标题"), max_length=120)
    link = models.CharField(_("链接"), max_length=200)
    severity = models.PositiveSmallIntegerField(_("等级"), choices=Severity, default=Severity.ORDINARY)

    category = models.CharField(_("类别"), max_length=40, blank=True)
    term = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, related_name="clocks", verbose_name=_("所依期限")
    )

    started_at = models.DateTimeField(_("起算时间"))
    length = models.PositiveSmallIntegerField(_("期限"))
    unit = models.CharField(_("单位"), max_length=10, choices=Unit, default=Unit.WORKDAY)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    due_on = models.DateField(_("到期日"))
    original_due_on = models.DateField(_("原到期日"))
    provisional = models.BooleanField(_("暂定"), default=False)
    explanation = models.JSONField(_("计算过程"), encoder=DjangoJSONEncoder, default=dict)
    calendar_version = models.PositiveIntegerField(_("日历版本"))
    extended_at = models.DateTimeField(_("最近延期"), null=True, blank=True)
    paused_on = models.DateField(_("暂停自"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    next_rung_at = models.DateTimeField(_("下一级督办"), null=True, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("期限钟")
        verbose_name_plural = _("期限钟")
        constraints = [
            models.CheckConstraint(
                name="clock_has_at_most_one_owner",
                condition=(
                    Q(owner_organ=None, owner_station=None, owner_region=None)
                    | Q(owner_organ=None, owner_station=None, owner_user=None)
                    | Q(owner_organ=None, owner_region=None, owner_user=None)
                    | Q(owner_station=None, owner_region=None, owner_user=None)
                ),
            ),
            models.CheckConstraint(name="clock_answers_to_one_side", condition=Q(station=None) ^ Q(region=None)),
            models.CheckConstraint(
                name="a_stopped_clock_climbs_no_more", condition=Q(stopped_at=None) | Q(next_rung_at=None)
            ),
        ]
        indexes = [
            # The minute's sweep reads nothing but what is due.
            models.Index(fields=["next_rung_at"], name="clock_next_rung", condition=Q(next_rung_at__isnull=False)),
            models.Index(fields=["calendar_version"], name="clock_running_version", condition=Q(stopped_at=None)),
            models.Index(fields=["due_on"], name="clock_running_due", condition=Q(stopped_at=None)),
            # The answers of a place that were due in a period, among ten years of clocks.
            models.Index(
                fields=["station", "original_due_on"], name="clock_answer_due", condition=Q(duty__in=ANSWERING)
            ),
            # A clock has one owner: the others enter no index, into which every step of a clock would write them anew.
            *(
                models.Index(fields=[name], name=f"clock_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("owner_organ", "owner_station", "owner_user")
            ),
            # A place and all below it are asked for by the beginning of a code.
            *(
                models.Index(
                    fields=[name],
                    name=f"clock_{name}",
                    condition=Q(**{f"{name}__isnull": False}),
                    opclasses=["varchar_pattern_ops"],
                )
                for name in ("owner_region", "region")
            ),
        ]

    def __str__(self):
        return f"{self.get_duty_display()}：{self.title}"

    @property
    def owner(self):
        """The organ, station, region (its office) or user whose duty this is; None for the resident."""
        return self.owner_organ or self.owner_station or self.owner_region or self.owner_user

    @property
    def place(self):
        """The region of the side that answers for the matter."""
        return self.station.region if self.station_id else self.region

    @property
    def owner_key(self):
        """Organ, station, region and user by their keys, of which at most one is not None."""
        return self.owner_organ_id, self.owner_station_id, self.owner_region_id, self.owner_user_id

    @property
    def is_residents(self):
        """Whether nobody of the house owns the duty."""
        return self.owner_key == (None, None, None, None)

    @property
    def topic(self):
        """What the clock's messages are filed under in the outbox."""
        return f"clock:{self.pk}"

    def reading(self, calendar: Calendar, today: date) -> Reading:
        """How the clock stands on ``today`` (Beijing date): day n of m, days left, light."""
        return read(self, calendar, today)

    @property
    def is_paused(self):
        return self.paused_on is not None

    @property
    def is_stopped(self):
        return self.stopped_at is not None

    @property
    def times_extended(self):
        return len(self.explanation.get("extensions", ()))


class Pause(models.Model):
    """A span in which a clock does not count: days after ``from_on`` up to and including ``to_on``."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="pauses")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("暂停")
        verbose_name_plural = _("暂停")
        ordering = ["from_on", "pk"]

    def __str__(self):
        return self.why


class Extension(models.Model):
    """Working days (or months) added to a clock by somebody entitled."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="extensions")
    length = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    granted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("延期")
        verbose_name_plural = _("延期")
        ordering = ["granted_at", "pk"]

    def __str__(self):
        return f"+{self.length}"


class ClockChange(models.Model):
    """A due date that moved, and why; never edited."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    old_due_on = models.DateField()
    new_due_on = models.DateField()
    why = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("到期日变动")
        verbose_name_plural = _("到期日变动")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.old_due_on} → {self.new_due_on}"


class OrganLink(models.Model):
    """A one-time way for an organ without an account to one duty of its own: the clock's, and nothing else.

    Of the secret only a hash is kept. It ends when its duty is done, when it expires, or when it is taken back.
    """

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="organ_links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("生成时间"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("生成人")
    )
    expires_at = models.DateTimeField(_("有效期至"))
    opened_at = models.DateTimeField(_("首次打开时间"), null=True, blank=True)
    used_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("办理链接")
        verbose_name_plural = _("办理链接")
        ordering = ["-made_at", "-pk"]

    def __str__(self):
        return f"{self.clock} {self.made_at:%Y-%m-%d}"
