"""The supervision ledger with its strike-offs (督查台账、销号): the same items as the list."""

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from papers.sheets import Column, Kind, Ledger, Sheet, labelled, spoken_filters
from programmes.board import condition
from programmes.forms.filters import ItemFilterForm
from programmes.models import Item, office_names
from supervision.models import Severity


def ask(user, asked):
    """The items of the list that a user sees, the first due first."""
    form = ItemFilterForm(asked, user=user)
    return Sheet(str(_("督查台账")), _columns(form.today), form.items().order_by("due_on", "pk"), spoken_filters(form))


def _columns(today):
    origin = Coalesce("programme__title", "activity__title", "meeting__title", Value(str(_("联络站自查"))))
    owner = Case(
        When(owner_region__isnull=False, then=office_names("owner_region")),
        default=Coalesce(F("owner_organ__name"), F("owner_station__name")),
    )
    late = Case(When(condition("overdue", today), then=Value(str(_("是")))), default=Value(""))
    return [
        Column(_("事项"), "title", width=20),
        Column(_("来源"), origin, width=13),
        Column(_("办理单位"), owner, width=13),
        Column(_("性质"), labelled("kind", Item.Kind.choices), width=5),
        Column(_("等级"), labelled("severity", Severity.choices), width=5),
        Column(_("督办单位"), office_names("region"), width=13),
        Column(_("状态"), labelled("status", Item.Status.choices), width=5),
        Column(_("逾期"), late, width=3),
        Column(_("完成期限"), "due_on", Kind.DAY, width=6),
        Column(_("报告日期"), "reported_at", Kind.DAY, width=6),
        Column(_("销号日期"), "settled_at", Kind.DAY, width=6),
        Column(_("完成情况"), "report", width=20),
    ]


ITEMS = Ledger(
    key="items",
    title=_("督查台账"),
    about=_("监督工作、活动和约见定下的事项：谁办、哪天完成、是否核实销号。"),
    ask=ask,
    page="programmes:items",
)
