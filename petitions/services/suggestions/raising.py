"""A suggestion comes and goes: raised by a deputy, handed back by the office, withdrawn, a name taken off it."""

from contextlib import ExitStack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deputies.models import Deputy
from notices.tasks import ring
from petitions.errors import ActionError
from petitions.models import Suggestion, SuggestionPart
from petitions.services.raising import end_suggestion, take_up
from petitions.services.step import step
from petitions.services.suggestions.change import Change, change, label_of, next_number
from petitions.suggestion_permissions import LEAD, deputy_of, offices_of
from supervision.models import Duty


@transaction.atomic
def raise_suggestion(
    *, actor, region, title, body, submission_key, petitions=(), cluster=None, co_sponsors=(), at=None
):
    """A deputy raises a suggestion from a case, a cluster of cases or from nothing, and gives it to an office (``region``).

    Cases go into tracking until it is answered. Returns the suggestion; a second call with the same ``submission_key``
    returns the first. Raises ``ActionError`` when the actor holds no mandate in force, when the office is not that of a
    congress they sit in, when a co-sponsor is not in office, and when a case cannot be raised now.
    """
    now = at or timezone.now()
    day = timezone.localdate(now)
    # One deputy's forms follow one another, so that two of the same key cannot both find nothing.
    list(Deputy.objects.select_for_update(of=("self",)).filter(user=actor))
    sent_before = Suggestion.objects.filter(submission_key=submission_key, deputy__user=actor).first()
    if sent_before is not None:
        return sent_before
    with ExitStack() as steps:
        cases = [
            steps.enter_context(step(petition, "raise_suggestion", actor=actor, at=now))
            for petition in sorted(petitions, key=lambda petition: petition.pk)
        ]
        deputy = deputy_of(actor, day)
        sponsors = [one for one in dict.fromkeys(co_sponsors) if one != deputy]
        _require_in_office(deputy, sponsors, region, day)
        suggestion = Suggestion.objects.create(
            number=next_number(now),
            deputy=deputy,
            region=region,
            title=title,
            body=body,
            cluster=cluster,
            raised_at=now,
            submission_key=submission_key,
        )
        suggestion.co_sponsors.set(sponsors)
        raised = Change(suggestion, "raise_suggestion", now, actor, label_of(suggestion, actor, {LEAD}))
        raised.stage(Duty.HAND_OVER, owner_region=region)
        suggestion.save(update_fields=["stage_clock"])
        raised.record(_("请%(place)s交办。") % {"place": region.name})
        raised.tell(raised.office(), _("新的代表建议，请交办"))
        raised.tell([one.user for one in sponsors], _("已列您为联名代表，交办前可以撤回联名"))
        for case in cases:
            take_up(case, suggestion)
    if at is None:
        transaction.on_commit(ring, robust=True)
    return suggestion


def _require_in_office(deputy, sponsors, region, day):
    if deputy is None:
        raise ActionError(_("只有在任的人大代表可以提出代表建议。"))
    if not offices_of(deputy, day).filter(pk=region.pk).exists():
        raise ActionError(_("代表建议应当向您所在的本级人大提出，%(place)s不在其中。") % {"place": region.name})
    for one in sponsors:
        if not one.mandates.in_force(day).exists():
            raise ActionError(_("%(name)s不是在任的人大代表，不能联名。") % {"name": one.name})


def drop_name(*, suggestion, actor, at=None):
    """A co-sponsor takes their name off the suggestion, as long as it has not been handed over."""
    with change(suggestion, "drop_name", actor=actor, at=at) as case:
        case.suggestion.co_sponsors.remove(*case.suggestion.co_sponsors.filter(user=actor))
        case.record()
        case.tell([case.suggestion.deputy.user], _("%(name)s撤回联名") % {"name": actor.name})


def return_to_deputy(*, suggestion, actor, why, at=None):
    """The office gives back what is no matter for a suggestion, with its reason; linked cases go on at the station."""
    with change(suggestion, "return_to_deputy", actor=actor, at=at) as case:
        end(case, Suggestion.Status.RETURNED, why)
        case.record(why)
        case.tell(case.sponsors(), _("建议已退回，不作为代表建议办理"), why)


def withdraw(*, suggestion, actor, why, at=None):
    """The lead deputy withdraws the suggestion before it is answered; what organs have of it is taken back."""
    with change(suggestion, "withdraw", actor=actor, at=at) as case:
        told = list(case.office())
        for part in SuggestionPart.objects.current().filter(round=case.round).select_related("organ"):
            told += case.people_of(part.organ)
        SuggestionPart.objects.current().filter(round=case.round).update(state=SuggestionPart.State.RECALLED)
        end(case, Suggestion.Status.WITHDRAWN, why)
        case.record(why)
        case.tell(dict.fromkeys(told), _("代表已撤回建议，不再需要办理"), why)


def end(case, status, why):
    """Bring a suggestion to an end without an answer: nothing runs on, and its cases wait for hand-over."""
    case.stop_all_clocks()
    case.suggestion.end_reason = why
    case.suggestion.closed_at = case.at
    case.move(status)
    reasons = {
        Suggestion.Status.RETURNED: _("建议%(number)s没有作为代表建议办理：%(why)s"),
        Suggestion.Status.WITHDRAWN: _("代表撤回建议%(number)s：%(why)s"),
    }
    said = reasons[status] % {"number": case.suggestion.number, "why": why}
    case.on_cases(end_suggestion, awaiting=True, why=said)
