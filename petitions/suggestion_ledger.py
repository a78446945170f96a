"""The ledger of suggestions (建议台账); no words of residents, no identity."""

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from papers.sheets import Column, Kind, Ledger, Sheet, labelled, of_days, parts, spoken_filters
from petitions.forms.suggestion_filters import SuggestionFilter
from petitions.models import Rating, Suggestion, SuggestionCase, SuggestionClock, SuggestionPart, SuggestionRound
from petitions.todo import Span
from supervision.models import Duty
from workdays.services import load_calendar

COMMA = "、"  # as text: an expression would be printed as its source


def ask(user, asked):
    """The suggestions of the list that a user sees, newest first, each with its cases by number."""
    form = SuggestionFilter(asked, user=user, span=Span.of(load_calendar(), timezone.localdate()))
    found = form.suggestions().order_by("-raised_at", "-pk")
    return Sheet(str(_("建议台账")), _columns(), found, spoken_filters(form))


def _columns():
    last, now = _last_round(), _current_clock()
    return [
        Column(_("编号"), "number", width=11),
        Column(_("标题"), "title", width=20),
        Column(_("状态"), labelled("status", Suggestion.Status.choices), width=5),
        Column(_("领衔代表"), "deputy__name", width=5),
        Column(_("联名代表"), _joined(Suggestion.co_sponsors.through, "deputy__name"), width=10),
        Column(_("交办机关所在区划"), "region__name", width=8),
        Column(_("提出日期"), "raised_at", Kind.DAY, width=6),
        Column(_("交办日期"), "handed_over_at", Kind.DAY, width=6),
        Column(_("主办单位"), last, width=10, part=1),
        Column(_("协办单位"), last, width=10, part=2),
        Column(_("答复日期"), "answered_at", Kind.DAY, width=6),
        Column(_("轮次"), last, Kind.NUMBER, width=3, part=3),
        Column(_("对办理态度"), last, width=5, part=4),
        Column(_("对办理结果"), last, width=5, part=5),
        Column(_("办结日期"), "closed_at", Kind.DAY, width=6),
        Column(_("办结方式"), labelled("closed_how", Suggestion.ClosedHow.choices), width=8),
        Column(_("当前事项"), now, width=6, part=1),
        Column(_("到期日"), now, Kind.DAY, width=6, part=2),
        Column(_("关联的群众意见"), _joined(SuggestionCase, "petition__number"), width=14),
    ]


def _joined(links, said):
    """What the rows that lead to a suggestion say, in one text."""
    own = links.objects.filter(suggestion=OuterRef("pk")).order_by().values("suggestion")
    return Subquery(own.values(said=StringAgg(said, COMMA, order_by="pk")))


def _last_round():
    """Of the latest round, as parts: lead organ, co-organs, its number, the deputy's rating of attitude and of result."""
    said = parts(
        _organs(is_lead=True),
        _organs(is_lead=False),
        F("number"),
        labelled("attitude", Rating.Grade.choices),
        labelled("result", Rating.Grade.choices),
    )
    rounds = SuggestionRound.objects.filter(suggestion=OuterRef("pk"))
    return Subquery(rounds.order_by("-number").values(said=said)[:1])


def _organs(*, is_lead):
    own = SuggestionPart.objects.current().filter(round=OuterRef("pk"), is_lead=is_lead).order_by().values("round")
    return Subquery(own.values(said=StringAgg("organ__name", COMMA, order_by="pk")))


def _current_clock():
    """The duty and the due date of the running clock that lists show; paused ones come last."""
    running = SuggestionClock.objects.filter(suggestion=OuterRef("pk"), clock__stopped_at=None)
    paused = Case(When(Q(clock__paused_on=None), then=0), default=1)
    said = parts(labelled("clock__duty", Duty.choices), F("clock__due_on"))
    return Subquery(running.order_by(paused, "clock__due_on", "clock").values(said=said)[:1])


SUGGESTIONS = Ledger(
    key="suggestions",
    title=_("建议台账"),
    about=_("代表提出的建议、批评和意见：交给谁办、哪天答复、代表怎样评价。"),
    ask=ask,
    page="petitions:suggestions",
    during=of_days,
)
