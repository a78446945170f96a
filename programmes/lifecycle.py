"""How items and meetings move: every action as one row of a table. Buttons, guards and the drawing in the docs read it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from programmes.errors import ProgrammeError
from programmes.models import Item, Meeting
from programmes.permissions import ARRANGER, ASKER, MANAGER, OWNER, SYSTEM

I = Item.Status  # noqa: E741 - the table reads by it
M = Meeting.Status


def _always(target):
    return True


@dataclass(frozen=True)
class Transition:
    """One action: from which statuses, to which (none: the status stays), by whom, and when."""

    action: str
    label: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    actors: tuple[str, ...]
    when: Callable = _always
    otherwise: str = ""


def _unsigned(item):
    return item.signed_in_at is None


def _not_objected(item):
    return not item.objected


def _not_postponed(meeting):
    return meeting.postponed_from is None


ITEM = (
    Transition("raise", _("下达"), (), (I.OPEN,), (MANAGER, SYSTEM)),
    Transition("sign_in", _("签收"), (I.OPEN,), (), (OWNER,), _unsigned, _("此项已经签收。")),
    Transition("note_progress", _("记录进展"), (I.OPEN, I.OBJECTED), (), (OWNER,)),
    Transition("report", _("报告整改完成"), (I.OPEN,), (I.REPORTED,), (OWNER, SYSTEM)),
    Transition("verify", _("核实销号"), (I.REPORTED,), (I.VERIFIED,), (MANAGER, SYSTEM)),
    Transition("send_back", _("核实未通过"), (I.REPORTED,), (I.OPEN,), (MANAGER,)),
    Transition("object", _("提出异议"), (I.OPEN,), (I.OBJECTED,), (OWNER,), _not_objected, _("每项只能提出一次异议。")),
    Transition("settle", _("裁定异议"), (I.OBJECTED,), (I.OPEN, I.DROPPED), (MANAGER,)),
    Transition("move_due", _("调整期限"), (I.OPEN, I.OBJECTED), (), (MANAGER,)),
    Transition("press", _("发督办单"), (I.OPEN,), (), (MANAGER,)),
    # The unit its own 督办单, the office those of verifying and deciding.
    Transition("acknowledge", _("督办回执"), (I.OPEN, I.REPORTED, I.OBJECTED), (), (OWNER, MANAGER)),
    Transition("drop", _("撤销"), (I.OPEN, I.REPORTED, I.OBJECTED), (I.DROPPED,), (MANAGER,)),
    Transition("reopen", _("重新整改"), (I.VERIFIED,), (I.OPEN,), (MANAGER,)),
)

MEETING = (
    Transition("ask", _("提请约见"), (), (M.ASKED,), (ASKER, ARRANGER, SYSTEM)),
    Transition("arrange", _("安排约见"), (M.ASKED,), (M.ARRANGED,), (ARRANGER,)),
    Transition("decline", _("不予安排"), (M.ASKED,), (M.DECLINED,), (ARRANGER,)),
    Transition(
        "postpone",
        _("推迟约见"),
        (M.ARRANGED,),
        (),
        (ARRANGER, OWNER),
        _not_postponed,
        _("约见只能推迟一次。"),
    ),
    Transition("hold", _("登记到会"), (M.ARRANGED,), (M.HELD,), (ARRANGER,)),
    # Nobody came: it is arranged anew, and the chair is told.
    Transition("miss", _("登记无人到会"), (M.ARRANGED,), (M.ASKED,), (ARRANGER,)),
    Transition("record_minutes", _("形成纪要"), (M.HELD,), (M.RECORDED,), (ARRANGER,)),
)

ITEM_TABLE = {transition.action: transition for transition in ITEM}
MEETING_TABLE = {transition.action: transition for transition in MEETING}


def check(table, target, action, held):
    """Return the action's row of ``table`` (of items or of meetings), or raise ProgrammeError with the reason why not.

    ``held`` is the set of positions of the one who acts (see ``permissions``).
    """
    transition = table[action]
    if not held & set(transition.actors):
        raise ProgrammeError(_("您没有权限进行“%(label)s”。") % {"label": transition.label})
    if target.status not in transition.sources:
        facts = {"status": target.get_status_display(), "label": transition.label}
        raise ProgrammeError(_("此项现在是“%(status)s”，不能“%(label)s”。") % facts)
    if not transition.when(target):
        raise ProgrammeError(transition.otherwise)
    return transition


def open_actions(table, target, held):
    """Return the rows of ``table`` that the holder of these positions may act on now, in the table's order."""
    return [
        row for row in table.values() if target.status in row.sources and held & set(row.actors) and row.when(target)
    ]
