"""Official papers, their numbers without gaps, and the office's own wording of each kind."""

import hashlib
import json

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Func, Value, When
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import codes
from stations.models import Organ, Region, Station

CODE_LENGTH = 10  # 50 bits


def new_check_code():
    """Ten characters nobody can guess; kept as they are, since the paper is printed again."""
    return codes.draw(CODE_LENGTH)


class Series(models.Model):
    """The last number an office has given for a kind of paper in a year; its row lock is what keeps numbers gapless."""

    office = models.ForeignKey(Region, models.PROTECT)
    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("文号")
        verbose_name_plural = _("文号")
        constraints = [
            models.UniqueConstraint(fields=["office", "kind", "year"], name="one_series_an_office_kind_year")
        ]

    def __str__(self):
        return f"{self.office_id} {self.kind} {self.year}"


class Paper(models.Model):
    """A paper with a number, as issued; the text is kept as it was on that day.

    ``number`` is for reading: two townships of the same name in two counties may both have a 1号; what is unique is office,
    kind, year and sequence.
    """

    class Kind(models.TextChoices):
        HAND_OVER = "hand_over", _("交办单")
        SUPERVISION = "supervision", _("督办单")
        REPLY = "reply", _("答复函")
        REFUSAL = "refusal", _("不予受理告知书")
        CONSULT = "consult", _("征询意见表")
        MINUTES = "minutes", _("会议纪要")
        CIRCULAR = "circular", _("通报")

    TO_RESIDENTS = (Kind.REPLY, Kind.REFUSAL, Kind.CONSULT)
    BLACK_HEADED = (Kind.REFUSAL, Kind.CONSULT)
    EDITED = (Kind.REPLY, Kind.MINUTES, Kind.CIRCULAR)  # offices go on with these in their own word processor

    kind = models.CharField(_("文种"), max_length=20, choices=Kind)
    office = models.ForeignKey(Region, models.PROTECT, verbose_name=_("发文单位"), related_name="papers")
    year = models.PositiveSmallIntegerField(_("年份"))
    sequence = models.PositiveIntegerField(_("序号"))
    number = models.CharField(_("文号"), max_length=120)
    addressee = models.CharField(_("主送"), max_length=80)
    addressee_organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="papers")
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("所涉联络站")
    )
    addressee_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="papers_received", verbose_name=_("主送地方")
    )
    title = models.CharField(_("标题"), max_length=160)
    body = models.TextField(_("正文"))
    # Terms and values, and a ruled list below the body ({"heads": […], "rows": [[…], …]}).
    facts = models.JSONField(_("要素"), default=list, blank=True)
    sheet = models.JSONField(_("附表"), null=True, blank=True)
    opening = models.TextField(_("开头语"), blank=True)
    closing = models.TextField(_("结尾语"), blank=True)
    note = models.TextField(_("附注"), blank=True)
    case_number = models.CharField(_("意见编号"), max_length=30, blank=True)
    check_code = models.CharField(_("查验码"), max_length=CODE_LENGTH, unique=True, default=new_check_code)
    key = models.CharField(max_length=120, unique=True)
    issued_at = models.DateTimeField(_("发文时间"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = _("公文")
        verbose_name_plural = _("公文")
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(fields=["office", "kind", "year", "sequence"], name="one_paper_a_number"),
        ]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="paper_newest_first"),
            # With the kind: most papers are of no one case, and the letters of a case are few.
            models.Index(fields=["case_number", "kind"], name="paper_of_a_case"),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("papers:paper", args=[self.pk])

    @property
    def office_name(self):
        """The office as it stands at a paper's head: a township's presidium, a street's working committee, or above."""
        return office_name(self.office)

    @property
    def spoken_code(self):
        """The check code as it is printed, in two groups."""
        return f"{self.check_code[:5]}-{self.check_code[5:]}"

    @property
    def is_red(self):
        """Whether the head is red, as of papers between offices; what a resident is told or asked has a black one."""
        return self.kind not in self.BLACK_HEADED

    @property
    def is_edited(self):
        return self.kind in self.EDITED

    @property
    def public_addressee(self):
        """To whom, as anybody may read: an office or an organ; of a resident not even the number of the case."""
        if self.kind in self.TO_RESIDENTS:
            return _("反映人（不公开）")
        return self.addressee

    @property
    def digest(self):
        """SHA-256 (16 hexadecimal digits of it) of every word of the paper: another text has another one."""
        words = [self.number, self.addressee, self.title, self.facts, self.sheet]
        words += [self.opening, self.body, self.closing, self.note]
        return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()[:16]

    @property
    def spoken_digest(self):
        """The digest as it is printed, in groups of four."""
        return " ".join(self.digest[at : at + 4] for at in range(0, 16, 4))


class Recipient(models.Model):
    """One of the units that a paper to many goes to, such as those that a circular lists; each may read it."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="recipients")
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="+")
    station = models.ForeignKey(Station, models.PROTECT, null=True, blank=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("收文单位")
        verbose_name_plural = _("收文单位")
        constraints = [
            models.CheckConstraint(
                name="a_recipient_is_one_unit",
                condition=(
                    models.Q(organ__isnull=False, station=None, region=None)
                    | models.Q(organ=None, station__isnull=False, region=None)
                    | models.Q(organ=None, station=None, region__isnull=False)
                ),
            ),
        ]

    def __str__(self):
        return str(self.organ or self.station or self.region)


def office_name(region):
    """Who issues papers for a region: the presidium, of a street the working committee, else the standing committee."""
    if region.level == Region.Level.TOWNSHIP:
        street = region.name.endswith(("街道", "街道办事处"))
        name = _("%(place)s人大工作委员会") if street else _("%(place)s人大主席团")
        return str(name % {"place": region.name.removesuffix("办事处")})
    return str(_("%(place)s人大常委会代表工作委员会") % {"place": region.name})


def office_names(region):
    """The same as an expression; ``region`` is the way to the region from the rows that it is put on."""
    place = f"{region}__name"
    stem = Func(F(place), Value("办事处$"), Value(""), function="regexp_replace", output_field=models.CharField())
    township = models.Q(**{f"{region}__level": Region.Level.TOWNSHIP})
    street = models.Q(**{f"{place}__endswith": "街道"}) | models.Q(**{f"{place}__endswith": "街道办事处"})
    return Case(
        When(township & street, then=Concat(stem, Value(str(_("人大工作委员会"))))),
        When(township, then=Concat(stem, Value(str(_("人大主席团"))))),
        default=Concat(F(place), Value(str(_("人大常委会代表工作委员会")))),
        output_field=models.CharField(),
    )


class Wording(models.Model):
    """What the office says before and after the matter of every paper of a kind; an empty field says nothing."""

    kind = models.CharField(_("文种"), max_length=20, choices=Paper.Kind, unique=True)
    opening = models.TextField(_("开头语"), blank=True, max_length=500)
    closing = models.TextField(_("结尾语"), blank=True, max_length=500)
    note = models.TextField(_("附注"), blank=True, max_length=500)

    class Meta:
        verbose_name = _("公文用语")
        verbose_name_plural = _("公文用语")

    def __str__(self):
        return self.get_kind_display()


class WordingChange(models.Model):
    """Who changed a wording, when, from what to what; never edited."""

    wording = models.ForeignKey(Wording, models.PROTECT, related_name="changes")
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    before = models.JSONField(_("原来"))
    after = models.JSONField(_("现在"))

    class Meta:
        verbose_name = _("公文用语修改记录")
        verbose_name_plural = _("公文用语修改记录")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.wording} {self.at:%Y-%m-%d}"

    @property
    def lines(self):
        """The fields that were changed: name, before and after."""
        return [
            {"name": Wording._meta.get_field(name).verbose_name, "before": before, "after": self.after[name]}
            for name, before in self.before.items()
            if before != self.after[name]
        ]
