"""The ledgers of cases (群众意见销号台账) and of promises (承诺台账); no identity, no words of residents but the title."""

from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Replace
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.services import grants_of
from papers.sheets import Column, Kind, Ledger, Sheet, labelled, of_days, parts, spoken_filters
from petitions.forms.commitments import CommitmentFilter
from petitions.forms.filters import FilterForm
from petitions.models import OVER, Assignment, ClockLink, Commitment, Outcome, Petition, Rating, Round, Status
from petitions.todo import Span
from stations.models import Region
from supervision.models import Duty, Severity
from workdays.services import load_calendar


def ask_cases(user, asked):
    """The cases of the list that a user sees, newest first, with who handled them, how they ended and who holds them."""
    form = FilterForm(asked, user=user, span=Span.of(load_calendar(), timezone.localdate()))
    cases = form.cases().order_by("-submitted_at", "-pk")
    return Sheet(str(_("群众意见销号台账")), _case_columns(user), cases, spoken_filters(form))


def _case_columns(user):
    now, handled = current_clock(user), _handled()
    topic = Replace(Coalesce("category__path", Value("")), Value("/"), Value(" › "))
    return [
        Column(_("编号"), "number", width=11),
        Column(_("标题"), "title", width=18),
        Column(_("状态"), labelled("status", Status.choices), width=5),
        Column(_("办理结果"), labelled("outcome", Outcome.choices), width=5),
        Column(_("等级"), labelled("severity", Severity.choices), width=5, on_paper=False),
        Column(_("性质"), labelled("nature", Petition.Nature.choices), width=5, on_paper=False),
        Column(_("轮次"), "current_round", Kind.NUMBER, width=3),
        Column(_("类别"), topic, width=12, on_paper=False),
        Column(_("来源"), labelled("channel", Petition.Channel.choices), width=6, on_paper=False),
        Column(_("联络站"), "station__name", width=12),
        Column(_("乡镇"), _township(), width=6, on_paper=False),
        Column(_("事发区划"), "region__name", width=8),
        Column(_("提交时间"), "submitted_at", Kind.MOMENT),
        Column(_("受理时间"), "accepted_at", Kind.MOMENT, on_paper=False),
        Column(_("主办单位"), handled, width=10, part=1),
        Column(_("答复时间"), handled, Kind.MOMENT, part=2),
        Column(_("群众评价"), handled, width=5, part=3),
        Column(_("办结时间"), "closed_at", Kind.MOMENT),
        Column(_("办结方式"), labelled("closed_how", Petition.ClosedHow.choices), width=8),
        Column(_("当前事项"), now, part=1, width=6),
        Column(_("当前由谁办理"), now, part=2, width=10),
        Column(_("到期日"), now, Kind.DAY, part=3, width=6),
    ]


def _township():
    """The name of the place that ``township_of`` a case's station is."""
    below = When(station__region__level=Region.Level.VILLAGE, then=F("station__region__parent__name"))
    return Case(below, default=F("station__region__name"))


def current_clock(user):
    """What runs on a case now, as parts: the duty, its owner and the due date of the clock that lists show.

    An organ's own clocks go before those of others, paused ones come last; a case that is over has none.
    """
    organs = [grant.organ_id for grant in grants_of(user) if grant.organ_id]
    running = ClockLink.objects.filter(petition=OuterRef("pk"), clock__stopped_at=None)
    others = [Case(When(clock__owner_organ__in=organs, then=0), default=1)] if organs else []
    paused = Case(When(clock__paused_on=None, then=0), default=1)
    owner = Coalesce(
        "clock__owner_organ__name", "clock__owner_station__name", "clock__owner_user__name", Value(str(_("群众")))
    )
    said = parts(labelled("clock__duty", Duty.choices), owner, F("clock__due_on"))
    first = running.order_by(*others, paused, "clock__due_on", "clock").values(said=said)[:1]
    return Case(When(status__in=OVER, then=None), default=Subquery(first))


def _handled():
    """Of the latest round, as parts: the lead organ, when the answer was told, and how the resident rates the result."""
    leading = Assignment.objects.current().filter(round=OuterRef("pk"), is_lead=True)
    said = parts(
        Subquery(leading.order_by().values("organ__name")[:1]),
        F("told_at"),
        labelled("rating__result", Rating.Grade.choices),
    )
    latest = Round.objects.filter(petition=OuterRef("pk"), number=OuterRef("current_round"))
    return Subquery(latest.order_by().values(said=said)[:1])


def ask_commitments(user, asked):
    """The promises for cases that a user sees, by the promised day."""
    form = CommitmentFilter(asked, user=user)
    promises = form.commitments().order_by("promised_on", "pk")
    return Sheet(str(_("承诺台账")), _commitment_columns(), promises, spoken_filters(form))


def _commitment_columns():
    return [
        Column(_("意见编号"), "round__petition__number", width=11),
        Column(_("意见标题"), "round__petition__title", width=18),
        Column(_("联络站"), "round__petition__station__name", width=12),
        Column(_("轮次"), "round__number", Kind.NUMBER, width=3),
        Column(_("承诺单位"), "organ__name", width=10),
        Column(_("承诺事项"), "text", width=22),
        Column(_("承诺完成日期"), "promised_on", Kind.DAY, width=6),
        Column(_("状态"), labelled("state", Commitment.State.choices), width=5),
        Column(_("报告兑现日期"), "delivered_at", Kind.DAY, width=6),
        Column(_("兑现情况"), "evidence", width=22),
        Column(_("核实日期"), "verified_at", Kind.DAY, width=6),
        Column(_("核实情况"), "finding", width=18),
    ]


SIGNED = (_("制表人"), _("负责人（盖章）"))
CASES = Ledger(
    key="petitions",
    title=_("群众意见销号台账"),
    about=_("每件群众意见由谁办理、什么时候答复、群众怎样评价、是否办结销号。"),
    ask=ask_cases,
    page="petitions:list",
    during=of_days,
    signatures=SIGNED,
)
COMMITMENTS = Ledger(
    key="commitments",
    title=_("承诺台账"),
    about=_("承办单位对群众意见作出的承诺：哪天完成，是否兑现，核实的情况。"),
    ask=ask_commitments,
    during=of_days,
    signatures=SIGNED,
)
