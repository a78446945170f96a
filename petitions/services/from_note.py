"""A note of the reception desk becomes a case: one press, one transaction."""

import uuid

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deputies.models import Note
from deputies.permissions import receivable_receptions
from petitions.errors import ActionError
from petitions.models import Outcome, Petition, Status, township_of
from petitions.services.handling import assign, promise
from petitions.services.intake import submit
from petitions.services.letters import issue_hand_overs
from petitions.services.photos import store
from petitions.services.screening import answer_on_spot
from petitions.services.step import step

# Two presses of one note are one form sent twice.
NAMESPACE = uuid.UUID("5f3b1c0e-8d0a-5c55-9b61-6f2f8d7f4a10")


def petition_of(*, note, actor, nature=Petition.Nature.ORDINARY, at=None):
    """Make a reception note a case (转为群众意见); returns ``(petition, code)``, the code None where it is one already.

    The note's words, photos, secrecy and its visitor's row of the vault go along; nobody reads who it is. What was
    answered at the desk is told as the answer, which the resident rates; what an organ of a joint reception took over
    goes to that organ; everything else is screened by the station. All of it or nothing. Raises ``ActionError`` for
    whoever may not write at that desk, for a matter that asks for no answer, and for an organ that was not there.
    """
    with transaction.atomic():
        note = (
            Note.objects.select_for_update(of=("self",))
            .select_related("reception__station__region__parent", "deputy", "region", "organ", "identity")
            .get(pk=note.pk)
        )
        made = Petition.objects.filter(note=note).first()
        if made is not None:
            return made, None
        _check(note, actor)
        petition, code = _submitted(note, actor, nature, at)
        _copy_photos(note, petition)
        if note.outcome == Note.Outcome.ANSWERED:
            # What could be settled at once is; whether it truly is, the visitor's rating says.
            answer_on_spot(petition=petition, actor=actor, text=note.answer, outcome=Outcome.RESOLVED, at=at)
        elif note.organ is not None:
            accept_on_spot(petition=petition, actor=actor, nature=nature, at=at)
        petition.refresh_from_db()
        return petition, code


def _check(note, actor):
    if not receivable_receptions(actor).filter(pk=note.reception_id).exists():
        raise ActionError(_("只有联络站的工作人员和当天轮值的代表可以把接待记录转为群众意见。"))
    if note.outcome == Note.Outcome.HEARD:
        raise ActionError(_("来访人不要求答复，这条记录不转为群众意见；需要办理的，请先改记录的“处理”。"))
    if note.organ is not None and not note.reception.organs.filter(pk=note.organ_id).exists():
        raise ActionError(_("%(organ)s没有参加这次接待，不能现场受理。") % {"organ": note.organ.name})


def _submitted(note, actor, nature, at):
    station = note.reception.station
    return submit(
        station=station,
        deputy=note.deputy,
        region=note.region or township_of(station),
        title=note.topic,
        body=note.words,
        secrecy=note.secrecy,
        submission_key=uuid.uuid5(NAMESPACE, str(note.key)),
        channel=Petition.Channel.RECEPTION,
        nature=nature,
        note=note,
        actor=actor,
        at=at,
    )


def _copy_photos(note, petition):
    """Give the case pictures of its own, so that each side may remove its own."""
    pictures = []
    for picture in note.photos.all():
        with picture.file.open() as file:
            pictures.append((file.read(), (picture.width, picture.height)))
    store(pictures, petition=petition)


def accept_on_spot(*, petition, actor, nature=Petition.Nature.ORDINARY, at=None):
    """The organ at the desk of a joint reception takes the case over there and then (现场受理).

    Screening and hand-over fall away: the organ's part begins signed in, its answer clock runs, and what it promised
    with a date becomes a commitment with a clock. Recorded by whoever writes at the desk; the organ's people are told.
    """
    with step(petition, "accept_on_spot", actor=actor, at=at) as case:
        note = case.petition.note
        case.petition.nature = nature
        case.petition.accepted_at = case.at
        case.stage()
        case.move(Status.HANDLING)
        part = assign(case, note.organ, is_lead=True, instruction=note.proposal, on_spot=True)
        issue_hand_overs(case, [part])
        taken = _("%(organ)s在联合接待时现场受理。") % {"organ": note.organ.name}
        if note.promised_on is not None:
            promise(case, note.organ, text=note.promise, on=note.promised_on)
            facts = {"day": date_format(note.promised_on, "Y年n月j日"), "what": note.promise}
            taken += _("现场承诺在%(day)s前办成：%(what)s。") % facts
        case.record(taken)
        case.tell(case.heads(), _("承办单位已现场受理"), taken)
        case.tell_residents("taken_on_spot", taken)
