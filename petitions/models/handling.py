"""Hand-over to organs, their replies, and what they promise."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Outcome, Round
from stations.models import Organ
from supervision.models import Clock


class AssignmentQuerySet(models.QuerySet):
    def open(self):
        """Assignments that still owe something: neither replied and passed, nor returned or recalled."""
        return self.filter(state=Assignment.State.OPEN)

    def current(self):
        """Open or replied ones: those that count for their round."""
        return self.filter(state__in=[Assignment.State.OPEN, Assignment.State.REPLIED])


class Assignment(models.Model):
    """One organ's part in a round (交办): one lead, any number of co-organs, each with its own clock."""

    class State(models.TextChoices):
        OPEN = "open", _("办理中")
        REPLIED = "replied", _("已答复")
        RETURNED = "returned", _("已退回")
        RECALLED = "recalled", _("已收回")

    class Asked(models.TextChoices):
        NONE = "", _("未申请")
        ASKED = "asked", _("待决定")
        GRANTED = "granted", _("已同意")
        REFUSED = "refused", _("未同意")

    round = models.ForeignKey(Round, models.CASCADE, related_name="assignments")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="assignments", verbose_name=_("承办单位"))
    is_lead = models.BooleanField(_("主办"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    instruction = models.TextField(_("交办要求"), blank=True)
    dispatched_at = models.DateTimeField(_("交办时间"))
    dispatched_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_in_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    signed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sign_in_clock = models.OneToOneField(Clock, models.PROTECT, related_name="sign_in_of")
    answer_clock = models.OneToOneField(Clock, models.PROTECT, related_name="answer_of")
    replied_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    return_until = models.DateField(_("可申请退回至"))
    return_state = models.CharField(_("退回申请"), max_length=8, choices=Asked, default=Asked.NONE, blank=True)
    return_ground = models.TextField(_("退回理由"), blank=True)
    return_proposal = models.ForeignKey(
        Organ, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("建议承办单位")
    )
    extension_state = models.CharField(_("延期申请"), max_length=8, choices=Asked, default=Asked.NONE, blank=True)
    extension_days = models.PositiveSmallIntegerField(_("申请延长（工作日）"), null=True, blank=True)
    extension_reason = models.TextField(_("延期理由"), blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("交办")
        verbose_name_plural = _("交办")
        ordering = ["-is_lead", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(is_lead=True, state__in=["open", "replied"]),
                name="one_lead_organ_a_round",
            ),
            models.UniqueConstraint(
                # The organ first: its cases are found in this index alone, without the thousands of rows.
                fields=["organ", "round"],
                condition=Q(state__in=["open", "replied"]),
                name="an_organ_once_a_round",
            ),
        ]
        indexes = [
            models.Index(fields=["organ", "state"], name="assignment_organ_state"),
            # What an organ asks for is decided within days: a few of all there are.
            models.Index(fields=["round"], name="assignment_asks_return", condition=Q(return_state="asked")),
            models.Index(fields=["round"], name="assignment_asks_extension", condition=Q(extension_state="asked")),
        ]

    def __str__(self):
        return f"{self.organ}（{_('主办') if self.is_lead else _('协办')}）"


class Reply(models.Model):
    """What an organ answers: drafted by its clerk, signed off by its leader, passed or sent back by the assigner."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待负责人签发")
        SIGNED = "signed", _("待审核")
        SENT_BACK = "sent_back", _("退回重办")
        PASSED = "passed", _("审核通过")

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="replies")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    text = models.TextField(_("答复内容"))
    outcome = models.CharField(_("办理结果"), max_length=14, choices=Outcome)
    promise = models.CharField(_("承诺事项"), max_length=200, blank=True)
    promised_on = models.DateField(_("承诺完成日期"), null=True, blank=True)
    drafted_at = models.DateTimeField(_("拟稿时间"))
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    signed_at = models.DateTimeField(_("签发时间"), null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sent_back_why = models.TextField(_("退回意见"), blank=True)

    class Meta:
        verbose_name = _("答复")
        verbose_name_plural = _("答复")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state__in=["draft", "signed", "passed"]), name="one_standing_reply"
            ),
            models.CheckConstraint(
                name="a_promising_outcome_has_a_date",
                condition=Q(outcome__in=["in_progress", "planned"], promised_on__isnull=False)
                | (~Q(outcome__in=["in_progress", "planned"]) & Q(promised_on=None)),
            ),
        ]

    def __str__(self):
        return f"{self.assignment_id} {self.get_outcome_display()}"


class Commitment(models.Model):
    """A dated promise (承诺) of an organ. The case cannot close before it is delivered and verified (回头看)."""

    class State(models.TextChoices):
        OPEN = "open", _("待兑现")
        DELIVERED = "delivered", _("待核实")
        VERIFIED = "verified", _("已兑现")
        BROKEN = "broken", _("未兑现")

    round = models.ForeignKey(Round, models.CASCADE, related_name="commitments")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="commitments", verbose_name=_("承诺单位"))
    text = models.CharField(_("承诺事项"), max_length=200)
    promised_on = models.DateField(_("承诺完成日期"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    clock = models.OneToOneField(Clock, models.PROTECT, related_name="commitment")
    verify_clock = models.OneToOneField(Clock, models.PROTECT, null=True, blank=True, related_name="verification")
    delivered_at = models.DateTimeField(_("报告兑现时间"), null=True, blank=True)
    evidence = models.TextField(_("兑现情况"), blank=True)
    verified_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    finding = models.TextField(_("核实情况"), blank=True)

    class Meta:
        verbose_name = _("承诺")
        verbose_name_plural = _("承诺")
        ordering = ["promised_on", "pk"]

    def __str__(self):
        return self.text
