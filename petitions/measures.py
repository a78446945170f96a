"""The figures of cases: what each counts in a period, as a condition on cases that tallies, lists and ledgers share.

A figure counts a case once in a period, by the moment of one kind of rows: the case's own submission or acceptance, the
answers that organs owed it, the answers it was told, its hand-overs, its promises. Nothing here depends on who looks.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.keys import with_keys
from petitions.models import Assignment, Commitment, Outcome, Petition, Proposer, Rating, Round, Status
from petitions.periods import Period, beginning_of
from supervision.models import ANSWERING

RATE_FROM = 5  # fewer are shown as counts, never as a rate or in a comparison
STANDING = (Status.ACCEPTED, Status.HANDLING, Status.REVIEWING, Status.RATING, Status.TRACKING, Status.CLOSED)
CURRENT = (Assignment.State.OPEN, Assignment.State.REPLIED)
A_HUNDRED = 100


@dataclass(frozen=True)
class Rows:
    """Rows by whose moment cases are counted; ``rows`` gives those that count on a day (Beijing).

    ``when`` is the field of the moment (of the day, where ``by_day``), ``case`` the way to the case, ``organ`` that to
    the organ whose part a row is, and ``parts`` what rows need for that. Of rows that are ``last`` only the last one of
    a case in a period counts: the answer that stood at its end. ``only`` is what a row must be, whatever the period.
    ``indexed`` narrows rows to what an index has by station and moment, and to some stations (keys) where they are given.
    """

    rows: Callable[[dt.date], QuerySet]
    when: str
    case: str = "pk"
    by_day: bool = False
    last: bool = False
    organ: str = ""
    parts: Callable[[QuerySet], QuerySet] = lambda rows: rows
    only: Q = field(default_factory=Q)
    indexed: Callable[[QuerySet, list[int] | None], QuerySet] | None = None

    def of_case(self, name: str) -> str:
        """The way to a field of the case."""
        return name if self.case == "pk" else f"{self.case}__{name}"

    @property
    def topic(self):
        """An expression: the first-level category of the case, or nothing."""
        ways = ("category__parent__parent_id", "category__parent_id", "category_id")
        return Coalesce(*(F(self.of_case(way)) for way in ways))

    def within(self, period: Period, today: dt.date) -> QuerySet:
        """The rows of a period."""
        rows = self.rows(today).filter(self.inside(period))
        return rows.filter(~Exists(self._later(rows.model).filter(self.inside(period)))) if self.last else rows

    def of_kind(self, kind: str, today: dt.date) -> QuerySet:
        """All rows that have a moment, each with the ``first_day`` of the month, quarter or year that it counts in."""
        first_day = beginning_of(kind, self.when, by_day=self.by_day)
        rows = self.rows(today).filter(self.only, **{f"{self.when}__isnull": False}).annotate(first_day=first_day)
        if not self.last:
            return rows
        later = self._later(rows.model).annotate(theirs=first_day).filter(theirs=OuterRef("first_day"))
        return rows.filter(~Exists(later))

    def inside(self, period: Period) -> Q:
        """The condition of rows that count and whose moment or day lies in a period."""
        first, end = (period.first_day, period.after.first_day) if self.by_day else (period.begins_at, period.ends_at)
        return self.only & Q(**{f"{self.when}__gte": first, f"{self.when}__lt": end})

    def _later(self, model):
        return model.objects.filter(petition=OuterRef("petition"), number__gt=OuterRef("number"))


@dataclass(frozen=True)
class Measure:
    """A figure: its key (a column of the tallies too), its words, and which cases it counts.

    A case is counted where it has a row that fulfils ``where``, and none that fulfils ``unless``. A measure that is not
    ``listed`` counts rows, not cases, so that no list shows its number.
    """

    key: str
    label: str
    how: str
    base: Rows
    where: Q = field(default_factory=Q)
    unless: Q | None = None
    listed: bool = True

    @property
    def by_organ(self) -> bool:
        """Whether it is counted for each organ too."""
        return bool(self.base.organ)

    def condition(
        self,
        period: Period,
        *,
        organ: str = "",
        today: dt.date | None = None,
        stations: list[int] | None = None,
        rows_first: bool = False,
    ) -> Q:
        """The condition of the cases that it counts in a period, for all organs or for one by its code.

        ``today`` (Beijing date) decides what has fallen due. ``stations`` (keys) are those whose cases alone are asked
        about; with ``rows_first`` what happened in the period is looked for and not, case by case, whether something
        did: both only make it quick. Raises ValueError for the organ of a measure that is not counted by organs.
        """
        if organ and not self.by_organ:
            raise ValueError(f"{self.key} is not counted by organs")
        if self.base.case == "pk":
            return self.base.inside(period) & self.where
        rows = self.base.within(period, today or timezone.localdate())
        if organ:
            rows = self.base.parts(rows).filter(**{f"{self.base.organ}__code": organ})
        of_case = rows.filter(**{self.base.case: OuterRef("pk")})
        if rows_first and self.base.indexed:
            counted = with_keys(self.base.indexed(rows, stations).filter(self.where).values(self.base.case))
        else:
            # Whatever happens to a case happens after its submission: said here, a list need not look at newer cases.
            counted = Q(submitted_at__lt=period.ends_at) & Q(Exists(of_case.filter(self.where)))
        return counted if self.unless is None else counted & ~Q(Exists(of_case.filter(self.where & self.unless)))

    @property
    def number(self):
        """The aggregate over the rows of one group: how many cases it counts."""
        if not self.listed:
            return Count("pk", filter=self.where)
        counted = Count(self.base.case, distinct=True, filter=self.where)
        if self.unless is None:
            return counted
        return counted - Count(self.base.case, distinct=True, filter=self.where & self.unless)


def _parts_due(today):
    """Parts that still stand: what was returned or taken back owes no answer. What is not due yet is neither in time nor late."""
    return Assignment.objects.current().annotate(today=Value(today)).filter(answer_clock__original_due_on__lt=today)


def _due_indexed(rows, stations):
    rows = rows.filter(answer_clock__duty__in=ANSWERING)
    # A case's clocks answer to its own station, which never changes.
    return rows if stations is None else rows.filter(answer_clock__station__in=stations)


def _told(today):
    return Round.objects.filter(told_at__isnull=False)


def _parts_of_round(rounds):
    standing = FilteredRelation("assignments", condition=Q(assignments__state__in=CURRENT))
    return rounds.annotate(part=standing).filter(part__isnull=False)


SUBMITTED = Rows(lambda today: Petition.objects.all(), "submitted_at")
PROPOSED = Rows(lambda today: Proposer.objects.all(), "petition__submitted_at", "petition")
ACCEPTED = Rows(lambda today: Petition.objects.all(), "accepted_at", only=Q(status__in=STANDING))
DUE = Rows(
    _parts_due,
    "answer_clock__original_due_on",
    "round__petition",
    by_day=True,
    organ="organ",
    indexed=_due_indexed,
)
TOLD = Rows(_told, "told_at", "petition", last=True, organ="part__organ", parts=_parts_of_round)
DISPATCHED = Rows(lambda today: Assignment.objects.all(), "dispatched_at", "round__petition", organ="organ")
PROMISED = Rows(
    lambda today: Commitment.objects.filter(promised_on__lt=today),
    "promised_on",
    "round__petition",
    by_day=True,
    organ="organ",
)

LATE = Q(replied_at=None) | Q(replied_at__date__gt=F("answer_clock__original_due_on"))
LATE_EXTENDED = Q(replied_at=None, answer_clock__due_on__lt=F("today")) | Q(
    replied_at__date__gt=F("answer_clock__due_on")
)
UNANSWERED = (Status.REFUSED, Status.SIGNPOSTED)
Grade, Promise = Rating.Grade, Commitment.State

MEASURES = (
    Measure("received", _("收到"), _("本期提交的意见，包括后来不予受理、引导、并案和撤回的。"), SUBMITTED),
    Measure(
        "by_residents",
        _("群众自己提交"),
        _("本期收到的意见中，群众自己在网上提交的。"),
        SUBMITTED,
        Q(channel=Petition.Channel.WEB),
    ),
    Measure(
        "not_accepted",
        _("不予受理和引导"),
        _("本期收到的意见中，现在是不予受理或者已引导到其他渠道的。"),
        SUBMITTED,
        Q(status__in=UNANSWERED),
    ),
    Measure(
        "reporters",
        _("反映人次"),
        _(
            "本期收到的意见的首位反映人和附议人，一件一次；同一个人反映几件算几次，因为不打开身份就不知道是不是同一个人。"
        ),
        PROPOSED,
        listed=False,
    ),
    Measure(
        "accepted",
        _("受理"),
        _("本期受理的意见，后来不予受理、引导、并案或撤回的不算；历史台账导入的没有受理记录，不算。"),
        ACCEPTED,
    ),
    Measure("closed", _("办结"), _("本期受理的意见中，现在已经办结的。"), ACCEPTED, Q(status=Status.CLOSED)),
    Measure(
        "due",
        _("到期应答复"),
        _("有承办单位的答复按原期限在本期到期的意见，到今天还没到期的、已退回或收回的交办不算。"),
        DUE,
    ),
    Measure("in_time", _("按时答复"), _("到期应答复的意见中，各单位都在原期限当天或之前答复的。"), DUE, unless=LATE),
    Measure(
        "late",
        _("未按时答复"),
        _("到期应答复的意见中，至少有一个单位超过原期限才答复或者还没有答复的，批准延期的也在内。"),
        DUE,
        LATE,
    ),
    Measure(
        "late_extended",
        _("延期后仍未按时"),
        _("未按时答复的意见中，至少有一个单位超过批准延期后的期限才答复或者还没有答复的。"),
        DUE,
        LATE_EXTENDED,
    ),
    Measure("answered", _("答复"), _("本期把办理答复告知了群众的意见，一期内几次答复算一件。"), TOLD),
    Measure(
        "resolved",
        _("已解决"),
        _("本期答复的意见中，本期最后一次答复为“已解决”的。"),
        TOLD,
        Q(outcome=Outcome.RESOLVED),
    ),
    Measure(
        "in_progress",
        _("正在解决"),
        _("本期答复的意见中，本期最后一次答复为“正在解决”的。"),
        TOLD,
        Q(outcome=Outcome.IN_PROGRESS),
    ),
    Measure(
        "planned",
        _("列入计划"),
        _("本期答复的意见中，本期最后一次答复为“列入计划”的。"),
        TOLD,
        Q(outcome=Outcome.PLANNED),
    ),
    Measure(
        "not_feasible",
        _("暂不能解决"),
        _("本期答复的意见中，本期最后一次答复为“暂不能解决”的。"),
        TOLD,
        Q(outcome=Outcome.NOT_FEASIBLE),
    ),
    Measure(
        "unstated",
        _("未写明结果"),
        _("本期答复的意见中，没有写明办理结果的，如历史台账导入的。"),
        TOLD,
        Q(outcome=""),
    ),
    Measure(
        "rated",
        _("已评价"),
        _("本期答复的意见中，群众对本期最后一次答复作了评价的，包括回访登记的。"),
        TOLD,
        Q(rating__isnull=False),
    ),
    Measure(
        "satisfied",
        _("满意"),
        _("已评价的意见中，对办理结果满意的；没有评价的不算满意。"),
        TOLD,
        Q(rating__result=Grade.SATISFIED),
    ),
    Measure(
        "basically",
        _("基本满意"),
        _("已评价的意见中，对办理结果基本满意的。"),
        TOLD,
        Q(rating__result=Grade.BASICALLY),
    ),
    Measure(
        "dissatisfied",
        _("不满意"),
        _("已评价的意见中，对办理结果不满意的。"),
        TOLD,
        Q(rating__result=Grade.DISSATISFIED),
    ),
    Measure(
        "process_satisfied",
        _("对过程满意"),
        _("已评价的意见中，对态度与过程满意的；与对结果的评价分开。"),
        TOLD,
        Q(rating__process=Grade.SATISFIED),
    ),
    Measure(
        "second",
        _("二次办理"),
        _("本期答复的意见中，开过第二轮或第三轮办理的。"),
        TOLD,
        Q(petition__current_round__gt=1),
    ),
    Measure("dispatched", _("交办"), _("本期交给承办单位办理的意见，交给几个单位算一件。"), DISPATCHED),
    Measure(
        "returned",
        _("退回"),
        _("本期交办的意见中，至少有一个单位申请退回并得到同意的。"),
        DISPATCHED,
        Q(state=Assignment.State.RETURNED),
    ),
    Measure("promised", _("到期承诺"), _("有承诺在本期到期的意见，到今天还没到期的不算。"), PROMISED),
    Measure(
        "kept",
        _("已兑现"),
        _("到期承诺的意见中，本期到期的每项承诺都经核实已兑现的；待核实的不算。"),
        PROMISED,
        unless=~Q(state=Promise.VERIFIED),
    ),
    Measure(
        "broken",
        _("未兑现"),
        _("到期承诺的意见中，至少有一项本期到期的承诺经核实未兑现的。"),
        PROMISED,
        Q(state=Promise.BROKEN),
    ),
)
BY_KEY = {measure.key: measure for measure in MEASURES}


@dataclass(frozen=True)
class Rate:
    """Two figures of a period, one divided by the other, in per cent; never of people."""

    key: str
    label: str
    part: str
    whole: str

    def of(self, figures: dict[str, int]) -> float | None:
        """Per cent with one decimal; None where fewer than five are counted."""
        whole = figures[self.whole]
        return round(A_HUNDRED * figures[self.part] / whole, 1) if whole >= RATE_FROM else None


RATES = (
    Rate("in_time_rate", _("按时答复率"), "in_time", "due"),
    Rate("closed_rate", _("办结率"), "closed", "accepted"),
    Rate("resolved_rate", _("解决率"), "resolved", "answered"),
    Rate("satisfied_rate", _("满意率"), "satisfied", "rated"),
    Rate("rated_rate", _("评价率"), "rated", "answered"),
    Rate("process_rate", _("过程满意率"), "process_satisfied", "rated"),
    Rate("second_rate", _("二次办理率"), "second", "answered"),
    Rate("returned_rate", _("退回率"), "returned", "dispatched"),
    Rate("kept_rate", _("承诺兑现率"), "kept", "promised"),
    Rate("residents_rate", _("群众自己提交占比"), "by_residents", "received"),
)


def first_answers() -> QuerySet:
    """The first answer that each case was told: what the days from submission to answer are counted from."""
    earlier = Round.objects.filter(petition=OuterRef("petition"), number__lt=OuterRef("number"), told_at__isnull=False)
    return Round.objects.filter(~Exists(earlier), told_at__isnull=False)
