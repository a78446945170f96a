"""Regions, organs and liaison stations: the ground everything else stands on."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS = 4, 6, 9  # of a region's code


class RegionQuerySet(models.QuerySet):
    def within(self, region):
        """The region itself and everything below it."""
        return self.filter(code__startswith=region.code)

    def villages_near(self, region_code):
        """The villages and communities of the township that a region is, or lies in."""
        return self.filter(code__startswith=region_code[:TOWNSHIP_DIGITS], level=Region.Level.VILLAGE)


class Region(models.Model):
    """A place of the National Bureau of Statistics' list.

    ``code`` is the significant part of the twelve digits (province 2, city 4, county 6, township 9, village 12), so that
    "within" is a prefix and needs no tree tables.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        COUNTY = "county", _("县（市、区）")
        TOWNSHIP = "township", _("乡镇（街道）")
        VILLAGE = "village", _("村（社区）")

    LENGTHS = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}

    code = models.CharField(_("代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=80)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("区划")
        verbose_name_plural = _("区划")
        ordering = ["code"]
        indexes = [
            # Prefix search ("within") cannot use the primary key's index under a linguistic collation.
            models.Index(fields=["code"], name="region_code_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["name"], name="region_name"),
        ]

    def __str__(self):
        return self.name

    @property
    def ancestor_codes(self):
        """Codes of the region itself and of every region above it, highest first."""
        return [self.code[:length] for length in self.LENGTHS if length <= len(self.code)]

    @property
    def full_name(self):
        """Names from the city down, such as 邢台市信都区南大郭镇; reads the parents, so select them along."""
        names, region = [], self
        while region is not None and region.level != self.Level.PROVINCE:
            names.append(region.name)
            region = region.parent if region.level != self.Level.CITY else None
        return "".join(reversed(names))


def of_county_or_city(county, city):
    """The condition (``Q``) of organs that a matter of a place may go to: those of its county, and of the city itself.

    Both are codes, or expressions for them.
    """
    return models.Q(region__code__startswith=county) | models.Q(region_id=city)


class Organ(models.Model):
    """A handling organ (承办单位)."""

    code = models.SlugField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=40, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organs", verbose_name=_("所在区划"))
    # The office's own, by which one without an account is reached.
    phone = models.CharField(_("办公手机"), max_length=30, blank=True)
    email = models.EmailField(_("办公邮箱"), blank=True)
    active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("承办单位")
        verbose_name_plural = _("承办单位")
        ordering = ["region_id", "name"]

    def __str__(self):
        return self.name


class StationQuerySet(models.QuerySet):
    PLACES_LOOKED_AT = 30

    def active(self):
        return self.filter(active=True)

    def within(self, region):
        return self.filter(region__code__startswith=region.code)

    def with_places(self):
        """Select the regions along that ``region.full_name`` reads."""
        return self.select_related("region__parent__parent__parent")

    def search(self, words):
        """Stations of which the name, the address or the place fits; for a village without one, its township's.

        ``words`` are separated by blanks, and each must fit. The first 30 places of that name are looked at.
        """
        found = self
        for word in words.split():
            fits = models.Q(name__icontains=word) | models.Q(address__icontains=word)
            for region in Region.objects.filter(name__contains=word)[: self.PLACES_LOOKED_AT]:
                above = [code for code in region.ancestor_codes if len(code) >= COUNTY_DIGITS]
                fits |= models.Q(region__code__startswith=region.code) | models.Q(region__in=above)
            found = found.filter(fits)
        return found


class Station(models.Model):
    """A people's congress deputy liaison station (家 / 站 / 点)."""

    class Tier(models.TextChoices):
        JIA = "jia", _("代表之家")
        ZHAN = "zhan", _("代表联络站")
        DIAN = "dian", _("代表联络点")

    code = models.SlugField(_("编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    tier = models.CharField(_("类型"), max_length=4, choices=Tier)
    region = models.ForeignKey(Region, models.PROTECT, related_name="stations", verbose_name=_("所在区划"))
    address = models.CharField(_("地址"), max_length=200)
    phone = models.CharField(_("电话"), max_length=30)
    hours = models.CharField(_("开放时间"), max_length=120)
    intro = models.TextField(_("简介"), blank=True)
    rules = models.TextField(_("上墙制度"), blank=True)
    active = models.BooleanField(_("在用"), default=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = _("联络站")
        verbose_name_plural = _("联络站")
        ordering = ["region_id", "tier", "code"]
        indexes = [models.Index(fields=["region"], name="station_region_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("portal:station", args=[self.code])


class Checklist(models.Model):
    """What a station is checked against (检查清单); ``source`` says whose rule it is, or that it is an example."""

    name = models.CharField(_("名称"), max_length=60)
    tier = models.CharField(_("适用类型"), max_length=4, choices=Station.Tier, blank=True)
    source = models.CharField(_("依据"), max_length=200, help_text=_("本地规定的名称和文号，或“默认”。"))
    active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("检查清单")
        verbose_name_plural = _("检查清单")
        ordering = ["pk"]

    def __str__(self):
        return self.name


class ChecklistItem(models.Model):
    """One thing to be met; ``source`` tells a standard from the office's own habit (默认)."""

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("次序"))
    text = models.CharField(_("要求"), max_length=120)
    help = models.CharField(_("怎么看"), max_length=200, blank=True)
    source = models.CharField(_("依据"), max_length=100)

    class Meta:
        verbose_name = _("检查项")
        verbose_name_plural = _("检查项")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text


class Inspection(models.Model):
    """A station's self-inspection (自查) on record, whole or not at all."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="inspections")
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="inspections", verbose_name=_("检查清单"))
    inspected_on = models.DateField(_("自查日期"))
    by_name = models.CharField(_("登记人"), max_length=40)
    remarks = models.TextField(_("说明"), blank=True)
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("自查")
        verbose_name_plural = _("自查")
        ordering = ["-inspected_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["station", "checklist", "inspected_on"], name="one_inspection_a_day")
        ]

    def __str__(self):
        return f"{self.inspected_on} {self.station}"

    def get_absolute_url(self):
        return reverse("stations:inspection", args=[self.pk])


class FindingQuerySet(models.QuerySet):
    def open(self):
        """What was not met and has not been put right."""
        return self.filter(met=False, fixed_on=None)


class Finding(models.Model):
    """What an inspection found of one item. ``asked`` keeps the item's words of that day, whatever becomes of the list."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="findings")
    position = models.PositiveSmallIntegerField(_("次序"))
    asked = models.CharField(_("要求"), max_length=120)
    met = models.BooleanField(_("达到"))
    text = models.CharField(_("情况"), max_length=300, blank=True)
    fix_by = models.DateField(_("整改期限"), null=True, blank=True)
    fixed_on = models.DateField(_("整改日期"), null=True, blank=True)
    fixed_note = models.CharField(_("整改情况"), max_length=300, blank=True)
    fixed_by_name = models.CharField(_("整改登记人"), max_length=40, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("自查结果")
        verbose_name_plural = _("自查结果")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "position"], name="one_finding_an_item"),
            models.CheckConstraint(
                name="what_is_not_met_says_how_and_by_when",
                condition=models.Q(met=True, fix_by=None, fixed_on=None)
                | (models.Q(met=False, fix_by__isnull=False) & ~models.Q(text="")),
            ),
        ]

    def __str__(self):
        return self.asked
