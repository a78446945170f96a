"""How a suggestion moves: every action as one row of a table. Buttons, guards and the drawing in the docs read it.

A row is as those of cases (``lifecycle.Transition``); ``per`` is "case" for the suggestion itself, or "part" (an organ's),
"promise" or "reminder".
"""

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from petitions.lifecycle import Transition, check_row, open_rows
from petitions.models import Suggestion, SuggestionPart, SuggestionPromise, SuggestionReply
from petitions.permissions import ORGAN_SIDE
from petitions.suggestion_permissions import LEAD, OFFICE, SPONSOR, SYSTEM
from supervision.models import Unit

S = Suggestion.Status
State, Said, Promised = SuggestionPart.State, SuggestionReply.State, SuggestionPromise.State
Asked = SuggestionPart.Asked


def _standing(part, *states):
    return any(reply.state in states for reply in part.replies.all())


def _is_open(part):
    return part.state == State.OPEN


def _unsigned(part):
    return _is_open(part) and part.signed_in_at is None


def _may_ask_return(part):
    return _is_open(part) and not part.return_state and not _standing(part, Said.DRAFT)


def _return_asked(part):
    return _is_open(part) and part.return_state == Asked.ASKED


def _may_ask_extension(part):
    return _is_open(part) and not part.extension_state and part.answer_clock.unit == Unit.MONTH


def _extension_asked(part):
    return _is_open(part) and part.extension_state == Asked.ASKED


def _may_reply(part):
    return _is_open(part) and not _standing(part, Said.DRAFT, Said.SIGNED)


def _drafted(part):
    return _is_open(part) and _standing(part, Said.DRAFT)


def _unacknowledged(reminder):
    return reminder.must_acknowledge and reminder.acknowledged_at is None


def _promised(promise):
    return promise.state == Promised.OPEN


def _delivered(promise):
    return promise.state == Promised.DELIVERED


def _unpublished(suggestion):
    return suggestion.published_at is None


def _published(suggestion):
    return suggestion.published_at is not None


SUGGESTION = (
    Transition("raise_suggestion", _("提出建议"), (), (S.RAISED,), (LEAD,)),
    Transition("drop_name", _("撤回联名"), (S.RAISED,), (), (SPONSOR,)),
    Transition("return_to_deputy", _("退回代表"), (S.RAISED,), (S.RETURNED,), (OFFICE,)),
    Transition("hand_over", _("交办"), (S.RAISED,), (S.HANDLING,), (OFFICE,)),
    Transition(
        "sign_in", _("签收"), (S.HANDLING,), (), ORGAN_SIDE, "part", _unsigned, _("此件已经签收或已不在办理中。")
    ),
    Transition(
        "ask_return",
        _("申请退回"),
        (S.HANDLING,),
        (),
        ORGAN_SIDE,
        "part",
        _may_ask_return,
        _("此件已申请过退回，或已拟好答复，不能再申请退回。"),
    ),
    Transition(
        "decide_return",
        _("决定退回申请"),
        (S.HANDLING,),
        (),
        (OFFICE,),
        "part",
        _return_asked,
        _("没有待决定的退回申请。"),
    ),
    Transition(
        "ask_extension",
        _("申请延长到六个月"),
        (S.HANDLING,),
        (),
        ORGAN_SIDE,
        "part",
        _may_ask_extension,
        _("只有按月计算的答复期限可以申请延长，且只能申请一次。"),
    ),
    Transition(
        "decide_extension",
        _("决定延长申请"),
        (S.HANDLING,),
        (),
        (OFFICE,),
        "part",
        _extension_asked,
        _("没有待决定的延长申请。"),
    ),
    Transition(
        "note_progress", _("记录进展"), (S.HANDLING,), (), ORGAN_SIDE, "part", _is_open, _("此件已不在办理中。")
    ),
    Transition(
        "draft_reply",
        _("拟写答复"),
        (S.HANDLING,),
        (S.ANSWERED,),
        ORGAN_SIDE,
        "part",
        _may_reply,
        _("已有一份答复在签发中，或已经答复。"),
    ),
    Transition(
        "sign_off",
        _("签发答复"),
        (S.HANDLING,),
        (S.ANSWERED,),
        (Role.LEADER,),
        "part",
        _drafted,
        _("没有待签发的答复。"),
    ),
    Transition(
        "reject_draft", _("退回拟稿"), (S.HANDLING,), (), (Role.LEADER,), "part", _drafted, _("没有待签发的答复。")
    ),
    Transition("press", _("发督办单"), (S.HANDLING,), (), (OFFICE,), "part", _is_open, _("此件已不在办理中。")),
    Transition(
        "acknowledge",
        _("督办回执"),
        (*Suggestion.OPEN, S.CLOSED),  # what was promised is pressed after the end, too
        (),
        (*ORGAN_SIDE, OFFICE),
        "reminder",
        _unacknowledged,
        _("此督办单已有回执。"),
    ),
    Transition("send_back", _("退回重新答复"), (S.ANSWERED,), (S.HANDLING,), (OFFICE,)),
    Transition("rate", _("评价"), (S.ANSWERED,), (S.CLOSED, S.HANDLING), (LEAD, SYSTEM)),
    Transition(
        "report_delivery",
        _("报告承诺兑现"),
        (S.ANSWERED, S.CLOSED),
        (),
        ORGAN_SIDE,
        "promise",
        _promised,
        _("此承诺已报告兑现，或答复已重新办理。"),
    ),
    Transition(
        "verify_delivery",
        _("核实承诺"),
        (S.ANSWERED, S.CLOSED),
        (),
        (OFFICE,),
        "promise",
        _delivered,
        _("没有待核实的承诺。"),
    ),
    Transition("withdraw", _("撤回建议"), (S.RAISED, S.HANDLING), (S.WITHDRAWN,), (LEAD,)),
    Transition(
        "publish",
        _("公开建议摘要"),
        (S.ANSWERED, S.CLOSED),
        (),
        (OFFICE,),
        "case",
        _unpublished,
        _("摘要已经公开。"),
    ),
    Transition("unpublish", _("撤下公开摘要"), tuple(S), (), (OFFICE,), "case", _published, _("此件没有公开的摘要。")),
)

TABLE = {transition.action: transition for transition in SUGGESTION}
STANDS = _("此建议现在是“%(status)s”，不能“%(label)s”。")


def check(suggestion, action, held, target=None):
    """Return the action's row of the table, or raise ``ActionError`` with the sentence that says why not.

    ``held`` is the set of positions of the one who acts (``suggestion_permissions``); ``target`` the organ's part, the
    promise or the reminder that the action is taken on.
    """
    transition = TABLE[action]
    check_row(transition, suggestion, _addressed(transition, held, target), target, STANDS)
    return transition


def open_actions(suggestion, per, held, target=None):
    """Return the rows of the table that the holder of these positions may act on now, in the table's order."""
    return open_rows(SUGGESTION, suggestion, per, held, target, _addressed)


def _addressed(transition, held, target):
    """A 督办单 is acknowledged by the side whose duty it presses: the organ its own, the office its own."""
    if transition.per != "reminder":
        return held
    return held & set(ORGAN_SIDE) if target.clock.owner_organ_id else held & {OFFICE}


def label_of(action):
    """The word for an action that an event names; the event's own word where the table does not know it."""
    return TABLE[action].label if action in TABLE else action
