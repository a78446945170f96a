"""Cases that were dissatisfied twice ask for a meeting with the head of the organ that handled them, by themselves."""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from deputies.models import Deputy
from petitions.models import OVER, Assignment, Petition, Rating, Round
from programmes.models import Meeting, MeetingCase
from programmes.services.meetings import ask

log = logging.getLogger(__name__)

BATCH = 200
TITLE = Meeting._meta.get_field("title").max_length


def ask_for_meetings(at: dt.datetime) -> int:
    """Ask for one meeting for each round that was dissatisfied after another one; returns how many were asked for.

    Each case is a transaction of its own; one that cannot be taken is logged and tried again the next minute.
    """
    return sum(_asked(dissatisfied, at) for dissatisfied in twice_dissatisfied()[:BATCH])


def twice_dissatisfied():
    """The latest dissatisfied rounds of open cases with an earlier one, for which nobody has asked for a meeting yet.

    Where no organ handled the round there is no head to meet. A meeting about the case that is under way, or that was
    asked for or put into minutes after the rating, serves the round.
    """
    rated = Round.objects.filter(rating__result=Rating.Grade.DISSATISFIED)
    of_case = rated.filter(petition=OuterRef("petition"))
    served = MeetingCase.objects.filter(petition=OuterRef("petition")).filter(
        Q(meeting__status__in=Meeting.UNDER_WAY)
        | Q(meeting__asked_at__gte=OuterRef("rating__at"))
        | Q(meeting__minutes_at__gte=OuterRef("rating__at"))
    )
    return (
        rated.exclude(petition__status__in=OVER)
        .filter(Exists(of_case.filter(number__lt=OuterRef("number"))), Exists(_lead(OuterRef("pk"))))
        .exclude(Exists(of_case.filter(number__gt=OuterRef("number"))))
        .exclude(Exists(served))
        .annotate(rated_at=F("rating__at"))
        .order_by("rated_at", "pk")
    )


def _lead(round_key):
    held = Assignment.objects.filter(round=round_key, is_lead=True)
    return held.exclude(state=Assignment.State.RETURNED).order_by("-dispatched_at", "-pk")


def _asked(dissatisfied: Round, at: dt.datetime) -> int:
    try:
        with transaction.atomic():
            # Two sweeps follow one another here, and the second finds nothing left to ask for.
            case = (
                Petition.objects.select_for_update(of=("self",))
                .select_related("station", "deputy")
                .get(pk=dissatisfied.petition_id)
            )
            if not twice_dissatisfied().filter(pk=dissatisfied.pk).exists():
                return 0
            _ask_about(case, dissatisfied, at)
    except Exception:
        # One case that cannot be taken must not hold up all the others.
        log.exception("no meeting could be asked for about %s", dissatisfied.petition_id)
        return 0
    return 1


def _ask_about(case: Petition, dissatisfied: Round, at: dt.datetime) -> None:
    lead = _lead(dissatisfied.pk).select_related("organ").first()
    rated = Round.objects.filter(
        petition=case, rating__result=Rating.Grade.DISSATISFIED, number__lte=dissatisfied.number
    )
    facts = {"number": case.number, "title": case.title, "n": rated.count()}
    ask(
        actor=None,
        organ=lead.organ,
        title=(_("%(title)s（%(n)d次不满意）") % facts)[:TITLE],
        body=_("%(number)s经%(n)d次办理，群众仍不满意，按规定约请承办单位负责人会商。") % facts,
        cases=[case],
        deputies=Deputy.objects.filter(pk=case.deputy_id),
        of_round=dissatisfied.number,
        at=at,
    )
