"""Hand-over of a suggestion to organs, and what organs do until they answer."""

from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.models import Suggestion, SuggestionPart, SuggestionRound
from petitions.services.raising import note_suggestion
from petitions.services.suggestions.change import change
from supervision import services as supervision
from supervision.models import Duty, Variant
from workdays.services import load_calendar, spoken

State, Asked = SuggestionPart.State, SuggestionPart.Asked


def hand_over(*, suggestion, actor, lead, co_organs=(), instruction="", at=None):
    """The office hands the suggestion over to one lead organ and any co-organs; three calendar months begin (art. 51)."""
    with change(suggestion, "hand_over", actor=actor, at=at) as case:
        case.stage()
        others = [organ for organ in dict.fromkeys(co_organs) if organ != lead]
        for organ in (lead, *others):
            _must_have_people(case, organ)
        first = SuggestionRound.objects.create(suggestion=case.suggestion, number=1, opened_at=case.at)
        part = assign(case, first, lead, is_lead=True, instruction=instruction)
        for organ in others:
            assign(case, first, organ, is_lead=False, instruction=instruction)
        case.suggestion.handed_over_at = case.at
        case.move(Suggestion.Status.HANDLING)
        facts = {"lead": lead.name, "date": spoken(part.answer_clock.due_on)}
        named = "、".join(organ.name for organ in others)
        told = _("由%(lead)s主办，%(date)s前答复代表。") % facts + (_("协办：%s。") % named if named else "")
        case.record(told)
        case.tell(case.sponsors(), _("建议已交办"), told)
        case.on_cases(note_suggestion, awaiting=True, text=told)


def _must_have_people(case, organ):
    """A suggestion is handled with an account; a one-time link leads to cases and items only."""
    if not case.people_of(organ):
        raise ActionError(_("%(organ)s还没有能登录的经办人或负责人，请先开通账号。") % {"organ": organ.name})


def assign(case, one, organ, *, is_lead, instruction=""):
    """Create one organ's part of a round: the law's months in the first, the term of a second answer after that."""
    ask_return = supervision.term_for(Duty.ASK_RETURN)
    part = SuggestionPart.objects.create(
        round=one,
        organ=organ,
        is_lead=is_lead,
        instruction=instruction,
        dispatched_at=case.at,
        sign_in_clock=case.start_clock(Duty.SIGN_IN, owner_organ=organ),
        answer_clock=case.start_clock(Duty.SUGGESTION if one.number == 1 else Duty.SECOND_ANSWER, owner_organ=organ),
        return_until=load_calendar().add_workdays(case.today, ask_return.length),
    )
    case.enter_cases()
    case.tell(case.people_of(organ), _("新交办的代表建议，请签收"))
    return part


def sign_in(*, suggestion, actor, part, at=None):
    """The organ signs in (签收); the answer clock has been running since hand-over."""
    with change(suggestion, "sign_in", actor=actor, target=part, organ=part.organ, at=at) as case:
        signed_in(case)
        case.record()


def signed_in(case):
    """Note that the organ of the part under way has it in hand."""
    case.target.signed_in_at = case.at
    case.target.signed_in_by = case.actor
    case.target.save(update_fields=["signed_in_at", "signed_in_by"])
    if case.target.sign_in_clock is not None:
        supervision.stop(case.target.sign_in_clock, at=case.at)


def ask_return(*, suggestion, actor, part, ground, proposal=None, at=None):
    """The organ asks to return its part, within five working days of hand-over (default); its clock runs on meanwhile."""
    with change(suggestion, "ask_return", actor=actor, target=part, organ=part.organ, at=at) as case:
        if case.today > case.target.return_until:
            raise ActionError(_("已过申请退回的期限，请继续办理；确有困难的请与交办机关联系。"))
        case.target.return_state = Asked.ASKED
        case.target.return_ground = ground
        case.target.return_proposal = proposal
        case.target.save(update_fields=["return_state", "return_ground", "return_proposal"])
        proposed = _("建议由%(organ)s承办。") % {"organ": proposal.name} if proposal else ""
        case.record(f"{ground} {proposed}".strip())
        case.tell(case.office(), _("%(organ)s申请退回，请决定") % {"organ": case.target.organ.name})


def decide_return(*, suggestion, actor, part, grant, note="", to=None, at=None):
    """The office decides: granted, another organ (``to``) takes the part over with clocks of its own; refused, it goes on.

    The lead organ's part never stays empty, so its return names who answers instead.
    """
    with change(suggestion, "decide_return", actor=actor, target=part, at=at) as case:
        organ = case.target.organ
        case.target.return_state = Asked.GRANTED if grant else Asked.REFUSED
        if grant:
            _give_away(case, to)
        case.target.save(update_fields=["return_state", "state"])
        if grant and to is not None:
            assign(case, case.target.round, to, is_lead=case.target.is_lead, instruction=case.target.instruction)
        decided = _("同意%(organ)s退回。") if grant else _("未同意%(organ)s退回，请继续办理。")
        moved = _("改由%(organ)s承办。") % {"organ": to.name} if grant and to else ""
        case.record(decided % {"organ": organ.name} + moved + note)
        case.tell(case.people_of(organ), _("退回申请已同意") if grant else _("退回申请未同意，请继续办理"), note)
        if grant and case.target.is_lead:
            told = _("改由%(organ)s主办。") % {"organ": to.name}
            case.tell(case.sponsors(), told)
            case.on_cases(note_suggestion, awaiting=True, text=told)


def _give_away(case, to):
    part = case.target
    if to is None and part.is_lead:
        raise ActionError(_("主办单位退回的，请选择改交给哪个单位。"))
    if to == part.organ:
        # The same part given anew would have a new due date.
        raise ActionError(_("%(organ)s刚退回此件，请改交其他单位。") % {"organ": to.name})
    if to is not None and part.round.parts.current().filter(organ=to).exists():
        raise ActionError(_("%(organ)s已经在办理此件。") % {"organ": to.name})
    if to is not None:
        _must_have_people(case, to)
    part.state = State.RETURNED
    supervision.stop(part.answer_clock, at=case.at)
    if part.sign_in_clock is not None:
        supervision.stop(part.sign_in_clock, at=case.at)


def ask_extension(*, suggestion, actor, part, reason, at=None):
    """The organ asks for six months instead of three, where it is wide or difficult: once, before the term has run out."""
    with change(suggestion, "ask_extension", actor=actor, target=part, organ=part.organ, at=at) as case:
        if case.today > case.target.answer_clock.due_on:
            raise ActionError(_("已过答复期限，不能再申请延长。"))
        case.target.extension_state = Asked.ASKED
        case.target.extension_reason = reason
        case.target.save(update_fields=["extension_state", "extension_reason"])
        case.record(reason)
        case.tell(case.office(), _("%(organ)s申请延长到六个月，请决定") % {"organ": case.target.organ.name})


def decide_extension(*, suggestion, actor, part, grant, note="", at=None):
    """The office grants or refuses the longer term; granted it can be only while the first has not run out (art. 51)."""
    with change(suggestion, "decide_extension", actor=actor, target=part, at=at) as case:
        organ, clock = case.target.organ, case.target.answer_clock
        case.target.extension_state = Asked.GRANTED if grant else Asked.REFUSED
        case.target.save(update_fields=["extension_state"])
        if grant:
            if case.today > clock.due_on:
                raise ActionError(_("已过答复期限，不能再同意延长。"))
            longer = supervision.term_for(Duty.SUGGESTION, Variant.COMPLEX).length - clock.length
            supervision.extend(clock, length=longer, why=case.target.extension_reason, by=actor, at=case.at)
            facts = {"organ": organ.name, "date": spoken(clock.due_on)}
            told = _("%(organ)s的答复期限延长到%(date)s。") % facts
            case.record(told + note)
            case.tell(case.sponsors(), _("答复期限延长"), told)
            if case.target.is_lead:
                case.on_cases(note_suggestion, awaiting=True, text=told)
        else:
            case.record(_("未同意%(organ)s延长期限。") % {"organ": organ.name} + note)
        case.tell(case.people_of(organ), _("延长申请已同意") if grant else _("延长申请未同意"), note)


def note_progress(*, suggestion, actor, part, text, at=None):
    """The organ notes how far it has come; the clock runs on."""
    with change(suggestion, "note_progress", actor=actor, target=part, organ=part.organ, at=at) as case:
        case.record(text)


def press(*, suggestion, actor, part, note, at=None):
    """Issue a numbered 督办单 to an organ by hand; its leader must acknowledge it."""
    with change(suggestion, "press", actor=actor, target=part, at=at) as case:
        reminder = supervision.press(case.target.answer_clock, by=actor, note=note, at=case.at)
        facts = {"organ": case.target.organ.name, "paper": reminder.paper.number}
        case.record(_("向%(organ)s发出督办单%(paper)s。") % facts)


def acknowledge(*, suggestion, actor, reminder, text, at=None):
    """Acknowledge a 督办单; the acknowledgement stands in the suggestion's record."""
    organ = reminder.clock.owner_organ
    with change(suggestion, "acknowledge", actor=actor, target=reminder, organ=organ, at=at) as case:
        supervision.acknowledge(case.target, by=actor, text=text, at=case.at)
        case.record(_("督办单%(paper)s回执：%(text)s") % {"paper": reminder.paper.number, "text": text})
