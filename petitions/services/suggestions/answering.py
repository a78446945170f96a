"""From the organs' words to the archive: opinions, the answer, the deputy's rating, the second handling, publication."""

from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.models import Rating, Suggestion, SuggestionPart, SuggestionReply, SuggestionRound
from petitions.services.handling import promised
from petitions.services.publishing import check_masked
from petitions.services.raising import answer_suggestion, note_suggestion, send_back_answer
from petitions.services.suggestions.change import change
from petitions.services.suggestions.handling import assign, signed_in
from petitions.services.suggestions.promising import drop, keep_track
from supervision import services as supervision
from supervision.models import Duty

State, Said, Status = SuggestionPart.State, SuggestionReply.State, Suggestion.Status
ROUNDS = 2  # a second handling, once; what it comes to is final


def draft_reply(*, suggestion, actor, part, text, outcome="", promise="", promised_on=None, at=None):
    """An organ writes what it has to say; a clerk's words wait for the leader, a leader's own are signed at once.

    The lead organ answers with an outcome, and with a promise and its date (Beijing) where that promises something; a
    co-organ gives the lead its opinion, without an outcome. An organ without a leader signs its own.
    """
    with change(suggestion, "draft_reply", actor=actor, target=part, organ=part.organ, at=at) as case:
        if case.target.is_lead:
            if not outcome:
                raise ActionError(_("请选择办理结果。"))
            promised_on, promise = promised(outcome, promise, promised_on, case.today)
        else:
            outcome, promised_on, promise = "", None, ""
        if case.target.signed_in_at is None:
            signed_in(case)
        reply = SuggestionReply.objects.create(
            part=case.target,
            text=text,
            outcome=outcome,
            promise=promise,
            promised_on=promised_on,
            drafted_at=case.at,
            drafted_by=actor,
        )
        leaders = case.leaders_of(case.target.organ)
        if actor in leaders or not leaders:
            _sign(case, reply)
        else:
            case.record(_("已拟好，待负责人签发。"))
            case.tell(leaders, _("有一份代表建议的答复待您签发"))


def sign_off(*, suggestion, actor, part, at=None):
    """The organ's leader signs the draft; the lead organ's is the answer to the deputy."""
    with change(suggestion, "sign_off", actor=actor, target=part, organ=part.organ, at=at) as case:
        _sign(case, case.target.replies.get(state=Said.DRAFT))


def reject_draft(*, suggestion, actor, part, note, at=None):
    """The leader hands the draft back to the clerk with a note; the clock runs on."""
    with change(suggestion, "reject_draft", actor=actor, target=part, organ=part.organ, at=at) as case:
        case.target.replies.filter(state=Said.DRAFT).update(state=Said.SENT_BACK, sent_back_why=note)
        case.record(note)
        case.tell(case.people_of(case.target.organ), _("答复稿被退回，请修改"), note)


def _sign(case, reply):
    part = case.target
    reply.state = Said.SIGNED
    reply.signed_at = case.at
    reply.signed_by = case.actor
    reply.save(update_fields=["state", "signed_at", "signed_by"])
    part.state = State.REPLIED
    part.replied_at = case.at
    part.save(update_fields=["state", "replied_at"])
    if part.is_lead:
        keep_track(case, reply)
        _answer(case)
    else:
        supervision.stop(part.answer_clock, at=case.at)
        case.record(_("协办意见已交主办单位。"))
        for lead in part.round.parts.current().filter(is_lead=True).select_related("organ"):
            case.tell(case.people_of(lead.organ), _("%(organ)s已提出协办意见") % {"organ": part.organ.name})


def _answer(case):
    # The deputy's days are not the organ's; but an answer that is sent back starts no new term.
    supervision.pause(case.target.answer_clock, why=_("答复待代表评价"), at=case.at)
    silent = _end_silent_parts(case)
    case.target.round.answered_at = case.at
    case.target.round.save(update_fields=["answered_at"])
    case.suggestion.answered_at = case.at
    case.stage(Duty.RATE_SUGGESTION, owner_user=case.suggestion.deputy.user)
    case.move(Status.ANSWERED)
    case.record(_("已答复代表。") + (_("未提出协办意见：%s。") % "、".join(silent) if silent else ""))
    case.tell([case.suggestion.deputy.user], _("建议已答复，请评价"))
    case.tell([*case.sponsors()[1:], *case.office()], _("建议已答复"))
    case.hold_cases()
    # Whom the first answer was told already reads of the second one, and is asked nothing more.
    told = case.suggestion.links.filter(awaits=False, petition__closed_at=None).exclude(petition__status="reviewing")
    for link in told.select_related("petition").order_by("petition") if case.target.round.number > 1 else ():
        if not link.petition.is_over:
            text = _("代表建议经二次办理，已再次答复代表。")
            note_suggestion(petition=link.petition, suggestion=case.suggestion, text=text, label=case.label, at=case.at)
    case.on_cases(answer_suggestion, awaiting=True)
    case.enter_cases()


def _end_silent_parts(case):
    """The lead organ need not wait for opinions for ever: with its answer, those not given fall away. Returns whose."""
    silent = list(case.target.round.parts.open().filter(is_lead=False).select_related("organ"))
    for part in silent:
        part.state = State.RECALLED
        part.save(update_fields=["state"])
        for clock in (part.sign_in_clock, part.answer_clock):
            supervision.stop(clock, at=case.at)
        case.tell(case.people_of(part.organ), _("主办单位已答复，不再需要协办意见"))
    return [part.organ.name for part in silent]


def send_back(*, suggestion, actor, why, at=None):
    """The office sends an answer back that is none, before it is rated: the organ goes on in what is left of its term."""
    with change(suggestion, "send_back", actor=actor, at=at) as case:
        lead = case.round.parts.current().select_related("organ", "answer_clock").get(is_lead=True)
        lead.replies.filter(state=Said.SIGNED).update(state=Said.SENT_BACK, sent_back_why=why)
        lead.state, lead.replied_at = State.OPEN, None
        lead.save(update_fields=["state", "replied_at"])
        supervision.resume(lead.answer_clock, at=case.at)
        drop(case)
        case.suggestion.rounds.filter(pk=lead.round_id).update(answered_at=None)
        case.suggestion.answered_at = None
        case.stage()
        case.move(Status.HANDLING)
        case.record(why)
        case.tell([*case.people_of(lead.organ), case.suggestion.deputy.user], _("建议的答复被退回，重新答复"), why)
        case.on_cases(send_back_answer, awaiting=False, why=_("代表建议的答复被退回：%(why)s") % {"why": why})
        case.enter_cases()


def rate(*, suggestion, actor, attitude, result, opinion="", at=None):
    """The lead deputy rates attitude and result, once a round; a dissatisfied result opens the second handling, once."""
    with change(suggestion, "rate", actor=actor, at=at) as case:
        one = case.round
        one.attitude, one.result, one.opinion, one.rated_at = attitude, result, opinion, case.at
        one.save(update_fields=["attitude", "result", "opinion", "rated_at"])
        said = _("对办理态度：%(attitude)s；对办理结果：%(result)s。%(opinion)s") % {
            "attitude": one.get_attitude_display(),
            "result": one.get_result_display(),
            "opinion": opinion,
        }
        if result == Rating.Grade.DISSATISFIED and one.number < ROUNDS:
            _begin_again(case, one)
        else:
            _close(case, Suggestion.ClosedHow(result))
        case.record(said)


def close_unrated(*, suggestion, at=None):
    """Close what was not rated in its term; unrated never counts as satisfied."""
    with change(suggestion, "rate", at=at) as case:
        _close(case, Suggestion.ClosedHow.UNRATED)
        case.record(_("逾期未评价，不计为满意。"))


def _close(case, how):
    case.stop_all_clocks(but=(Duty.COMMITMENT, Duty.VERIFY))
    case.suggestion.closed_at = case.at
    case.suggestion.closed_how = how
    case.move(Status.CLOSED)
    case.tell([*case.office(), *case.sponsors()], _("建议已办结"), str(how.label))


def _begin_again(case, before):
    """The second handling: the same organs, with clocks of their own; the first round stays as it was."""
    drop(case)
    case.stop_all_clocks()
    again = SuggestionRound.objects.create(
        suggestion=case.suggestion, number=before.number + 1, opened_at=case.at, why=_("代表对办理结果不满意")
    )
    for part in before.parts.filter(state__in=[State.REPLIED, State.RECALLED]).select_related("organ"):
        assign(case, again, part.organ, is_lead=part.is_lead, instruction=part.instruction)
    case.suggestion.answered_at = None
    case.move(Status.HANDLING)
    case.tell([*case.office(), *case.sponsors()], _("代表不满意，进入二次办理"))
    case.on_cases(send_back_answer, awaiting=False, why=_("代表对建议的办理结果不满意，建议进入二次办理。"))


def publish(*, suggestion, actor, public_title, summary, public_answer, unmasked=False, at=None):
    """The office publishes a title, a summary and a summary of the answer in its own words, never those of a case.

    ``unmasked``: whoever publishes has seen what ``masking`` finds in it and confirms that it may stay.
    """
    with change(suggestion, "publish", actor=actor, at=at) as case:
        check_masked([public_title, summary, public_answer], unmasked=unmasked)
        case.suggestion.public_title = public_title
        case.suggestion.summary = summary
        case.suggestion.public_answer = public_answer
        case.suggestion.published_at = case.at
        case.record(public_title)


def unpublish(*, suggestion, actor, reason, at=None):
    """Take the published summary down."""
    with change(suggestion, "unpublish", actor=actor, at=at) as case:
        case.suggestion.published_at = None
        case.record(reason)
