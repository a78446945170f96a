"""Meetings as a ledger (约见台账): the same rows as the list; no resident is named."""

from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from papers.sheets import Column, Kind, Ledger, Sheet, labelled, of_year, spoken_filters
from petitions.models import Commitment
from programmes.forms.meetings import MeetingFilterForm
from programmes.models import Item, Meeting, MeetingCase, MeetingPromise, office_names


def ask(user, asked):
    """The meetings of the list that a user sees, the latest asked for first."""
    form = MeetingFilterForm(asked, user=user)
    found = form.meetings().order_by("-asked_at", "-pk")
    return Sheet(str(_("约见台账")), _columns(), found, spoken_filters(form))


def _columns():
    by = Coalesce("deputy__name", "station__name", "asked_by__name", Value(str(_("系统"))))
    kept = MeetingPromise.objects.filter(commitment__state=Commitment.State.VERIFIED)
    done = Item.objects.filter(status=Item.Status.VERIFIED)
    return [
        Column(_("约见事项"), "title", width=18),
        Column(_("约见单位"), "organ__name", width=12),
        Column(_("提出"), by, width=9),
        Column(_("提出时间"), "asked_at", Kind.MOMENT),
        Column(_("安排单位"), office_names("region"), width=13),
        Column(_("状态"), labelled("status", Meeting.Status.choices), width=6),
        Column(_("约见时间"), "meets_at", Kind.MOMENT),
        Column(_("地点"), "place", width=12),
        Column(_("原定时间"), "postponed_from", Kind.MOMENT),
        Column(_("推迟原因"), "postponed_why", width=12),
        Column(_("到会"), labelled("came", Meeting.Came.choices), width=7),
        Column(_("到会人员"), Concat("came_title", "came_name"), width=12),
        Column(_("形成纪要"), "minutes_at", Kind.MOMENT),
        Column(_("涉及意见"), _count(MeetingCase.objects.all()), Kind.NUMBER, width=4),
        Column(_("承诺"), _count(MeetingPromise.objects.all()) + _count(Item.objects.all()), Kind.NUMBER, width=4),
        Column(_("已兑现"), _count(kept) + _count(done), Kind.NUMBER, width=4),
        Column(_("不同意的理由"), "declined_why", width=14),
    ]


def _count(rows):
    own = rows.filter(meeting=OuterRef("pk")).order_by().values("meeting").annotate(n=Count("pk"))
    return Coalesce(Subquery(own.values("n")), 0)


MEETINGS = Ledger(
    key="meetings",
    title=_("约见台账"),
    about=_("约见国家机关负责人：谁提出、何时举行、谁到会、承诺了什么、兑现了没有。"),
    ask=ask,
    page="programmes:meetings",
    during=of_year,
)
