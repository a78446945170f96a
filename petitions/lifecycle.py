"""How a case moves: every action as one row of a table. Buttons, guards, API and the drawing in the docs read it.

``per`` says what an action is taken on: the case itself, or one of its assignments, commitments or reminders;
``when`` is what must be true of that target, and ``otherwise`` the sentence where it is not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from petitions.errors import ActionError
from petitions.models import Assignment, Commitment, Reply, Status
from petitions.permissions import NEIGHBOUR, ORGAN_SIDE, RESIDENT, STATION_SIDE, SYSTEM

S = Status
ASSIGNERS = (Role.HEAD, Role.COMMITTEE)
OPEN = (S.SUBMITTED, S.NEEDS_INFO, S.ACCEPTED, S.HANDLING, S.REVIEWING, S.RATING, S.TRACKING)
PROMISED = (S.ACCEPTED, S.HANDLING, S.REVIEWING, S.RATING, S.TRACKING)
RETURNS_A_ROUND = 2  # default: more would be bouncing


def _always(target):
    return True


@dataclass(frozen=True)
class Transition:
    """One action: from which statuses, to which (none: the status stays), by whom, on what, and when.

    ``moves_from`` names the sources from which it can lead on, where it leaves the status of all others as it is.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    actors: tuple[str, ...]
    per: str = "case"
    when: Callable = _always
    otherwise: str = ""
    moves_from: tuple[str, ...] = ()

    def leads(self, source, target):
        """Whether the action may bring a case from one status to another."""
        return source in (self.moves_from or self.sources) and target in self.targets


def _standing(assignment, *states):
    return any(reply.state in states for reply in assignment.replies.all())


def _is_open(assignment):
    return assignment.state == Assignment.State.OPEN


def _unsigned(assignment):
    return _is_open(assignment) and assignment.signed_in_at is None


def _may_ask_return(assignment):
    return _is_open(assignment) and not assignment.return_state and not _standing(assignment, Reply.State.DRAFT)


def _return_asked(assignment):
    return _is_open(assignment) and assignment.return_state == Assignment.Asked.ASKED


def _may_ask_extension(assignment):
    return _is_open(assignment) and not assignment.extension_state


def _extension_asked(assignment):
    return _is_open(assignment) and assignment.extension_state == Assignment.Asked.ASKED


def _may_reply(assignment):
    return _is_open(assignment) and not _standing(assignment, Reply.State.DRAFT, Reply.State.SIGNED)


def _drafted(assignment):
    return _is_open(assignment) and _standing(assignment, Reply.State.DRAFT)


def _replied(assignment):
    return assignment.state == Assignment.State.REPLIED and _standing(assignment, Reply.State.SIGNED)


def _undelivered(commitment):
    return commitment.state == Commitment.State.OPEN


def _delivered(commitment):
    return commitment.state == Commitment.State.DELIVERED


def _unacknowledged(reminder):
    return reminder.must_acknowledge and reminder.acknowledged_at is None


def _awaits_opinion(petition):
    return petition.awaits_opinion


def _not_objected(petition):
    return not petition.objected


def _has_deputy(petition):
    return petition.deputy_id is not None


def _taken_at_the_desk(petition):
    return petition.note is not None and petition.note.organ_id is not None


def _grouped(petition):
    return petition.cluster_id is not None


def _ungrouped(petition):
    return petition.cluster_id is None


def _publishable(petition):
    return petition.publication == petition.Publication.CONSENTED


def _consented(petition):
    return petition.publication in (petition.Publication.CONSENTED, petition.Publication.PUBLISHED)


def _published(petition):
    return petition.publication == petition.Publication.PUBLISHED


TRANSITIONS = (
    Transition("submit", _("提交"), (), (S.SUBMITTED,), (RESIDENT, Role.DEPUTY, *STATION_SIDE)),
    Transition("import", _("历史台账导入"), (), (S.SUBMITTED, S.CLOSED), (SYSTEM,)),
    Transition("join", _("附议"), OPEN, (), (NEIGHBOUR,)),
    Transition("ask_info", _("请群众补充"), (S.SUBMITTED,), (S.NEEDS_INFO,), STATION_SIDE),
    Transition("supplement", _("补充情况"), (S.NEEDS_INFO,), (S.SUBMITTED,), (RESIDENT,)),
    Transition("accept", _("受理"), (S.SUBMITTED,), (S.ACCEPTED,), STATION_SIDE),
    Transition("answer_on_spot", _("当场答复"), (S.SUBMITTED, S.ACCEPTED), (S.RATING,), (Role.DEPUTY, *STATION_SIDE)),
    Transition(
        "accept_on_spot",
        _("现场受理"),
        (S.SUBMITTED,),
        (S.HANDLING,),
        (Role.DEPUTY, *STATION_SIDE),
        "case",
        _taken_at_the_desk,
        _("只有联合接待时承办单位当场受理的，才可以现场受理。"),
    ),
    Transition("refuse", _("不予受理"), (S.SUBMITTED, S.NEEDS_INFO), (S.REFUSED,), (*ASSIGNERS, SYSTEM)),
    Transition("signpost", _("引导到其他渠道"), (S.SUBMITTED, S.ACCEPTED), (S.SIGNPOSTED,), ASSIGNERS),
    Transition("merge", _("并案"), (S.SUBMITTED, S.ACCEPTED, S.HANDLING), (S.MERGED,), STATION_SIDE),
    Transition("hand_over", _("交办"), (S.ACCEPTED,), (S.HANDLING,), ASSIGNERS),
    Transition("add_organ", _("增加承办单位"), (S.HANDLING,), (), ASSIGNERS),
    Transition(
        "sign_in", _("签收"), (S.HANDLING,), (), ORGAN_SIDE, "assignment", _unsigned, _("此件已经签收或已不在办理中。")
    ),
    Transition(
        "ask_return",
        _("申请退回"),
        (S.HANDLING,),
        (),
        ORGAN_SIDE,
        "assignment",
        _may_ask_return,
        _("此件已申请过退回，或已拟好答复，不能再申请退回。"),
    ),
    Transition(
        "decide_return",
        _("决定退回申请"),
        (S.HANDLING,),
        (S.ACCEPTED, S.HANDLING, S.REVIEWING),
        ASSIGNERS,
        "assignment",
        _return_asked,
        _("没有待决定的退回申请。"),
    ),
    Transition(
        "ask_extension",
        _("申请延期"),
        (S.HANDLING,),
        (),
        ORGAN_SIDE,
        "assignment",
        _may_ask_extension,
        _("每次交办只能申请一次延期。"),
    ),
    Transition(
        "decide_extension",
        _("决定延期申请"),
        (S.HANDLING,),
        (),
        ASSIGNERS,
        "assignment",
        _extension_asked,
        _("没有待决定的延期申请。"),
    ),
    Transition(
        "note_progress", _("记录进展"), (S.HANDLING,), (), ORGAN_SIDE, "assignment", _is_open, _("此件已不在办理中。")
    ),
    Transition(
        "draft_reply",
        _("拟写答复"),
        (S.HANDLING,),
        (S.HANDLING, S.REVIEWING),
        ORGAN_SIDE,
        "assignment",
        _may_reply,
        _("已有一份答复在签发或审核中。"),
    ),
    Transition(
        "sign_off",
        _("签发答复"),
        (S.HANDLING,),
        (S.HANDLING, S.REVIEWING),
        (Role.LEADER,),
        "assignment",
        _drafted,
        _("没有待签发的答复。"),
    ),
    Transition(
        "reject_draft",
        _("退回拟稿"),
        (S.HANDLING,),
        (),
        (Role.LEADER,),
        "assignment",
        _drafted,
        _("没有待签发的答复。"),
    ),
    Transition("press", _("发督办单"), (S.HANDLING,), (), ASSIGNERS, "assignment", _is_open, _("此件已不在办理中。")),
    Transition(
        "acknowledge",
        _("督办回执"),
        OPEN,
        (),
        (*ORGAN_SIDE, Role.OFFICER, Role.HEAD),
        "reminder",
        _unacknowledged,
        _("此督办单已有回执。"),
    ),
    Transition(
        "send_back",
        _("退回重新答复"),
        (S.REVIEWING,),
        (S.HANDLING,),
        ASSIGNERS,
        "assignment",
        _replied,
        _("没有待审核的答复。"),
    ),
    Transition("pass_reply", _("审核通过并告知群众"), (S.REVIEWING,), (S.RATING,), ASSIGNERS),
    Transition("rate", _("评价"), (S.RATING,), (S.CLOSED, S.TRACKING, S.HANDLING, S.ACCEPTED), (RESIDENT, SYSTEM)),
    Transition(
        "call_back", _("回访登记评价"), (S.RATING,), (S.CLOSED, S.TRACKING, S.HANDLING, S.ACCEPTED), STATION_SIDE
    ),
    Transition(
        "report_delivery",
        _("报告承诺兑现"),
        PROMISED,
        (),
        ORGAN_SIDE,
        "commitment",
        _undelivered,
        _("此项承诺已报告兑现。"),
    ),
    Transition(
        "verify_delivery",
        _("核实承诺"),
        PROMISED,
        (S.CLOSED, S.HANDLING, S.ACCEPTED),
        STATION_SIDE,
        "commitment",
        _delivered,
        _("承办单位还没有报告此项承诺兑现。"),
        moves_from=(S.RATING, S.TRACKING),
    ),
    Transition("raise_suggestion", _("转为代表建议"), (S.ACCEPTED, S.HANDLING), (S.TRACKING,), (Role.DEPUTY,)),
    Transition("note_suggestion", _("代表建议进展"), OPEN, (), (SYSTEM,)),
    Transition("answer_suggestion", _("代表建议已答复"), (S.TRACKING,), (S.REVIEWING,), (SYSTEM,)),
    Transition("send_back_answer", _("代表建议重新办理"), (S.REVIEWING,), (S.TRACKING,), (SYSTEM,)),
    Transition("end_suggestion", _("代表建议终止"), (S.TRACKING,), (S.ACCEPTED,), (SYSTEM,)),
    Transition(
        "close_with_opinion",
        _("出具意见结案"),
        (S.TRACKING,),
        (S.CLOSED,),
        (Role.COMMITTEE,),
        "case",
        _awaits_opinion,
        _("只有三次办理后群众仍不满意的，才可以出具意见结案。"),
    ),
    Transition("group", _("归入同类事项"), OPEN, (), STATION_SIDE, "case", _ungrouped, _("此件已在另一组同类事项中。")),
    Transition(
        "ungroup", _("移出同类事项"), tuple(Status), (), STATION_SIDE, "case", _grouped, _("此件不在同类事项中。")
    ),
    Transition("ask_meeting", _("提请约见"), OPEN, (), (Role.DEPUTY, *STATION_SIDE, SYSTEM)),
    Transition("note_meeting", _("约见"), tuple(Status), (), (SYSTEM,)),
    Transition("register_promise", _("登记承诺"), PROMISED, (), ASSIGNERS),
    Transition("reopen", _("重新办理"), (S.CLOSED,), (S.HANDLING, S.ACCEPTED), ASSIGNERS),
    Transition("withdraw", _("撤回"), (S.SUBMITTED, S.NEEDS_INFO, S.ACCEPTED, S.HANDLING), (S.WITHDRAWN,), (RESIDENT,)),
    Transition(
        "object_to",
        _("提出异议"),
        (S.REFUSED, S.SIGNPOSTED, S.MERGED, S.WITHDRAWN),
        (S.SUBMITTED,),
        (RESIDENT,),
        "case",
        _not_objected,
        _("每件只能提出一次异议。"),
    ),
    Transition("hand_on", _("接续"), OPEN, (), (SYSTEM,), "case", _has_deputy, _("此件没有反映给代表。")),
    Transition(
        "publish",
        _("公开摘要"),
        (S.RATING, S.TRACKING, S.CLOSED),
        (),
        STATION_SIDE,
        "case",
        _publishable,
        _("反映人没有同意公开，或摘要已经公开。"),
    ),
    Transition(
        "unpublish", _("撤下公开摘要"), tuple(Status), (), STATION_SIDE, "case", _published, _("此件没有公开的摘要。")
    ),
    Transition(
        "withdraw_consent",
        _("撤回公开同意"),
        tuple(Status),
        (),
        (RESIDENT,),
        "case",
        _consented,
        _("您没有同意公开，或已经撤回。"),
    ),
)

TABLE = {transition.action: transition for transition in TRANSITIONS}
STANDS = _("此件现在是“%(status)s”，不能“%(label)s”。")


def check(petition, action, held, target=None):
    """Return the action's row of the table, or raise ``ActionError`` with the sentence that says why not.

    ``held`` is the set of positions of the one who acts (see ``permissions.positions``); ``target`` the assignment,
    commitment or reminder that the action is taken on.
    """
    transition = TABLE[action]
    check_row(transition, petition, _addressed(transition, held, target), target, STANDS)
    return transition


def check_row(transition, subject, held, target, stands):
    """Raise ``ActionError`` unless a row of a table may be taken on ``subject`` (a case or a suggestion) now.

    ``held`` are the positions that count for the row, ``stands`` the sentence for one that stands elsewhere.
    """
    if not held & set(transition.actors):
        raise ActionError(_("您没有权限进行“%(label)s”。") % {"label": transition.label})
    if subject.status not in transition.sources:
        raise ActionError(stands % {"status": subject.get_status_display(), "label": transition.label})
    if not transition.when(subject if transition.per == "case" else target):
        raise ActionError(transition.otherwise)


def open_actions(petition, per, held, target=None):
    """Return the rows of the table that the holder of these positions may act on now, in the table's order."""
    return open_rows(TRANSITIONS, petition, per, held, target, _addressed)


def open_rows(rows, subject, per, held, target, addressed):
    """Return those of a table's rows that are open on ``subject``; ``addressed`` says which positions count for a row."""
    return [
        row
        for row in rows
        if row.per == per
        and subject.status in row.sources
        and addressed(row, held, target) & set(row.actors)
        and row.when(subject if per == "case" else target)
    ]


def _addressed(transition, held, target):
    """A 督办单 is acknowledged by the side it was addressed to, so the other side's positions do not count."""
    if transition.per != "reminder":
        return held
    return held & set(ORGAN_SIDE) if target.clock.owner_organ_id else held - set(ORGAN_SIDE)


def label_of(action):
    """The word for an action that an event names; the event's own word where the table does not know it."""
    return TABLE[action].label if action in TABLE else action
