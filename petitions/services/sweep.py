"""The petitions' own sweep: what must follow from clocks and mandates is found here, level-triggered."""

import logging

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from petitions.errors import ActionError
from petitions.models import Petition, RefusalReason, Status, Suggestion
from petitions.services.closing import close_unrated
from petitions.services.photos import discard_drafts
from petitions.services.screening import refuse
from petitions.services.step import step
from petitions.services.suggestions import close_unrated as close_unrated_suggestion
from petitions.services.suspicions import find_repeated

log = logging.getLogger(__name__)

BATCH = 200


def sweep(*, at=None):
    """Refuse what was not supplemented, go on with what was not rated, hand on cases of ended mandates.

    Suggestions that their deputies did not rate are closed, too; what was sent again and again is flagged. Returns how
    many it moved or flagged.

    Whatever is past its date and not yet done, whether the machine was off for a minute or a week. Each case is a
    transaction of its own; one that moved on meanwhile is left alone.
    """
    at = at or timezone.now()
    done = 0
    for petition in _run_out(Status.NEEDS_INFO, at):
        done += _unless_moved_on(
            refuse,
            petition=petition,
            reason=RefusalReason.NO_ANSWER,
            text=RefusalReason.objects.get(code=RefusalReason.NO_ANSWER).sentence,
            right_channel="",
            at=at,
        )
    for petition in _run_out(Status.RATING, at):
        done += _unless_moved_on(close_unrated, petition=petition, at=at)
    for petition in Petition.objects.without_deputy_in_office(timezone.localdate(at))[:BATCH]:
        done += _unless_moved_on(hand_on, petition=petition, at=at)
    for suggestion in _unrated_suggestions(at):
        done += _close_suggestion(suggestion, at)
    return done + find_repeated(at=at) + discard_drafts(at=at)


def _run_out(status, at):
    today = timezone.localdate(at)
    return Petition.objects.filter(status=status, stage_clock__due_on__lt=today, stage_clock__stopped_at=None).order_by(
        "stage_clock__due_on"
    )[:BATCH]


def _unrated_suggestions(at):
    ran_out = {"stage_clock__due_on__lt": timezone.localdate(at), "stage_clock__stopped_at": None}
    return Suggestion.objects.filter(status=Suggestion.Status.ANSWERED, **ran_out).order_by("stage_clock__due_on")[
        :BATCH
    ]


def _close_suggestion(suggestion, at):
    """Close one that its deputy did not rate, unless another answer or a rating came in between."""
    found = Suggestion.objects.filter(pk=suggestion.pk, status=suggestion.status, stage_clock=suggestion.stage_clock_id)
    try:
        with transaction.atomic():
            if found.select_for_update(of=("self",)).first() is None:
                return 0
            close_unrated_suggestion(suggestion=suggestion, at=at)
    except Exception:
        log.exception("the sweep could not close %s", suggestion.number)
        return 0
    return 1


def _unless_moved_on(action, *, petition, **facts):
    try:
        with transaction.atomic():
            if not _stands_as_found(petition):
                return 0
            action(petition=petition, **facts)
    except ActionError:
        return 0
    except Exception:
        # One case that cannot be moved must not hold up all the others; it is tried again the next minute.
        log.exception("the sweep could not move %s", petition.number)
        return 0
    return 1


def _stands_as_found(petition):
    """Lock the case and say whether it stands where it stood when it was found.

    The table alone would not tell: a case supplemented in this very second may be refused, too, but not for that reason.
    """
    found = Petition.objects.filter(pk=petition.pk, status=petition.status, stage_clock=petition.stage_clock_id)
    return found.select_for_update(of=("self",)).first() is not None


def hand_on(*, petition, at=None):
    """Hand an open case of a deputy without a mandate on to the station's head, who is told."""
    with step(petition, "hand_on", at=at) as case:
        former = case.petition.deputy
        case.petition.deputy = None
        case.record(_("代表%(name)s的代表资格已终止或暂停，由联络站继续办理。") % {"name": former.name})
        case.tell(case.heads(), _("代表资格终止，此件由您接续"))
