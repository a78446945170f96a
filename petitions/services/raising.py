"""A case raised to a deputy's suggestion, and the suggestion's answer."""

from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.models import Deputy
from petitions.errors import ActionError
from petitions.models import Status, Suggestion
from petitions.services.handling import promised
from petitions.services.step import recall_assignments, step
from supervision import services as supervision
from supervision.models import Duty
from workdays.services import spoken


def raise_suggestion(*, petition, actor, organ, title, body, at=None):
    """A deputy raises a case to a suggestion; assignments are recalled, the organ answers in 3 calendar months.

    Deputies Law 2025, art. 51. Raises ``ActionError`` when the actor holds no mandate in force.
    """
    with step(petition, "raise_suggestion", actor=actor, at=at) as case:
        deputy = Deputy.objects.in_office(timezone.localdate(case.at)).filter(user=actor).first()
        if deputy is None:
            raise ActionError(_("只有在任的人大代表可以提出代表建议。"))
        recall_assignments(case)
        case.stage()
        clock = case.start_clock(Duty.SUGGESTION, owner_organ=organ)
        Suggestion.objects.create(
            petition=case.petition,
            deputy=deputy,
            organ=organ,
            title=title,
            body=body,
            raised_at=case.at,
            clock=clock,
        )
        case.move(Status.TRACKING)
        facts = {"organ": organ.name, "date": spoken(clock.due_on)}
        case.record(_("转为代表建议，由%(organ)s在%(date)s前答复。") % facts)
        case.tell([*case.people_of(organ), *case.committee()], _("已转为代表建议，请答复"))
        case.tell_residents(_("代表已将此事提为代表建议"))


def answer_suggestion(*, petition, actor, suggestion, answer, outcome, promise="", promised_on=None, at=None):
    """The committee enters the organ's answer to the suggestion; it is reviewed and told like any other reply."""
    with step(petition, "answer_suggestion", actor=actor, target=suggestion, at=at) as case:
        promised_on, promise = promised(outcome, promise, promised_on, timezone.localdate(case.at))
        case.target.answer = answer
        case.target.outcome = outcome
        case.target.promise = promise
        case.target.promised_on = promised_on
        case.target.answered_at = case.at
        case.target.save(update_fields=["answer", "outcome", "promise", "promised_on", "answered_at"])
        # As with an organ's reply: days of review are not the organ's, and an answer sent back starts no new term.
        supervision.pause(case.target.clock, why=_("答复待审核"), at=case.at)
        case.stage(Duty.REVIEW, owner_station=case.petition.station)
        case.move(Status.REVIEWING)
        case.record(_("代表建议已答复。"))
        case.tell(case.heads(), _("代表建议已答复，请审核"))


def send_back_answer(*, petition, actor, suggestion, why, at=None):
    """Send a suggestion's answer back: the organ answers again, in what is left of its term."""
    with step(petition, "send_back_answer", actor=actor, target=suggestion, at=at) as case:
        case.target.answered_at = None
        case.target.save(update_fields=["answered_at"])
        supervision.resume(case.target.clock, at=case.at)
        case.stage()
        case.move(Status.TRACKING)
        case.record(_("代表建议的答复被退回：%(why)s") % {"why": why}, public=False)
        case.tell([*case.people_of(case.target.organ), *case.committee()], _("代表建议的答复被退回，请重新答复"), why)
