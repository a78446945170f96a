"""From the organs' replies to the archive: review, rating, promises, the next round, the end."""

from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.models import PROMISING, Assignment, Commitment, Outcome, Rating, Reply, Status
from petitions.services.handling import assign_again, promise
from petitions.services.letters import issue_answer
from petitions.services.screening import tell_answer
from petitions.services.step import end, open_round, step
from supervision import services as supervision
from supervision.links import use
from supervision.models import Duty, Severity

ROUNDS = 3  # local rule: after the third the committee closes with a written opinion
Grade = Rating.Grade


def send_back(*, petition, actor, assignment, why, at=None):
    """Send a reply back: the organ's own clock goes on where it stood, no new term begins."""
    with step(petition, "send_back", actor=actor, target=assignment, at=at) as case:
        case.target.replies.filter(state=Reply.State.SIGNED).update(state=Reply.State.SENT_BACK, sent_back_why=why)
        case.target.state = Assignment.State.OPEN
        case.target.replied_at = None
        case.target.save(update_fields=["state", "replied_at"])
        supervision.resume(case.target.answer_clock, at=case.at)
        case.stage()
        case.move(Status.HANDLING)
        case.record(_("退回%(organ)s重新答复：%(why)s") % {"organ": case.target.organ.name, "why": why}, public=False)
        told = _("答复被退回，请重新办理")
        case.tell(case.people_of(case.target.organ), told, why, duty=case.target.answer_clock)


def pass_reply(*, petition, actor, text, at=None):
    """Pass the replies and tell the resident (``text``), with the lead organ's outcome; promises become clocks."""
    with step(petition, "pass_reply", actor=actor, at=at) as case:
        replies = list(
            Reply.objects.filter(assignment__in=case.round.assignments.current(), state=Reply.State.SIGNED)
            .select_related("assignment__organ", "assignment__answer_clock")
            .order_by("-assignment__is_lead", "pk")
        )
        for reply in replies:
            reply.state = Reply.State.PASSED
            reply.save(update_fields=["state"])
            supervision.stop(reply.assignment.answer_clock, at=case.at)
            _take_up_promise(case, reply.assignment.organ, reply)
        if replies:
            outcome, organs = replies[0].outcome, [reply.assignment.organ.name for reply in replies]
        else:
            answer = case.petition.suggestions.order_by("raised_at", "pk").last().answer
            _take_up_promise(case, answer.part.organ, answer)
            outcome, organs = answer.outcome, [answer.part.organ.name]
        issue_answer(case, text=text, outcome=outcome, organs=organs)
        tell_answer(case, text=text, outcome=outcome)
        case.record(text)


def _take_up_promise(case, organ, answer):
    if answer.outcome in PROMISING:
        promise(case, organ, text=answer.promise, on=answer.promised_on)


def rate(*, petition, proposer, process, result, text="", at=None):
    """The resident judges the round, once: process and result apart. A dissatisfied result opens the next."""
    with step(petition, "rate", proposer=proposer, at=at) as case:
        _judge(case, process, result, text)


def call_back(*, petition, actor, process, result, text, at=None):
    """An officer enters what the resident said when called back (回访), marked with who and when."""
    with step(petition, "call_back", actor=actor, at=at) as case:
        _judge(case, process, result, text)


def close_unrated(*, petition, at=None):
    """Go on without a rating when its term has run out; unrated never counts as satisfied."""
    with step(petition, "rate", at=at) as case:
        case.petition.closed_how = case.petition.ClosedHow.UNRATED
        _go_on(case)
        case.record(_("逾期未评价，不计为满意。"))


def _judge(case, process, result, text):
    rating = Rating.objects.create(
        round=case.round, process=process, result=result, text=text, at=case.at, called_back_by=case.actor
    )
    said = _("态度与过程：%(process)s；办理结果：%(result)s。%(text)s") % {
        "process": rating.get_process_display(),
        "result": rating.get_result_display(),
        "text": text,
    }
    if rating.dissatisfied:
        _dissatisfied(case)
    else:
        case.petition.closed_how = case.petition.ClosedHow(result)
        _go_on(case)
    case.record(said)
    if case.petition.status == Status.CLOSED:
        case.tell_residents("closed")


def _go_on(case):
    """Close, or keep tracking while a promise or a suggestion is open: such a case cannot close."""
    if _still_owed(case.petition):
        case.stage()
        case.move(Status.TRACKING)
    else:
        end(case, Status.CLOSED)


def _still_owed(petition):
    promised = Commitment.objects.filter(
        round__petition=petition, state__in=[Commitment.State.OPEN, Commitment.State.DELIVERED]
    )
    return promised.exists() or _suggestion_pending(petition)


def _suggestion_pending(petition):
    return petition.suggestion_links.filter(awaits=True).exists()


def _awaits_others(petition):
    return petition.awaits_opinion or _suggestion_pending(petition)


def _dissatisfied(case):
    """Open the next round, the third under key supervision by a named leader; after it an opinion is due."""
    if case.petition.current_round >= ROUNDS:
        case.petition.awaits_opinion = True
        case.stage(Duty.CLOSING_OPINION, owner_station=case.petition.station)
        case.move(Status.TRACKING)
        case.tell(case.committee(), _("三次办理群众仍不满意，请出具结案意见"))
        return
    if case.petition.current_round == ROUNDS - 1:
        case.petition.severity = Severity.KEY
        leaders = case.committee() or case.heads()
        case.petition.leader = leaders[0] if leaders else None
        case.tell(leaders, _("群众两次不满意，列为重点督办，由您包案"))
    begin_again(case, why=_("群众不满意"))


def begin_again(case, *, why):
    """Open the next round with the same organs; where no organ had it, the case waits for hand-over."""
    open_round(case, why=why)
    case.petition.outcome = ""
    case.petition.closed_how = ""
    case.stage()
    if assign_again(case):
        case.move(Status.HANDLING)
    else:
        case.move(Status.ACCEPTED)
        case.stage(Duty.HAND_OVER, owner_station=case.petition.station)
    case.tell(case.heads(), _("进入第%(n)d轮办理") % {"n": case.petition.current_round})
    case.tell_residents("again")


def report_delivery(*, petition, commitment, evidence, actor=None, by_link=None, at=None):
    """The organ reports a promise as kept; the station goes and looks (回头看) before it counts."""
    organ = commitment.organ
    with step(petition, "report_delivery", actor=actor, by_link=by_link, target=commitment, organ=organ, at=at) as case:
        case.target.state = Commitment.State.DELIVERED
        case.target.delivered_at = case.at
        case.target.evidence = evidence
        case.target.verify_clock = case.start_clock(Duty.VERIFY, owner_station=case.petition.station)
        case.target.save(update_fields=["state", "delivered_at", "evidence", "verify_clock"])
        supervision.stop(case.target.clock, at=case.at)
        use([case.target.clock], at=case.at)
        case.record(_("报告承诺已兑现：%(evidence)s") % {"evidence": evidence})
        case.tell([*case.officers(), *case.heads()], _("承诺已报告兑现，请核实"))


def verify_delivery(*, petition, actor, commitment, kept, finding, at=None):
    """The station says what it found: kept, and nothing else owed, closes the case; not kept opens the next round.

    While a round is under way, or an opinion or a suggestion's answer is awaited, the finding is only kept.
    """
    with step(petition, "verify_delivery", actor=actor, target=commitment, at=at) as case:
        case.target.state = Commitment.State.VERIFIED if kept else Commitment.State.BROKEN
        case.target.verified_at = case.at
        case.target.verified_by = actor
        case.target.finding = finding
        case.target.save(update_fields=["state", "verified_at", "verified_by", "finding"])
        supervision.stop(case.target.verify_clock, at=case.at)
        idle = case.petition.status in (Status.RATING, Status.TRACKING) and not _awaits_others(case.petition)
        if not kept and idle:
            begin_again(case, why=_("承诺未兑现"))
        elif case.petition.status == Status.TRACKING and idle and not _still_owed(case.petition):
            case.petition.closed_how = case.petition.ClosedHow.KEPT
            case.petition.outcome = Outcome.RESOLVED
            end(case, Status.CLOSED)
            case.tell_residents("kept")
        case.record((_("核实已兑现：") if kept else _("核实未兑现：")) + finding)


def close_with_opinion(*, petition, actor, opinion, at=None):
    """The committee closes with a written opinion what stayed unsatisfactory three times; counted as not satisfied."""
    with step(petition, "close_with_opinion", actor=actor, at=at) as case:
        if _still_owed(case.petition):
            raise ActionError(_("还有未兑现的承诺或未答复的建议，不能结案。"))
        case.petition.awaits_opinion = False
        case.petition.closing_opinion = opinion
        case.petition.closed_how = case.petition.ClosedHow.OPINION
        end(case, Status.CLOSED)
        case.record(opinion)
        case.tell_residents("opinion", opinion)


def reopen(*, petition, actor, reason, at=None):
    """Take a closed case up again: a new round with new clocks; the old ones and their figures stay."""
    with step(petition, "reopen", actor=actor, at=at) as case:
        case.petition.closed_at = None
        begin_again(case, why=reason)
        case.record(reason)
