"""What the station does with a new case: ask, accept, refuse, signpost, merge, or answer at once."""

from django.db import transaction
from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.models import OVER, PROMISING, Petition, RefusalReason, Status
from petitions.services.letters import issue_refusal
from petitions.services.step import end, step
from supervision import services as supervision
from supervision.models import Duty, Severity


def ask_info(*, petition, actor, question, at=None):
    """Ask the resident for what is missing: 10 working days (default), meanwhile the screening clock stands still."""
    with step(petition, "ask_info", actor=actor, at=at) as case:
        supervision.pause(case.petition.stage_clock, why=_("等待群众补充情况"), at=case.at)
        case.petition.stage_clock = case.start_clock(Duty.SUPPLEMENT)
        case.move(Status.NEEDS_INFO)
        case.record(question)
        case.tell_residents("info_asked", question)


def accept(*, petition, actor, nature, severity=Severity.ORDINARY, category=None, note="", at=None):
    """Accept a case: nature decides the answer term, severity the first rung; 3 working days to hand over."""
    with step(petition, "accept", actor=actor, at=at) as case:
        case.petition.nature = nature
        case.petition.severity = severity
        case.petition.category = category or case.petition.category
        case.petition.accepted_at = case.at
        case.stage(Duty.HAND_OVER, owner_station=case.petition.station)
        case.move(Status.ACCEPTED)
        case.record(note)
        case.tell(case.heads(), _("已受理，请交办"))
        case.tell_residents("accepted")


def refuse(*, petition, reason, text, right_channel, actor=None, at=None):
    """Refuse a case with reason code, sentence and right channel; the resident reads all three, may object once.

    ``actor`` None is the system, refusing what was not supplemented in its term.
    """
    with step(petition, "refuse", actor=actor, at=at) as case:
        end(case, Status.REFUSED)
        case.petition.refusal_reason = reason
        case.petition.right_channel = right_channel
        issue_refusal(case, text=text)
        case.record(text)
        # A report on a person is explained on its first proposer's own page only, in no mail and to nobody who joined.
        case.tell_residents("refused", "" if reason == RefusalReason.DISCIPLINE else text)


def signpost(*, petition, actor, text, right_channel, at=None):
    """Tell the resident which channel is the right one (信访, 12345, court and so on) and why."""
    with step(petition, "signpost", actor=actor, at=at) as case:
        end(case, Status.SIGNPOSTED)
        case.petition.right_channel = right_channel
        case.record(text)
        # Why is told on the first proposer's own page only: the right channel may say whom it is about.
        case.tell_residents("signposted")


@transaction.atomic
def merge(*, petition, actor, into, note="", at=None):
    """Merge a case into another of the same matter: its query code leads on, and each proposer is answered.

    Raises ``ActionError`` when the other case is this one, is itself merged, or is over without an answer.
    """
    # Both in one order, so that two cases are never merged into each other at the same moment.
    list(Petition.objects.select_for_update().filter(pk__in=[petition.pk, into.pk]).order_by("pk"))
    with step(petition, "merge", actor=actor, at=at) as case:
        main = Petition.objects.visible_to(actor).filter(pk=into.pk).first()
        if main is None or main.pk == case.petition.pk:
            raise ActionError(_("请选择另一件您能看到的意见作为主件。"))
        if main.status in OVER and main.status != Status.CLOSED:
            raise ActionError(_("主件%(number)s已经终止，不能并入。") % {"number": main.number})
        end(case, Status.MERGED)
        case.petition.merged_into = main
        # Whoever was merged into this case goes on to the main one, so that no chain grows.
        case.petition.merged.update(merged_into=main)
        case.record(_("并入%(number)s。%(note)s") % {"number": main.number, "note": note})
        case.tell_residents("merged")


def answer_on_spot(*, petition, actor, text, outcome, at=None):
    """Answer without an organ, as a deputy or the station can (当场答复): the resident rates it like any other answer.

    Raises ``ActionError`` for an outcome that promises something, since a promise needs an organ that keeps it.
    """
    with step(petition, "answer_on_spot", actor=actor, at=at) as case:
        if outcome in PROMISING:
            raise ActionError(_("当场答复不能作出承诺；需要以后办理的，请受理后交办。"))
        case.petition.accepted_at = case.petition.accepted_at or case.at
        tell_answer(case, text=text, outcome=outcome)
        case.record(text)


def tell_answer(case, *, text, outcome):
    """Give the round its answer and ask the resident to judge it: 10 working days (default)."""
    current = case.round
    current.reply = text
    current.outcome = outcome
    current.told_at = case.at
    current.save(update_fields=["reply", "outcome", "told_at"])
    case.changes_entry = True
    case.petition.outcome = outcome
    case.stage(Duty.RATE)
    case.move(Status.RATING)
    case.tell_residents("answered", text)
