"""Terms, clocks, the ladder and its reminders (督办). Clocks know duties and owners, not petitions."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from papers.models import Paper
from stations.models import Organ, Region, Station
from workdays.calendar import Calendar

from .clock import Reading, read


class Duty(models.TextChoices):
    """What a clock asks of its owner. ASK_RETURN and EXTENSION have a term, and no clock of their own.

    The term of PUBLISH counts backwards from the reception day."""

    SCREEN = "screen", _("审查受理")
    SUPPLEMENT = "supplement", _("补充情况")
    HAND_OVER = "hand_over", _("交办")
    SIGN_IN = "sign_in", _("签收")
    ASK_RETURN = "ask_return", _("申请退回")
    ANSWER = "answer", _("答复")
    REVIEW = "review", _("审核答复")
    RATE = "rate", _("评价")
    SECOND_ANSWER = "second_answer", _("二次办理答复")
    COMMITMENT = "commitment", _("兑现承诺")
    VERIFY = "verify", _("回头看")
    CLOSING_OPINION = "closing_opinion", _("结案意见")
    SUGGESTION = "suggestion", _("答复代表建议")
    EXTENSION = "extension", _("延期上限")
    PUBLISH = "publish", _("公布接待日")
    SUM_UP = "sum_up", _("接待日小结")
    ARRANGE = "arrange", _("安排约见")
    MEET = "meet", _("举行约见")
    MINUTES = "minutes", _("形成纪要")
    REPORT_BACK = "report_back", _("落实整改")
    DECIDE_OBJECTION = "decide_objection", _("裁定异议")
    REPLY_INVITATION = "reply_invitation", _("回复邀请")
    RATE_SUGGESTION = "rate_suggestion", _("代表评价")


class Severity(models.IntegerChoices):
    """How hard a case is pressed from its first day."""

    ORDINARY = 0, _("一般")
    IMPORTANT = 1, _("重要")
    KEY = 2, _("重点督办")


class Unit(models.TextChoices):
    WORKDAY = "workday", _("个工作日")
    MONTH = "month", _("个月")
    DATE = "date", _("约定日期")


class Variant(models.TextChoices):
    """The kind of case for which a duty has a term of its own."""

    CONSULTATION = "consultation", _("咨询类")
    ORDINARY = "ordinary", _("一般类")
    COMPLEX = "complex", _("复杂类")


class Term(models.Model):
    """How long a duty may take; the most particular row (duty and variant) wins."""

    duty = models.CharField(_("事项"), max_length=20, choices=Duty)
    variant = models.CharField(_("情形"), max_length=20, choices=Variant, blank=True)
    length = models.PositiveSmallIntegerField(_("期限"))
    unit = models.CharField(_("单位"), max_length=10, choices=Unit, default=Unit.WORKDAY)
    source = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("办理期限")
        verbose_name_plural = _("办理期限")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["duty", "variant"], name="one_term_a_duty_and_variant")]

    def __str__(self):
        return f"{self.get_duty_display()}{self.get_variant_display()}"


class Addressee(models.TextChoices):
    """Whom a rung speaks to; resolved to named people when it fires."""

    HANDLER = "handler", _("经办人")
    LEADER = "leader", _("单位负责人")
    ASSIGNER = "assigner", _("交办人")
    CHAIR = "chair", _("主席团主席（站长）")
    COMMITTEE = "committee", _("代工委")
    VIEWER = "viewer", _("领导")


class Rung(models.Model):
    """One step of the ladder: it comes at the end of the day that lies ``offset`` working days from the due date."""

    class Colour(models.TextChoices):
        GREEN = "green", _("绿")
        YELLOW = "yellow", _("黄")
        RED = "red", _("红")

    position = models.PositiveSmallIntegerField(_("次序"), unique=True)
    name = models.CharField(_("名称"), max_length=40)
    offset = models.SmallIntegerField(_("距到期（工作日）"))
    repeat_every = models.PositiveSmallIntegerField(_("其后每隔（工作日）"), null=True, blank=True)
    colour = models.CharField(_("颜色"), max_length=10, choices=Colour)
    addressees = ArrayField(models.CharField(max_length=10, choices=Addressee), verbose_name=_("对象"))
    makes_paper = models.BooleanField(_("出具督办单"), default=False)
    must_acknowledge = models.BooleanField(_("须回执"), default=False)
    start_severity = models.PositiveSmallIntegerField(_("自何等级起步"), choices=Severity, default=Severity.ORDINARY)

    class Meta:
        verbose_name = _("督办阶梯")
        verbose_name_plural = _("督办阶梯")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(name="rung_repeats_in_days", condition=Q(repeat_every=None) | Q(repeat_every__gte=1))
        ]

    def __str__(self):
        return self.name

    @property
    def days(self):
        """The offset without its sign, for sentences."""
        return abs(self.offset)

    @property
    def addressee_names(self):
        return "、".join(str(Addressee(addressee).label) for addressee in self.addressees)


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
    the side that answers for the matter: its head and its committee are the rungs above the owner.
    """

    duty = models.CharField(_("事项"), max_length=20, choices=Duty)
    owner_organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="clocks")
    owner_station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="owned_clocks")
    owner_region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="owned_clocks")
    owner_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="clocks"
    )
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="clocks")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="clocks")
    title = models.CharField(_("标题"), max_length=120)
    link = models.CharField(_("链接"), max_length=200)
    severity = models.PositiveSmallIntegerField(_("等级"), choices=Severity, default=Severity.ORDINARY)

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
    def is_residents(self):
        """Whether nobody of the house owns the duty."""
        owners = (self.owner_organ_id, self.owner_station_id, self.owner_region_id, self.owner_user_id)
        return all(owner is None for owner in owners)

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

    def __str__(self):
        return self.name


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


class RuleChange(models.Model):
    """Who changed a term or a rung, when, and from what to what; never edited."""

    at = models.DateTimeField(_("时间"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("修改人"), related_name="+")
    what = models.CharField(_("修改内容"), max_length=300)

    class Meta:
        verbose_name = _("规则修改")
        verbose_name_plural = _("规则修改")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.what


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
