"""Activities as a ledger (活动台账): the same rows as the list, with how many were invited and came; no resident is named."""

from django.db.models import Case, Count, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from papers.sheets import Column, Kind, Ledger, Sheet, labelled, of_year, spoken_filters
from programmes.agenda import states
from programmes.forms.activities import FilterForm
from programmes.models import Activity, Attendance, Guest, Invitation, Item, office_names

CAME = (Attendance.CAME, Attendance.DELEGATE)


def ask(user, asked):
    """The activities of the list that a user sees, latest first."""
    form = FilterForm(asked)
    found = form.narrow(Activity.objects.visible_to(user)).order_by("-starts_at", "-pk")
    return Sheet(str(_("活动台账")), _columns(timezone.now()), found, spoken_filters(form))


def _columns(at):
    deputies, organs, came = Q(deputy__isnull=False), Q(organ__isnull=False), Q(attendance__in=CAME)
    state = Case(
        *(When(condition, then=Value(str(Activity.State(key).label))) for key, condition in states(at).items()),
        default=Value(""),
    )
    return [
        Column(_("类别"), labelled("kind", Activity.Kind.choices), width=7),
        Column(_("名称"), "title", width=16),
        Column(_("组织单位"), Coalesce("station__name", office_names("region")), width=14),
        Column(_("开始"), "starts_at", Kind.MOMENT),
        Column(_("结束"), "ends_at", Kind.MOMENT),
        Column(_("地点"), "place", width=14),
        Column(_("状态"), state, width=6),
        Column(_("邀请代表"), _count(Invitation.objects.filter(deputies)), Kind.NUMBER, width=4),
        Column(_("到会代表"), _count(Invitation.objects.filter(deputies, came)), Kind.NUMBER, width=4),
        Column(_("邀请单位"), _count(Invitation.objects.filter(organs)), Kind.NUMBER, width=4),
        Column(_("到会单位"), _count(Invitation.objects.filter(organs, came)), Kind.NUMBER, width=4),
        Column(_("群众报名"), _count(Guest.objects.filter(cancelled_at=None)), Kind.NUMBER, width=4),
        Column(_("群众到会"), _count(Guest.objects.filter(came=True)), Kind.NUMBER, width=4),
        Column(_("督查事项"), _count(Item.objects.all()), Kind.NUMBER, width=4),
        Column(_("已销号"), _count(Item.objects.filter(status=Item.Status.VERIFIED)), Kind.NUMBER, width=4),
        Column(_("形成纪要"), "closed_at", Kind.MOMENT),
        Column(_("取消原因"), "cancelled_why", width=14),
    ]


def _count(rows):
    own = rows.filter(activity=OuterRef("pk")).order_by().values("activity").annotate(n=Count("pk"))
    return Coalesce(Subquery(own.values("n")), 0)


ACTIVITIES = Ledger(
    key="activities",
    title=_("活动台账"),
    about=_("代表活动：何时何地、邀请和到会的代表、单位和群众、定下并销号的事项。"),
    ask=ask,
    page="programmes:activities",
    during=of_year,
)
