"""A deputy's suggestion (代表建议、批评和意见): its sponsors, rounds, organs' parts, answers, and the cases it was raised from."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from deputies.models import Deputy
from petitions.models.handling import Assignment
from petitions.models.petition import Cluster, Outcome, Petition
from petitions.models.record import Rating
from stations.models import Organ, Region
from supervision.models import Clock


class SuggestionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one rule of who may see: list, page and ledger all go through it."""
        # Here, because the rule speaks of models that stand below.
        from petitions.suggestion_permissions import visible_suggestions

        return self.filter(visible_suggestions(user))

    def open(self):
        return self.filter(status__in=Suggestion.OPEN)

    def published(self):
        return self.exclude(published_at=None)


class Suggestion(models.Model):
    """A deputy's formal act, handed over by one office and answered in calendar months (Deputies Law 2025, art. 51)."""

    class Status(models.TextChoices):
        RAISED = "raised", _("待交办")
        HANDLING = "handling", _("办理中")
        ANSWERED = "answered", _("待代表评价")
        CLOSED = "closed", _("办结")
        RETURNED = "returned", _("退回代表")
        WITHDRAWN = "withdrawn", _("已撤回")

    class ClosedHow(models.TextChoices):
        SATISFIED = "satisfied", _("代表满意")
        BASICALLY = "basically", _("代表基本满意")
        DISSATISFIED = "dissatisfied", _("二次办理后代表仍不满意")
        UNRATED = "unrated", _("逾期未评价")
        EARLIER = "earlier", _("旧件，未征询评价")

    OPEN = (Status.RAISED, Status.HANDLING, Status.ANSWERED)

    number = models.CharField(_("编号"), max_length=24, unique=True)
    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="suggestions", verbose_name=_("领衔代表"))
    co_sponsors = models.ManyToManyField(
        Deputy, related_name="co_sponsored_suggestions", blank=True, verbose_name=_("联名代表")
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="suggestions", verbose_name=_("交办机关所在区划"))
    title = models.CharField(_("标题"), max_length=80)
    body = models.TextField(_("内容"))
    petitions = models.ManyToManyField(
        Petition, through="SuggestionCase", related_name="suggestions", verbose_name=_("关联的群众意见")
    )
    cluster = models.ForeignKey(
        Cluster, models.SET_NULL, null=True, blank=True, related_name="suggestions", verbose_name=_("同类事项")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.RAISED)
    raised_at = models.DateTimeField(_("提出时间"))
    handed_over_at = models.DateTimeField(_("交办时间"), null=True, blank=True)
    answered_at = models.DateTimeField(_("最近答复时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    closed_how = models.CharField(_("办结方式"), max_length=12, choices=ClosedHow, blank=True)
    end_reason = models.TextField(_("退回或撤回的理由"), blank=True)
    stage_clock = models.OneToOneField(
        Clock, models.PROTECT, null=True, blank=True, related_name="staged_suggestion", verbose_name=_("当前环节期限")
    )
    public_title = models.CharField(_("公开标题"), max_length=80, blank=True)
    summary = models.TextField(_("公开摘要"), blank=True)
    public_answer = models.TextField(_("公开的答复摘要"), blank=True)
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)
    submission_key = models.UUIDField(unique=True, editable=False)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("代表建议")
        verbose_name_plural = _("代表建议")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="a_closed_suggestion_says_how", condition=~Q(status="closed") | ~Q(closed_how="")
            ),
            models.CheckConstraint(
                name="a_returned_suggestion_says_why", condition=~Q(status="returned") | ~Q(end_reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["-raised_at", "-id"], name="suggestion_newest"),
            models.Index(fields=["region", "status"], name="suggestion_region_status"),
            models.Index(
                fields=["-published_at", "-id"], name="suggestion_published", condition=Q(published_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        return reverse("petitions:suggestion", args=[self.number])

    @property
    def topic(self):
        """What the suggestion's own messages are filed under in the outbox."""
        return f"suggestion:{self.pk}"

    @property
    def is_over(self):
        return self.status not in self.OPEN

    @property
    def answer(self):
        """The lead organ's signed reply of the latest round, or None; one query."""
        return answers_of(self.pk).select_related("part__organ").first()


class SuggestionCase(models.Model):
    """A case that a suggestion was raised from; it waits for the answer while ``awaits``, and cannot close."""

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="links")
    petition = models.ForeignKey(Petition, models.PROTECT, related_name="suggestion_links")
    round = models.PositiveSmallIntegerField(_("意见的轮次"))
    awaits = models.BooleanField(_("等待建议答复"), default=True)

    class Meta:
        verbose_name = _("建议关联的意见")
        verbose_name_plural = _("建议关联的意见")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "petition"], name="a_case_once_a_suggestion"),
            models.UniqueConstraint(
                fields=["petition"], condition=Q(awaits=True), name="one_unanswered_suggestion_a_case"
            ),
        ]

    def __str__(self):
        return f"{self.suggestion_id} {self.petition_id}"


class SuggestionRound(models.Model):
    """One handling of a suggestion, from its hand-over to the deputy's rating; the first stays when a second follows."""

    suggestion = models.ForeignKey(Suggestion, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("轮次"))
    opened_at = models.DateTimeField(_("开始时间"))
    why = models.CharField(_("开启原因"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    attitude = models.CharField(_("对办理态度"), max_length=14, choices=Rating.Grade, blank=True)
    result = models.CharField(_("对办理结果"), max_length=14, choices=Rating.Grade, blank=True)
    opinion = models.TextField(_("评价说明"), blank=True)
    rated_at = models.DateTimeField(_("评价时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("建议办理轮次")
        verbose_name_plural = _("建议办理轮次")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["suggestion", "number"], name="one_suggestion_round_a_number")]

    def __str__(self):
        return str(self.number)


class SuggestionPartQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=SuggestionPart.State.OPEN)

    def current(self):
        """Open or replied ones: those that count for their round."""
        return self.filter(state__in=[SuggestionPart.State.OPEN, SuggestionPart.State.REPLIED])


class SuggestionPart(models.Model):
    """One organ's part in a round: the lead organ answers, co-organs give it their opinions; each has its own clock."""

    class State(models.TextChoices):
        OPEN = "open", _("办理中")
        REPLIED = "replied", _("已答复")
        RETURNED = "returned", _("已退回")
        RECALLED = "recalled", _("已收回")

    Asked = Assignment.Asked

    round = models.ForeignKey(SuggestionRound, models.CASCADE, related_name="parts")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="suggestion_parts", verbose_name=_("承办单位"))
    is_lead = models.BooleanField(_("主办"), default=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    instruction = models.TextField(_("交办要求"), blank=True)
    dispatched_at = models.DateTimeField(_("交办时间"))
    signed_in_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    signed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sign_in_clock = models.OneToOneField(
        Clock, models.PROTECT, null=True, blank=True, related_name="suggestion_sign_in_of"
    )
    answer_clock = models.OneToOneField(Clock, models.PROTECT, related_name="suggestion_part")
    replied_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    return_until = models.DateField(_("可申请退回至"))
    return_state = models.CharField(_("退回申请"), max_length=8, choices=Asked, default=Asked.NONE, blank=True)
    return_ground = models.TextField(_("退回理由"), blank=True)
    return_proposal = models.ForeignKey(
        Organ, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("建议承办单位")
    )
    extension_state = models.CharField(_("延长申请"), max_length=8, choices=Asked, default=Asked.NONE, blank=True)
    extension_reason = models.TextField(_("延长理由"), blank=True)

    objects = SuggestionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("建议交办")
        verbose_name_plural = _("建议交办")
        ordering = ["-is_lead", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(is_lead=True, state__in=["open", "replied"]),
                name="one_lead_organ_a_suggestion_round",
            ),
            models.UniqueConstraint(
                fields=["round", "organ"],
                condition=Q(state__in=["open", "replied"]),
                name="an_organ_once_a_suggestion_round",
            ),
        ]
        indexes = [models.Index(fields=["organ", "state"], name="suggestion_part_organ_state")]

    def __str__(self):
        return f"{self.organ}（{_('主办') if self.is_lead else _('协办')}）"


class SuggestionReply(models.Model):
    """What an organ says: drafted by its clerk, signed by its leader. Of the lead organ it is the answer, with an outcome."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待负责人签发")
        SIGNED = "signed", _("已签发")
        SENT_BACK = "sent_back", _("退回重办")

    part = models.ForeignKey(SuggestionPart, models.CASCADE, related_name="replies")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    text = models.TextField(_("答复内容"))
    outcome = models.CharField(_("办理结果"), max_length=14, choices=Outcome, blank=True)
    promise = models.CharField(_("承诺事项"), max_length=200, blank=True)
    promised_on = models.DateField(_("承诺完成日期"), null=True, blank=True)
    drafted_at = models.DateTimeField(_("拟稿时间"))
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(_("签发时间"), null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sent_back_why = models.TextField(_("退回意见"), blank=True)

    class Meta:
        verbose_name = _("建议答复")
        verbose_name_plural = _("建议答复")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["part"], condition=Q(state__in=["draft", "signed"]), name="one_standing_suggestion_reply"
            ),
            models.CheckConstraint(
                name="a_promising_suggestion_answer_has_a_date",
                condition=Q(outcome__in=["in_progress", "planned"], promised_on__isnull=False)
                | (~Q(outcome__in=["in_progress", "planned"]) & Q(promised_on=None)),
            ),
        ]

    def __str__(self):
        return f"{self.part_id} {self.get_outcome_display()}"


class SuggestionPromise(models.Model):
    """What an answer promises by a day, where no case takes it up: it has a clock, and the office goes and looks."""

    class State(models.TextChoices):
        OPEN = "open", _("待兑现")
        DELIVERED = "delivered", _("待核实")
        VERIFIED = "verified", _("已兑现")
        RECALLED = "recalled", _("答复已重新办理")

    reply = models.OneToOneField(SuggestionReply, models.CASCADE, related_name="tracked")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    clock = models.OneToOneField(Clock, models.PROTECT, related_name="suggestion_promise")
    verify_clock = models.OneToOneField(Clock, models.PROTECT, null=True, blank=True, related_name="suggestion_check")
    evidence = models.TextField(_("兑现情况"), blank=True)
    finding = models.TextField(_("核实情况"), blank=True)

    class Meta:
        verbose_name = _("建议答复中的承诺")
        verbose_name_plural = _("建议答复中的承诺")
        ordering = ["pk"]

    def __str__(self):
        return self.text

    @property
    def text(self):
        """What was promised."""
        return self.reply.promise


def answers_of(suggestion):
    """The signed answers of lead organs to a suggestion (its key, or an expression for it), the latest round first."""
    signed = SuggestionReply.objects.filter(
        part__round__suggestion=suggestion, part__is_lead=True, state=SuggestionReply.State.SIGNED
    )
    return signed.order_by("-part__round__number", "-pk")


class SuggestionClock(models.Model):
    """Which clocks belong to a suggestion, the stopped ones too."""

    suggestion = models.ForeignKey(Suggestion, models.CASCADE, related_name="clock_links")
    clock = models.OneToOneField(Clock, models.CASCADE, related_name="suggestion_link")

    class Meta:
        verbose_name = _("建议期限")
        verbose_name_plural = _("建议期限")
        ordering = ["pk"]

    def __str__(self):
        return str(self.clock_id)


class SuggestionEvent(models.Model):
    """One change of a suggestion: who, when, from, to, why. A trigger in the database refuses edits and removal."""

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="events")
    at = models.DateTimeField(_("时间"))
    action = models.CharField(_("动作"), max_length=24)
    from_status = models.CharField(_("原状态"), max_length=10, blank=True)
    to_status = models.CharField(_("新状态"), max_length=10, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    actor_label = models.CharField(_("办理人"), max_length=80)
    text = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = _("建议办理记录")
        verbose_name_plural = _("建议办理记录")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["suggestion", "at", "id"], name="suggestion_event_timeline")]

    def __str__(self):
        return f"{self.action} {self.at:%Y-%m-%d}"
