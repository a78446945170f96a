"""Hand-over to organs and what organs do: sign in, ask to return or extend, note progress, reply."""

from django.utils import timezone
from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.lifecycle import RETURNS_A_ROUND
from petitions.models import PROMISING, Assignment, Commitment, Reply, Status
from petitions.services.letters import issue_hand_overs
from petitions.services.photos import add_photos
from petitions.services.step import step
from supervision import services as supervision
from supervision.links import use
from supervision.models import Duty, Unit
from workdays.services import load_calendar

State = Assignment.State


def hand_over(*, petition, actor, lead, co_organs=(), instruction="", at=None):
    """Hand a case over (交办) to one lead organ and any number of co-organs, each with its own clocks."""
    with step(petition, "hand_over", actor=actor, at=at) as case:
        case.stage()
        others = [organ for organ in dict.fromkeys(co_organs) if organ != lead]
        parts = [assign(case, lead, is_lead=True, instruction=instruction)]
        parts += [assign(case, organ, is_lead=False, instruction=instruction) for organ in others]
        issue_hand_overs(case, parts)
        case.move(Status.HANDLING)
        named = "、".join(organ.name for organ in others)
        case.record(_("主办：%(lead)s。") % {"lead": lead.name} + (_("协办：%s。") % named if named else ""))
        case.tell_residents("handed_over")


def add_organ(*, petition, actor, organ, instruction="", at=None):
    """Add an organ to a case under way: as lead where none is left, else as co-organ."""
    with step(petition, "add_organ", actor=actor, at=at) as case:
        current = case.round.assignments.current()
        if current.filter(organ=organ).exists():
            raise ActionError(_("%(organ)s已经在办理此件。") % {"organ": organ.name})
        assignment = assign(case, organ, is_lead=not current.filter(is_lead=True).exists(), instruction=instruction)
        issue_hand_overs(case, [assignment])
        case.record(str(assignment))


def assign(case, organ, *, is_lead, instruction="", on_spot=False):
    """Create one organ's part of the round: 2 working days to sign in, 5 to ask for a return (defaults).

    What an organ took over at the desk itself (``on_spot``) begins signed in, by nobody's account.
    """
    later = case.petition.current_round > 1
    today = timezone.localdate(case.at)
    ask_return = supervision.term_for(Duty.ASK_RETURN)
    assignment = Assignment.objects.create(
        round=case.round,
        organ=organ,
        is_lead=is_lead,
        instruction=instruction,
        dispatched_at=case.at,
        dispatched_by=case.actor,
        sign_in_clock=case.start_clock(Duty.SIGN_IN, owner_organ=organ),
        answer_clock=case.start_clock(
            Duty.SECOND_ANSWER if later else Duty.ANSWER,
            variant="" if later else case.petition.nature,
            owner_organ=organ,
        ),
        return_until=load_calendar().add_workdays(today, ask_return.length),
    )
    case.changes_entry = True
    if on_spot:
        _sign_in(case, assignment)
    title = _("联合接待时已现场受理，请办理并答复") if on_spot else _("新交办件，请签收")
    case.tell(case.people_of(organ), title, duty=assignment.answer_clock)
    return assignment


def promise(case, organ, *, text, on):
    """Make what an organ promised by a day (Beijing date) a commitment with a clock of its own."""
    return Commitment.objects.create(
        round=case.round,
        organ=organ,
        text=text,
        promised_on=on,
        clock=case.start_clock(Duty.COMMITMENT, owner_organ=organ, unit=Unit.DATE, on=on),
    )


def assign_again(case):
    """Give a new round to the organs of the one before, so that it waits for nobody; False where there were none."""
    before = Assignment.objects.filter(
        round__petition=case.petition, round__number=case.petition.current_round - 1, state=State.REPLIED
    ).select_related("organ")
    parts = [
        assign(case, assignment.organ, is_lead=assignment.is_lead, instruction=assignment.instruction)
        for assignment in before
    ]
    issue_hand_overs(case, parts)
    return bool(parts)


def _organs_step(action, petition, assignment, actor, by_link, at):
    """A step of the organ itself: of its people, or by the link of one that has no account."""
    return step(petition, action, actor=actor, by_link=by_link, target=assignment, organ=assignment.organ, at=at)


def sign_in(*, petition, assignment, actor=None, by_link=None, at=None):
    """The organ signs in (签收); the answer clock has been running since dispatch."""
    with _organs_step("sign_in", petition, assignment, actor, by_link, at) as case:
        _sign_in(case, case.target, by=actor)
        case.record()


def _sign_in(case, assignment, by=None):
    assignment.signed_in_at = case.at
    assignment.signed_in_by = by
    assignment.save(update_fields=["signed_in_at", "signed_in_by"])
    supervision.stop(assignment.sign_in_clock, at=case.at)


def ask_return(*, petition, assignment, ground, proposal=None, actor=None, by_link=None, at=None):
    """The organ asks to return the case with a ground and the organ it proposes; its clock runs on meanwhile.

    Within 5 working days of dispatch (default); once an assignment, and at most two returns a round. Too late, or too
    often, raises ``ActionError``.
    """
    with _organs_step("ask_return", petition, assignment, actor, by_link, at) as case:
        if timezone.localdate(case.at) > case.target.return_until:
            raise ActionError(_("已过申请退回的期限，请继续办理；确有困难的请与交办人联系。"))
        if case.round.assignments.filter(state=State.RETURNED).count() >= RETURNS_A_ROUND:
            raise ActionError(_("此件本轮已退回过两次，不能再退，由交办人协调。"))
        case.target.return_state = Assignment.Asked.ASKED
        case.target.return_ground = ground
        case.target.return_proposal = proposal
        case.target.save(update_fields=["return_state", "return_ground", "return_proposal"])
        proposed = _("建议由%(organ)s承办。") % {"organ": proposal.name} if proposal else ""
        case.record(f"{ground} {proposed}".strip(), public=False)
        case.tell(case.heads(), _("%(organ)s申请退回，请决定") % {"organ": case.target.organ.name})


def decide_return(*, petition, actor, assignment, grant, note="", to=None, at=None):
    """The assigner decides: granted, the part goes to another organ (``to``) or back; refused, the organ goes on."""
    with step(petition, "decide_return", actor=actor, target=assignment, at=at) as case:
        organ = case.target.organ
        case.target.return_state = Assignment.Asked.GRANTED if grant else Assignment.Asked.REFUSED
        if grant:
            case.target.state = State.RETURNED
            supervision.stop(case.target.sign_in_clock, at=case.at)
            supervision.stop(case.target.answer_clock, at=case.at)
        case.target.save(update_fields=["return_state", "state"])
        if grant and to is not None:
            if to == organ:
                # The same part given anew would have a new due date.
                raise ActionError(_("%(organ)s刚退回此件，请改交其他单位。") % {"organ": to.name})
            if case.round.assignments.current().filter(organ=to).exists():
                raise ActionError(_("%(organ)s已经在办理此件。") % {"organ": to.name})
            part = assign(case, to, is_lead=case.target.is_lead, instruction=case.target.instruction)
            issue_hand_overs(case, [part])
        settle(case)
        decided = _("同意%(organ)s退回。") if grant else _("未同意%(organ)s退回，请继续办理。")
        case.record((decided % {"organ": organ.name}) + note, public=False)
        told = _("退回申请已同意") if grant else _("退回申请未同意，请继续办理")
        case.tell(case.people_of(organ), told, note, duty=None if grant else case.target.answer_clock)


def settle(case):
    """Move a case on when an organ's part has ended: all replied → review, none left → hand over again."""
    current = case.round.assignments.current()
    if not current.exists():
        case.move(Status.ACCEPTED)
        case.stage(Duty.HAND_OVER, owner_station=case.petition.station)
    elif not current.open().exists():
        case.move(Status.REVIEWING)
        case.stage(Duty.REVIEW, owner_station=case.petition.station)
        case.tell(case.heads(), _("各单位均已答复，请审核"))


def ask_extension(*, petition, assignment, days, reason, actor=None, by_link=None, at=None):
    """The organ asks for more working days before the due date: once, at most ten (default, a term of the office)."""
    with _organs_step("ask_extension", petition, assignment, actor, by_link, at) as case:
        if timezone.localdate(case.at) > case.target.answer_clock.due_on:
            raise ActionError(_("已过答复期限，不能再申请延期。"))
        most = supervision.term_for(Duty.EXTENSION).length
        if not 1 <= days <= most:
            raise ActionError(_("延期为1至%(most)d个工作日。") % {"most": most})
        case.target.extension_state = Assignment.Asked.ASKED
        case.target.extension_days = days
        case.target.extension_reason = reason
        case.target.save(update_fields=["extension_state", "extension_days", "extension_reason"])
        case.record(_("申请延长%(days)d个工作日：%(reason)s") % {"days": days, "reason": reason}, public=False)
        case.tell(case.heads(), _("%(organ)s申请延期，请决定") % {"organ": case.target.organ.name})


def decide_extension(*, petition, actor, assignment, grant, note="", at=None):
    """The assigner grants or refuses the extension that was asked for; the resident is told of a new date.

    It was asked before the due date; that the assigner took longer to decide is not the organ's fault.
    """
    with step(petition, "decide_extension", actor=actor, target=assignment, at=at) as case:
        organ = case.target.organ
        case.target.extension_state = Assignment.Asked.GRANTED if grant else Assignment.Asked.REFUSED
        case.target.save(update_fields=["extension_state"])
        if grant:
            days = case.target.extension_days
            supervision.extend(
                case.target.answer_clock, length=days, why=case.target.extension_reason, by=case.actor, at=case.at
            )
            told = _("%(organ)s的答复期限延长%(days)d个工作日。") % {"organ": organ.name, "days": days}
            case.record(told + note)
            case.tell_residents("extended", told)
        else:
            case.record(_("未同意%(organ)s延期。") % {"organ": organ.name} + note, public=False)
        told = _("延期申请已同意") if grant else _("延期申请未同意")
        case.tell(case.people_of(organ), told, note, duty=case.target.answer_clock)


def note_progress(*, petition, assignment, text, public=True, photos=(), actor=None, by_link=None, at=None):
    """The organ notes how far it has come; the clock runs on. The same words twice in a row are one note."""
    with _organs_step("note_progress", petition, assignment, actor, by_link, at) as case:
        last = case.petition.events.order_by("at", "pk").last()
        if (last.action, last.text, last.actor_label) != (case.action, text, case.label):
            add_photos(case, photos)
            case.record(text, public=public)


def draft_reply(
    *, petition, assignment, text, outcome, promise="", promised_on=None, photos=(), actor=None, by_link=None, at=None
):
    """The organ writes its reply; a clerk's waits for the leader, a leader's own is signed at once.

    So is that of an organ that has no leader, since nobody would be there to sign.
    ``in_progress`` and ``planned`` need a promise with a date in the future (Beijing), all others must have none.
    """
    with _organs_step("draft_reply", petition, assignment, actor, by_link, at) as case:
        promised_on, promise = promised(outcome, promise, promised_on, timezone.localdate(case.at))
        add_photos(case, photos)
        if case.target.signed_in_at is None:
            _sign_in(case, case.target, by=actor)
        reply = Reply.objects.create(
            assignment=case.target,
            text=text,
            outcome=outcome,
            promise=promise,
            promised_on=promised_on,
            drafted_at=case.at,
            drafted_by=actor,
        )
        case.changes_entry = True
        leaders = case.leaders_of(case.target.organ)
        if actor in leaders or not leaders:
            _sign(case, reply)
            case.record(_("答复已签发，报交办人审核。"))
        else:
            case.record(_("答复已拟好，待负责人签发。"), public=False)
            case.tell(leaders, _("有一份答复待您签发"))


def promised(outcome, promise, promised_on, today):
    """Return ``(promised_on, promise)`` as they go with an outcome, or raise ``ActionError`` saying what is missing."""
    if outcome not in PROMISING:
        return None, ""
    if promised_on is None or promised_on <= today:
        raise ActionError(_("“正在解决”和“列入计划”须写明今后完成的日期。"))
    if not promise:
        raise ActionError(_("“正在解决”和“列入计划”须写明承诺办成什么。"))
    return promised_on, promise


def sign_off(*, petition, actor, assignment, at=None):
    """The organ's leader signs the draft; when every organ of the round has replied, the case goes to review."""
    with step(petition, "sign_off", actor=actor, target=assignment, organ=assignment.organ, at=at) as case:
        _sign(case, case.target.replies.get(state=Reply.State.DRAFT))
        case.record(_("答复已签发，报交办人审核。"))


def _sign(case, reply):
    reply.state = Reply.State.SIGNED
    reply.signed_at = case.at
    reply.signed_by = case.actor
    reply.save(update_fields=["state", "signed_at", "signed_by"])
    case.target.state = State.REPLIED
    case.target.replied_at = case.at
    case.target.save(update_fields=["state", "replied_at"])
    use([case.target.answer_clock, case.target.sign_in_clock], at=case.at)
    # Days of review are not the organ's; but a reply that is sent back starts no new term.
    supervision.pause(case.target.answer_clock, why=_("答复待审核"), at=case.at)
    settle(case)


def reject_draft(*, petition, actor, assignment, note, at=None):
    """The leader hands the draft back to the clerk with a note; the clock runs on."""
    with step(petition, "reject_draft", actor=actor, target=assignment, organ=assignment.organ, at=at) as case:
        case.target.replies.filter(state=Reply.State.DRAFT).update(state=Reply.State.SENT_BACK, sent_back_why=note)
        case.record(note, public=False)
        case.tell(case.people_of(case.target.organ), _("答复稿被退回，请修改"), note)
