"""What the office sets: terms, ladders with their rungs, and who changed them when."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stations.models import Region


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


ANSWERING = (Duty.ANSWER, Duty.SECOND_ANSWER)  # what an organ that a case was handed to answers in time or late


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


class Ladder(models.Model):
    """The rungs that press the duties of one level and one category; the default ladder (both blank) presses all others.

    ``level`` is that of the side that answers for a matter, ``category`` the name of its first-level category. The most
    particular ladder in force wins: category and level, then category, then level, then the default.
    """

    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=10, choices=Region.Level, blank=True)
    category = models.CharField(_("类别"), max_length=40, blank=True)
    active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("督办阶梯")
        verbose_name_plural = _("督办阶梯")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "category"],
                name="one_ladder_in_force_a_level_and_category",
                condition=Q(active=True),
            ),
            models.CheckConstraint(
                name="the_default_ladder_is_in_force", condition=Q(active=True) | ~Q(level="", category="")
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_default(self):
        return not self.level and not self.category


class Rung(models.Model):
    """One step of a ladder: it comes at the end of the day that lies ``offset`` working days from the due date.

    ``copied_from`` is the first rung of a line of copies: to a clock that changes ladders, a rung and its copies are one.
    """

    class Colour(models.TextChoices):
        GREEN = "green", _("绿")
        YELLOW = "yellow", _("黄")
        RED = "red", _("红")

    ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="rungs", verbose_name=_("所属阶梯"))
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="copies", verbose_name=_("复制自")
    )
    position = models.PositiveSmallIntegerField(_("次序"))
    active = models.BooleanField(_("启用"), default=True)
    name = models.CharField(_("名称"), max_length=40)
    offset = models.SmallIntegerField(_("距到期（工作日）"))
    repeat_every = models.PositiveSmallIntegerField(_("其后每隔（工作日）"), null=True, blank=True)
    colour = models.CharField(_("颜色"), max_length=10, choices=Colour)
    addressees = ArrayField(models.CharField(max_length=10, choices=Addressee), verbose_name=_("对象"))
    makes_paper = models.BooleanField(_("出具督办单"), default=False)
    must_acknowledge = models.BooleanField(_("须回执"), default=False)
    start_severity = models.PositiveSmallIntegerField(_("自何等级起步"), choices=Severity, default=Severity.ORDINARY)

    class Meta:
        verbose_name = _("督办级")
        verbose_name_plural = _("督办级")
        ordering = ["ladder", "position"]
        constraints = [
            # Deferred, so that the rungs of a ladder can be numbered anew in one transaction.
            models.UniqueConstraint(
                fields=["ladder", "position"],
                name="one_rung_a_ladder_and_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="rung_repeats_in_days", condition=Q(repeat_every=None) | Q(repeat_every__gte=1)
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def line(self) -> int:
        """What a rung and its copies have in common."""
        return self.copied_from_id or self.pk

    @property
    def days(self):
        """The offset without its sign, for sentences."""
        return abs(self.offset)

    @property
    def addressee_names(self):
        return "、".join(str(Addressee(addressee).label) for addressee in self.addressees)


class RuleChange(models.Model):
    """Who changed a rule, when, and from what to what; never edited."""

    class Subject(models.TextChoices):
        TERM = "term", _("办理期限")
        LADDER = "ladder", _("督办阶梯")
        CATEGORY = "category", _("事项类别")
        REASON = "reason", _("不予受理原因")
        MESSAGE = "message", _("消息用语")
        PROPOSAL = "proposal", _("智能建议")

    subject = models.CharField(_("规则"), max_length=10, choices=Subject, blank=True)
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("修改人"), related_name="+")
    what = models.CharField(_("修改内容"), max_length=300)

    class Meta:
        verbose_name = _("规则修改")
        verbose_name_plural = _("规则修改")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.what
