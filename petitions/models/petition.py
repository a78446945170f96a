"""Petition, its category and its rounds."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from deputies.models import Deputy, Mandate, Note
from stations.models import Region, Station
from supervision.models import Clock, Severity
from vault.models import Secrecy


class CategoryQuerySet(models.QuerySet):
    def in_use(self):
        """Topics that may be chosen for a case."""
        return self.filter(active=True)


class Category(models.Model):
    """A topic of three levels; ``path`` joins their names with a slash. A used one is put out of use, never deleted."""

    path = models.CharField(_("类别"), max_length=120, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(_("名称"), max_length=40)
    level = models.PositiveSmallIntegerField(_("层级"))
    active = models.BooleanField(_("启用"), default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("类别")
        verbose_name_plural = _("类别")
        ordering = ["pk"]

    def __str__(self):
        return self.path.replace("/", " › ")


class Status(models.TextChoices):
    """Where a case stands; ``lifecycle`` says how it moves."""

    SUBMITTED = "submitted", _("待受理")
    NEEDS_INFO = "needs_info", _("待补充")
    ACCEPTED = "accepted", _("已受理")
    HANDLING = "handling", _("办理中")
    REVIEWING = "reviewing", _("待审核")
    RATING = "rating", _("待评价")
    TRACKING = "tracking", _("跟踪办理")
    CLOSED = "closed", _("办结")
    REFUSED = "refused", _("不予受理")
    SIGNPOSTED = "signposted", _("已引导")
    MERGED = "merged", _("已并案")
    WITHDRAWN = "withdrawn", _("已撤回")


class Outcome(models.TextChoices):
    """What a round came to, given with the reply; never mixed with the status."""

    RESOLVED = "resolved", _("已解决")
    IN_PROGRESS = "in_progress", _("正在解决")
    PLANNED = "planned", _("列入计划")
    NOT_FEASIBLE = "not_feasible", _("暂不能解决")


PROMISING = (Outcome.IN_PROGRESS, Outcome.PLANNED)
OVER = (Status.CLOSED, Status.REFUSED, Status.SIGNPOSTED, Status.MERGED, Status.WITHDRAWN)


class RefusalReasonQuerySet(models.QuerySet):
    def offered(self):
        """Reasons that a station may choose; the system's own is not among them."""
        return self.filter(active=True).exclude(code=RefusalReason.NO_ANSWER)


class RefusalReason(models.Model):
    """Why a station does not accept a matter, what the resident is told of it, and where the matter can go instead.

    Cases hold the code; the rules know three of them: what reports on a person is told to its reporter only, what was
    not supplemented in its term is refused by the system, and junk is refused where what looks like it is judged.
    Reasons are put out of use, never deleted.
    """

    DISCIPLINE = "discipline"
    NO_ANSWER = "no_answer"
    JUNK = "junk"

    code = models.SlugField(_("代码"), max_length=20, primary_key=True)
    label = models.CharField(_("原因"), max_length=60)
    sentence = models.CharField(_("告知群众的话"), max_length=300, blank=True)
    right_channel = models.CharField(_("正确渠道"), max_length=200, blank=True)
    active = models.BooleanField(_("启用"), default=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    objects = RefusalReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("不予受理原因")
        verbose_name_plural = _("不予受理原因")
        ordering = ["position", "code"]

    def __str__(self):
        return self.label


def township_of(station):
    """The township of a station: where a matter is placed whose village nobody named."""
    region = station.region
    return region.parent if region.level == Region.Level.VILLAGE else region


class ClusterQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those that hold at least one case the user may see; an empty or dissolved one holds none."""
        seen = Petition.objects.visible_to(user).filter(cluster=models.OuterRef("pk"))
        return self.filter(models.Exists(seen))


class Cluster(models.Model):
    """Open cases that staff confirmed to be about one matter (同类事项); each stays a case of its own and is answered."""

    title = models.CharField(_("事项"), max_length=60)
    station = models.ForeignKey(Station, models.PROTECT, related_name="clusters", verbose_name=_("联络站"))
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("类别"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("确认人")
    )
    confirmed_at = models.DateTimeField(_("确认时间"))
    note = models.TextField(_("说明"), blank=True)
    dissolved_at = models.DateTimeField(_("解除时间"), null=True, blank=True)

    objects = ClusterQuerySet.as_manager()

    class Meta:
        verbose_name = _("同类事项")
        verbose_name_plural = _("同类事项")
        ordering = ["-confirmed_at", "-pk"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("petitions:cluster", args=[self.pk])


class PetitionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one rule of who may see: lists, pages, exports and API all go through it."""
        # Here, because the rule speaks of assignments, whose module needs this one.
        from petitions.permissions import visible_petitions

        return self.filter(visible_petitions(user))

    def open(self):
        return self.exclude(status__in=OVER)

    def trusted(self):
        """Without those that look like spam, until somebody says that they are ordinary."""
        judged = (Status.SUBMITTED, Status.REFUSED)
        return self.exclude(suspicion__isnull=False, suspicion__cleared_at=None, status__in=judged)

    def published(self):
        return self.filter(publication=Petition.Publication.PUBLISHED)

    def without_deputy_in_office(self, day):
        """Open cases addressed to a deputy who holds no mandate in force on a day."""
        in_office = Mandate.objects.in_force(day).filter(deputy=models.OuterRef("deputy"))
        return self.open().exclude(deputy=None).exclude(models.Exists(in_office))


class Petition(models.Model):
    """What a resident tells a deputy or a station, one matter each (群众意见, 一事一件)."""

    class Channel(models.TextChoices):
        WEB = "web", _("网上提交")
        DEPUTY = "deputy", _("代表转交")
        OFFICER = "officer", _("联络员代录")
        RECEPTION = "reception", _("接待记录")
        IMPORT = "import", _("历史台账导入")

    Secrecy = Secrecy

    class Nature(models.TextChoices):
        CONSULTATION = "consultation", _("咨询类")
        ORDINARY = "ordinary", _("一般类")
        COMPLEX = "complex", _("复杂类")

    class Publication(models.TextChoices):
        PRIVATE = "private", _("不公开")
        CONSENTED = "consented", _("本人同意公开摘要")
        PUBLISHED = "published", _("已公开摘要")

    class ClosedHow(models.TextChoices):
        SATISFIED = "satisfied", _("群众满意")
        BASICALLY = "basically", _("群众基本满意")
        UNRATED = "unrated", _("逾期未评价")
        KEPT = "kept", _("承诺兑现后办结")
        OPINION = "opinion", _("出具意见结案（计为不满意）")
        IMPORTED = "imported", _("历史台账办结")

    number = models.CharField(_("编号"), max_length=24, unique=True)
    # Keys without an index of their own are the first column of one below.
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="petitions", verbose_name=_("联络站"), db_index=False
    )
    deputy = models.ForeignKey(
        Deputy,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="petitions",
        verbose_name=_("反映给代表"),
        db_index=False,
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="petitions", verbose_name=_("事发区划"))
    place = models.CharField(_("具体地点"), max_length=120, blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, verbose_name=_("类别"), db_index=False
    )
    title = models.CharField(_("标题"), max_length=60)
    body = models.TextField(_("内容"))

    channel = models.CharField(_("来源"), max_length=10, choices=Channel, default=Channel.WEB)
    secrecy = models.CharField(_("身份公开范围"), max_length=10, choices=Secrecy, default=Secrecy.STATION)
    nature = models.CharField(_("性质"), max_length=14, choices=Nature, default=Nature.ORDINARY)
    severity = models.PositiveSmallIntegerField(_("等级"), choices=Severity, default=Severity.ORDINARY)

    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.SUBMITTED)
    outcome = models.CharField(_("办理结果"), max_length=14, choices=Outcome, blank=True)
    publication = models.CharField(_("公开"), max_length=10, choices=Publication, default=Publication.PRIVATE)
    public_title = models.CharField(_("公开标题"), max_length=60, blank=True)
    summary = models.TextField(_("公开摘要"), blank=True)
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)

    refusal_reason = models.CharField(_("不予受理原因"), max_length=20, blank=True)
    right_channel = models.CharField(_("正确渠道"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, related_name="merged"
    )
    objected = models.BooleanField(_("已提出过异议"), default=False)
    closed_how = models.CharField(_("办结方式"), max_length=10, choices=ClosedHow, blank=True)
    awaits_opinion = models.BooleanField(_("待出具结案意见"), default=False)
    closing_opinion = models.TextField(_("结案意见"), blank=True)

    submitted_at = models.DateTimeField(_("提交时间"))
    current_round = models.PositiveSmallIntegerField(_("办理轮次"), default=1)
    accepted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("录入人"),
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("包案领导"),
    )
    stage_clock = models.OneToOneField(
        Clock, models.PROTECT, null=True, blank=True, related_name="staged_petition", verbose_name=_("当前环节期限")
    )
    note = models.OneToOneField(
        Note, models.PROTECT, null=True, blank=True, related_name="petition", verbose_name=_("接待记录")
    )
    cluster = models.ForeignKey(
        Cluster,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="petitions",
        verbose_name=_("同类事项"),
    )
    submission_key = models.UUIDField(unique=True, editable=False)
    import_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)

    objects = PetitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("群众意见")
        verbose_name_plural = _("群众意见")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="a_merged_case_leads_on", condition=Q(status="merged") ^ Q(merged_into=None)),
            models.CheckConstraint(name="a_closed_case_says_how", condition=~Q(status="closed") | ~Q(closed_how="")),
            models.CheckConstraint(
                name="a_refused_case_says_why", condition=~Q(status="refused") | ~Q(refusal_reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["-submitted_at", "-id"], name="petition_newest"),
            models.Index(fields=["station", "-submitted_at", "-id"], name="petition_station_newest"),
            models.Index(fields=["station", "status", "-submitted_at"], name="petition_station_status"),
            models.Index(fields=["deputy", "-submitted_at"], name="petition_deputy_newest"),
            models.Index(
                fields=["-published_at", "-id"], name="petition_published", condition=Q(publication="published")
            ),
            models.Index(fields=["region", "category", "-submitted_at"], name="petition_similar"),
            # What is open now is counted over nothing but itself.
            models.Index(fields=["station", "status", "category"], name="petition_open", condition=~Q(status__in=OVER)),
            # For each filter of the list, in its order: a rare value is not looked for among a million cases.
            models.Index(fields=["status", "-submitted_at", "-id"], name="petition_status_newest"),
            models.Index(fields=["category", "-submitted_at", "-id"], name="petition_category_newest"),
            models.Index(fields=["outcome", "-submitted_at", "-id"], name="petition_outcome_newest"),
            models.Index(fields=["nature", "-submitted_at", "-id"], name="petition_nature_newest"),
            models.Index(fields=["severity", "-submitted_at", "-id"], name="petition_severity_newest"),
            models.Index(fields=["-submitted_at", "-id"], name="petition_open_newest", condition=~Q(status__in=OVER)),
            # What few cases have enters no index for the others, into which each of their steps would write it anew.
            *(
                models.Index(fields=[name], name=f"petition_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("merged_into", "entered_by", "leader", "cluster")
            ),
            models.Index(
                fields=["-submitted_at", "-id"], name="petition_awaits_opinion", condition=Q(awaits_opinion=True)
            ),
            models.Index(
                fields=["-submitted_at", "-id"], name="petition_again_newest", condition=Q(current_round__gte=2)
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        return reverse("petitions:case", args=[self.number])

    @property
    def tracking_url(self):
        return reverse("petitions:tracked", args=[self.number])

    @property
    def topic(self):
        """What the case's own messages are filed under in the outbox."""
        return f"petition:{self.pk}"

    @property
    def topic_name(self):
        """The name of the first-level category, by which a ladder may be meant for the case; empty where it has none."""
        return self.category.path.split("/")[0] if self.category else ""

    def get_refusal_reason_display(self):
        """The reason in the office's present words; one query, for refused cases only."""
        if not self.refusal_reason:
            return ""
        return str(RefusalReason.objects.filter(code=self.refusal_reason).first() or self.refusal_reason)

    @property
    def is_over(self):
        return self.status in OVER


class Round(models.Model):
    """One handling of a case, from its hand-over to its rating; earlier rounds keep their figures."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("轮次"))
    opened_at = models.DateTimeField(_("开始时间"))
    why = models.CharField(_("开启原因"), max_length=300, blank=True)
    outcome = models.CharField(_("办理结果"), max_length=14, choices=Outcome, blank=True)
    reply = models.TextField(_("告知群众的答复"), blank=True)
    told_at = models.DateTimeField(_("告知时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("办理轮次")
        verbose_name_plural = _("办理轮次")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["petition", "number"], name="one_round_a_number")]

    def __str__(self):
        return str(self.number)


class ClockLink(models.Model):
    """Which clocks belong to a case, the stopped ones too."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="clock_links")
    clock = models.OneToOneField(Clock, models.CASCADE, related_name="petition_link")
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)

    class Meta:
        verbose_name = _("案件期限")
        verbose_name_plural = _("案件期限")
        ordering = ["pk"]

    def __str__(self):
        return str(self.clock_id)
