"""The ledger of papers (公文台账), of which the supervision papers are the signed one; no body of a paper."""

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from papers.forms import PaperFilter
from papers.models import Paper, office_names
from papers.permissions import visible_to
from papers.sheets import Column, Kind, Ledger, Sheet, labelled, of_year, spoken_filters

FIRST_YEAR = 2026  # before it no paper had a number here


def filter_of(user, asked):
    """The form that narrows the papers that a user may read."""
    return PaperFilter(asked, visible=visible_to(user), this_year=timezone.localdate().year, first_year=FIRST_YEAR)


def ask(user, asked):
    """The papers of the list that a user sees, newest first."""
    form = filter_of(user, asked)
    papers = form.papers().order_by("-issued_at", "-pk")
    return Sheet(str(_("公文台账")), _columns(), papers, spoken_filters(form))


def ask_supervision(user, asked):
    """Those of them that press (督办单), with when their addressee acknowledged them."""
    asked = asked.copy()
    asked["kind"] = Paper.Kind.SUPERVISION
    sheet = ask(user, asked)
    return Sheet(str(_("督办文书台账")), sheet.columns, sheet.rows, sheet.filters)


def _columns():
    return [
        Column(_("文号"), "number", width=14),
        Column(_("文种"), labelled("kind", Paper.Kind.choices)),
        Column(_("标题"), "title", width=22),
        Column(_("发文单位"), office_names("office"), width=15),
        Column(_("主送"), "addressee", width=14),
        Column(_("意见编号"), "case_number", width=10),
        Column(_("发文日期"), "issued_at", Kind.DAY, width=6),
        Column(_("回执日期"), F("reminder__acknowledged_at"), Kind.DAY, width=6),
    ]


PAPERS = Ledger(
    key="papers",
    title=_("公文台账"),
    about=_("各单位发出的交办单、督办单、答复函等公文，带文号和回执日期。"),
    ask=ask,
    page="papers:papers",
    during=of_year,
)
SUPERVISION = Ledger(
    key="supervision",
    title=_("督办文书台账"),
    about=_("发出的督办单：发给谁、哪天发、哪天收到回执。"),
    ask=ask_supervision,
    page="papers:papers",
    during=of_year,
    signatures=(_("制表人"), _("负责人（盖章）")),
)
