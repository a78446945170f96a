"""What a resident does: submit, join, supplement, withdraw, object; and what an officer enters for them (代录)."""

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.services import count_attempt, number_of_attempt
from deputies.models import Note
from notices.tasks import ring
from petitions.errors import ActionError
from petitions.lifecycle import TABLE
from petitions.models import Petition, Photo, Proposer, Round, Sign, Status, Suspicion
from petitions.permissions import NEIGHBOUR, positions
from petitions.proof import accept_proof
from petitions.search import entry_of
from petitions.services.step import Step, end, step
from petitions.services.together import insert_together
from petitions.suspicion import signs_of
from supervision import services as supervision
from supervision.models import Clock, Duty
from vault.codes import hash_code, make_code
from vault.services import address_of, keep, row_of

SUBMISSIONS_AN_ADDRESS = (20, 60 * 60)  # default: twenty an hour
UNPROVED = 3  # default: so many an hour from one address without a proof of work


def may_submit(*, address):
    """Count one more joining, as a submission, from a network address; False beyond twenty an hour (default)."""
    most, seconds = SUBMISSIONS_AN_ADDRESS
    return count_attempt(f"submit:from:{address}", limit=most, window_seconds=seconds)


def admit(*, address, proof=""):
    """Count one more submission from a network address; return the signs of spam that this gives it, as a list.

    From the fourth within an hour (default) on, a proof of work is asked for. Raises ``ActionError`` beyond twenty.
    """
    most, seconds = SUBMISSIONS_AN_ADDRESS
    number = number_of_attempt(f"submit:from:{address}", window_seconds=seconds)
    if number > most:
        raise ActionError(_("这个网络一小时内提交的太多了，请过一会儿再提交。您填写的内容都还在。"))
    return [] if number <= UNPROVED or accept_proof(proof) else [Sign.UNPROVED]


def next_numbers(moments):
    """A case number for each moment, such as XD-20261124-00042 (Beijing date); from a sequence, so that nobody waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('petition_number') FROM generate_series(1, %s)", [len(moments)])
        drawn = [number for (number,) in cursor.fetchall()]
    return [_number(at, number) for at, number in zip(moments, drawn, strict=True)]


def _number(at, drawn):
    return f"{settings.NUMBER_PREFIX}-{timezone.localdate(at):%Y%m%d}-{drawn:05d}"


def _draw():
    """What a new case needs of the database's sequences: its number, and keys for case, proposer and identity."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT nextval('petition_number'), nextval(pg_get_serial_sequence('petitions_petition', 'id')),
                nextval(pg_get_serial_sequence('petitions_proposer', 'id')),
                nextval(pg_get_serial_sequence('vault_identity', 'id'))
            """
        )
        return cursor.fetchone()


def add_proposer(petition, *, identity, code, submission_key, at, is_first=True, note=""):
    """Store who brought or joined a case: the code as a hash, the identity as a row of the vault (or None)."""
    return Proposer.objects.create(
        petition=petition,
        is_first=is_first,
        code_hash=hash_code(petition.number, code),
        joined_at=at,
        note=note,
        wants_mail=identity is not None and address_of(identity.outside_key) != "",
        submission_key=submission_key,
        identity=identity,
    )


def submit(
    *,
    station,
    region,
    title,
    body,
    secrecy,
    submission_key,
    identity=None,
    channel=Petition.Channel.WEB,
    deputy=None,
    place="",
    category=None,
    nature=Petition.Nature.ORDINARY,
    consent_publish=False,
    draft_key=None,
    note=None,
    signs=(),
    actor=None,
    at=None,
):
    """Take in a new case: case, round, proposer with sealed identity, event, screening clock, notice to the station.

    All of it is one transaction of few statements, since at the end of a campaign a whole county writes at once.

    Returns ``(petition, code)``. The same ``submission_key`` (UUID of one form) sent again returns the case already
    made and ``None``, because a code is shown only once. ``identity`` is a dict of name, phone, address, email, or
    None when anonymous; a case that was told at the desk (``note``) takes the visitor's row of the vault as it is.
    ``signs`` are those of spam that ``admit`` found; what the text of a resident's own form bears is added here.
    Screening term: 2 working days (default). Raises ``ActionError`` when a user enters it who has no part in the station.
    """
    live = at is None
    at = at or timezone.now()
    try:
        with transaction.atomic():
            if live:
                transaction.on_commit(ring, robust=True)
            number, key, proposer_key, identity_key = _draw()
            petition = Petition(
                pk=key,
                number=_number(at, number),
                station=station,
                deputy=deputy,
                region=region,
                place=place,
                category=category,
                title=title,
                body=body,
                channel=channel,
                secrecy=secrecy,
                nature=nature,
                publication=_publication(consent_publish),
                submitted_at=at,
                entered_by=actor,
                note=note,
                submission_key=submission_key,
            )
            code = make_code()
            brought_by = _first_proposer(petition, identity, code, at, proposer_key, identity_key)
            _register(petition, brought_by, draft_key, actor, at, _suspicions(petition, signs))
            return petition, code
    except IntegrityError:
        sent_before = Petition.objects.filter(submission_key=submission_key).first()
        if sent_before is None:
            raise
        return sent_before, None


def _publication(consent):
    return Petition.Publication.CONSENTED if consent else Petition.Publication.PRIVATE


def _first_proposer(petition, identity, code, at, key, identity_key):
    """Who brings a new case, not stored yet; the visitor's row of the vault goes along with one told at the desk."""
    if petition.secrecy == Petition.Secrecy.ANONYMOUS:
        entrusted, mail = None, ""
    elif petition.note:
        entrusted = petition.note.identity
        mail = address_of(entrusted.outside_key) if entrusted else ""
    else:
        entrusted = row_of(identity, pk=identity_key)
        mail = identity.get("email", "") if entrusted else ""
    return Proposer(
        pk=key,
        petition=petition,
        code_hash=hash_code(petition.number, code),
        joined_at=at,
        wants_mail=mail != "",
        submission_key=petition.submission_key,
        identity=entrusted,
    )


def _suspicions(petition, signs):
    """The flag that a new case bears, not stored yet, as a list: none for what staff entered, nor where nothing is odd."""
    if petition.entered_by_id is None and petition.channel == Petition.Channel.WEB:
        signs = [*signs, *signs_of(petition.title, petition.body)]
    return [Suspicion(petition=petition, signs=signs, found_at=petition.submitted_at)] if signs else []


def _register(petition, proposer, draft_key, actor, at, suspicions):
    """Store a new case with everything that belongs to it, and tell who has to know."""
    if actor is not None and not positions(petition, actor) & set(TABLE["submit"].actors):
        raise ActionError(_("您不能为这个联络站录入群众意见。"))
    label = _("反映人") if actor is None else petition.station.name
    case = Step(petition=petition, action="submit", at=at, actor=actor, proposer=proposer, label=label)
    petition.stage_clock = case.clock(Duty.SCREEN, owner_station=petition.station)
    new_identity = [proposer.identity] if proposer.identity is not None and proposer.identity._state.adding else []
    insert_together(
        *new_identity,
        petition,
        proposer,
        Round(petition=petition, number=1, opened_at=at),
        case.link_to(petition.stage_clock),
        entry_of(petition),
        *suspicions,
        *case.records(_told_at(petition.note) if petition.note else ""),
    )
    if draft_key is not None:
        attach_photos(petition, draft_key)
    if not _settled_at_the_desk(petition.note):
        _announce(case)


def _settled_at_the_desk(note):
    """Whether a case was answered, or taken over by an organ, where it was told: then nobody has to screen it."""
    return note is not None and (note.outcome == Note.Outcome.ANSWERED or note.organ_id is not None)


def _told_at(note):
    day = date_format(note.reception.date, "Y年n月j日")
    return _("来自%(day)s接待日（%(station)s）。") % {"day": day, "station": note.reception.station.name}


def _announce(case):
    """Tell the station and the deputy it is addressed to that there is something to screen, and the resident until when."""
    petition = case.petition
    addressed = [petition.deputy.user] if petition.deputy is not None and petition.deputy.user is not None else []
    case.send(
        [
            case.notice([*case.officers(), *addressed], _("收到新的群众意见，请审查受理")),
            *case.letters_to([case.proposer], "received", days=petition.stage_clock.length),
        ]
    )


def attach_photos(petition, draft_key):
    """Give the photos of a draft to the case that was made of it."""
    Photo.objects.filter(draft_key=draft_key).update(petition=petition, draft_key=None)


def join(*, petition, note, identity, submission_key, at=None):
    """Join another resident's open case (附议): told everything, with a code of their own.

    Returns ``(proposer, code)``, or the proposer already made and ``None`` when the same form is sent again.
    """
    with step(petition, "join", held={NEIGHBOUR}, at=at) as case:
        known = Proposer.objects.filter(submission_key=submission_key).first()
        if known is not None:
            return known, None
        code = make_code()
        proposer = add_proposer(
            case.petition,
            identity=keep(identity),
            code=code,
            submission_key=submission_key,
            at=case.at,
            is_first=False,
            note=note,
        )
        case.label = _("附议群众")
        case.record(public=True)
        case.tell(case.officers(), _("又有群众附议"))
    return proposer, code


def supplement(*, petition, proposer, text, draft_key=None, at=None):
    """The resident adds what was asked; the screening clock runs on, without the days of waiting."""
    with step(petition, "supplement", proposer=proposer, at=at) as case:
        if draft_key is not None:
            attach_photos(case.petition, draft_key)
        supervision.stop(case.petition.stage_clock, at=case.at)
        screening = Clock.objects.running().get(petition_link__petition=case.petition, duty=Duty.SCREEN)
        supervision.resume(screening, at=case.at)
        case.petition.stage_clock = screening
        case.move(Status.SUBMITTED)
        case.record(text)
        case.tell(case.officers(), _("群众已补充情况"))


def withdraw(*, petition, proposer, reason, at=None):
    """The resident takes the case back; whoever works on it is told."""
    with step(petition, "withdraw", proposer=proposer, at=at) as case:
        end(case, Status.WITHDRAWN)
        case.record(reason)
        case.tell([*case.officers(), *case.heads()], _("群众已撤回"))
        case.tell_residents("withdrawn")


def object_to(*, petition, proposer, reason, at=None):
    """The one objection against refusal, signposting, merging or one's own withdrawal; the case is screened anew."""
    with step(petition, "object_to", proposer=proposer, at=at) as case:
        case.petition.objected = True
        case.petition.merged_into = None
        case.petition.refusal_reason = ""
        case.petition.right_channel = ""
        # The same round goes on: nothing was handled yet that a second round could be compared with.
        case.petition.rounds.filter(number=case.petition.current_round).update(closed_at=None)
        case.stage(Duty.SCREEN, owner_station=case.petition.station)
        case.move(Status.SUBMITTED)
        case.record(reason)
        case.tell([*case.officers(), *case.heads()], _("群众提出异议，请重新审查"))
