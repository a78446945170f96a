"""An item (督查事项): one thing that one unit has to do by a date, wherever it was found or promised."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programmes.models.activity import Activity
from programmes.models.meeting import Meeting
from programmes.models.programme import Programme, office_name
from stations.models import Finding, Organ, Region, Station
from supervision.models import Clock, Severity


class ItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one rule of who may see which items: boards, pages and exports all go through it."""
        # Here, because the rule is a room of its own, which needs this one.
        from programmes.permissions import visible_items

        return self.filter(visible_items(user))

    def of_programme(self, programme):
        """Items of a programme (or of an outer query's): those set for it, and those that its activities found."""
        return self.filter(Q(programme=programme) | Q(activity__programme=programme))

    def open(self):
        """Items that somebody still owes something for."""
        return self.filter(status__in=Item.UNSETTLED)

    def overdue(self, today):
        """Items whose unit has not reported by the due date (Beijing date); one under verification is not overdue."""
        return self.filter(status__in=[Item.Status.OPEN, Item.Status.OBJECTED], due_on__lt=today)


class Item(models.Model):
    """A finding, a promise or a task with an owner, a due date and a clock; the other side verifies that it was done.

    It comes from a programme, an activity, a meeting or a station's self-inspection. ``region`` is the place whose office
    set it and verifies it, ``parent`` the item of the level above that it helps to fulfil.
    """

    class Kind(models.TextChoices):
        TASK = "task", _("任务")
        FINDING = "finding", _("发现的问题")
        PROMISE = "promise", _("承诺")

    class Status(models.TextChoices):
        OPEN = "open", _("整改中")
        REPORTED = "reported", _("待核实")
        OBJECTED = "objected", _("异议待裁定")
        VERIFIED = "verified", _("已销号")
        DROPPED = "dropped", _("已撤销")

    UNSETTLED = (Status.OPEN, Status.REPORTED, Status.OBJECTED)

    programme = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="items")
    activity = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="items")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="items")
    finding = models.OneToOneField(Finding, models.PROTECT, null=True, blank=True, related_name="item")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    region = models.ForeignKey(Region, models.PROTECT, related_name="items", verbose_name=_("督办单位"))

    kind = models.CharField(_("性质"), max_length=8, choices=Kind)
    title = models.CharField(_("事项"), max_length=80)
    demand = models.TextField(_("要求"), blank=True)
    owner_organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="items")
    owner_station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="items")
    owner_region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="owned_items")
    severity = models.PositiveSmallIntegerField(_("等级"), choices=Severity, default=Severity.ORDINARY)
    due_on = models.DateField(_("完成期限"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    raised_at = models.DateTimeField(_("下达时间"))
    signed_in_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    reported_at = models.DateTimeField(_("报告时间"), null=True, blank=True)
    report = models.TextField(_("整改情况"), blank=True)
    objected = models.BooleanField(_("已提出过异议"), default=False)
    objection = models.TextField(_("异议理由"), blank=True)
    settled_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    clock = models.OneToOneField(Clock, models.PROTECT, related_name="item")
    check_clock = models.OneToOneField(Clock, models.PROTECT, null=True, blank=True, related_name="checked_item")

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("督查事项")
        verbose_name_plural = _("督查事项")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="item_has_one_owner",
                condition=(
                    Q(owner_organ__isnull=False, owner_station=None, owner_region=None)
                    | Q(owner_organ=None, owner_station__isnull=False, owner_region=None)
                    | Q(owner_organ=None, owner_station=None, owner_region__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="item_comes_from_one_place",
                condition=(
                    Q(programme__isnull=False, activity=None, meeting=None, finding=None)
                    | Q(programme=None, activity__isnull=False, meeting=None, finding=None)
                    | Q(programme=None, activity=None, meeting__isnull=False, finding=None)
                    | Q(programme=None, activity=None, meeting=None, finding__isnull=False)
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["region", "status", "due_on"], name="item_of_region"),
            models.Index(fields=["owner_organ", "status", "due_on"], name="item_of_organ"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("programmes:item", args=[self.pk])

    @property
    def owner(self):
        """The organ, station or region (its office) that has to do it."""
        return self.owner_organ or self.owner_station or self.owner_region

    @property
    def owner_name(self):
        """The owner as pages and papers name it; a region's is its office."""
        return office_name(self.owner_region) if self.owner_region_id else str(self.owner)

    @property
    def topic(self):
        """What the item's own messages are filed under in the outbox."""
        return f"item:{self.pk}"


class ItemClock(models.Model):
    """Which clocks belong to an item, the stopped ones too: a 督办单 of an earlier date is still to be acknowledged."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="clock_links")
    clock = models.OneToOneField(Clock, models.CASCADE, related_name="item_link")

    class Meta:
        verbose_name = _("督查事项期限")
        verbose_name_plural = _("督查事项期限")
        ordering = ["pk"]

    def __str__(self):
        return str(self.clock_id)
