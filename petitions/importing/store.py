"""Storing a ledger's entries in batches: replied ones closed with their true dates, all others to be screened from now."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from petitions.importing.entries import Entry, Places, RefusedError, judge
from petitions.models import ClockLink, Event, Petition, Proposer, Round, Status, ToCount
from petitions.search import enter_anew
from petitions.services.intake import next_numbers
from stations.models import Station
from supervision import services as supervision
from supervision.models import Duty
from vault.codes import hash_code, make_code
from vault.models import Identity
from vault.services import row_of

SEED = "lianluozhan"
BATCH = 500
NAMESPACE = uuid.UUID("a1f0f0c2-6a53-5c39-9d57-0a6f0f3d2b11")
# One import at a time, whoever starts it.
LOCK = 20_261_124


@dataclass
class Result:
    """What an import did, or would do: refused rows as ``(row number, ledger's number, sentence)``."""

    closed: int = 0
    submitted: int = 0
    already: int = 0
    placed_by_rule: int = 0
    shortened: int = 0
    without_category: int = 0
    refused: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def new(self):
        return self.closed + self.submitted


def import_entries(
    rows: Iterable[tuple[int, dict]], *, places: Places, ledger: str, dry_run: bool = False, at: datetime | None = None
) -> Result:
    """Judge the rows of a ledger and store the sound ones; ``rows`` may be a progress bar. Safe to repeat.

    Each batch of 500 is one transaction. A row whose number in this ledger is known already is left as it is. A dry run
    writes nothing and counts the same.
    """
    at = at or timezone.now()
    result, seen, batch = Result(), {}, []
    for number, row in rows:
        try:
            entry = judge(row, places, ledger=ledger, now=at)
            if entry.key in seen:
                raise RefusedError(_("编号与第%(row)d行重复。") % {"row": seen[entry.key]})
        except RefusedError as refusal:
            result.refused.append((number, str(row["id"])[:40], str(refusal)))
            continue
        seen[entry.key] = number
        batch.append(entry)
        if len(batch) == BATCH:
            _take(batch, places, result, dry_run, at)
            batch = []
    _take(batch, places, result, dry_run, at)
    return result


@transaction.atomic
def _take(batch, places, result, dry_run, at):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    keys = [entry.key for entry in batch]
    known = set(Petition.objects.filter(import_key__in=keys).values_list("import_key", flat=True))
    fresh = [entry for entry in batch if entry.key not in known]
    result.already += len(known)
    result.closed += sum(1 for entry in fresh if entry.reply)
    result.submitted += sum(1 for entry in fresh if not entry.reply)
    result.placed_by_rule += sum(1 for entry in fresh if entry.station is None)
    result.shortened += sum(1 for entry in fresh if entry.shortened)
    result.without_category += sum(1 for entry in fresh if entry.category is None)
    if not dry_run:
        _store(fresh, places, at)


def place_of(entry: Entry, stations: dict[str, Station]) -> Station:
    """The station of an entry: its own, else one chosen by a hash of its key, the same at every import."""
    if entry.station is not None:
        return entry.station
    drawn = int.from_bytes(hashlib.sha256(f"{SEED}:{entry.key}".encode()).digest()[:8])
    return stations[sorted(stations)[drawn % len(stations)]]


def _store(entries, places, at):
    numbers = next_numbers([entry.submitted_at for entry in entries])
    petitions = Petition.objects.bulk_create(
        [_petition(entry, places, number) for entry, number in zip(entries, numbers, strict=True)]
    )
    stored = list(zip(entries, petitions, strict=True))
    identities = [row_of(entry.identity) for entry in entries]
    Identity.objects.bulk_create([identity for identity in identities if identity])
    Proposer.objects.bulk_create(
        [_proposer(petition, identity) for petition, identity in zip(petitions, identities, strict=True)]
    )
    Round.objects.bulk_create([_round(entry, petition) for entry, petition in stored])
    enter_anew(petitions)
    Event.objects.bulk_create([_event(entry, petition, at) for entry, petition in stored])
    ToCount.objects.bulk_create([ToCount(station_id=station) for station in {case.station_id for case in petitions}])
    waiting = [petition for petition in petitions if petition.status == Status.SUBMITTED]
    for petition in waiting:
        petition.stage_clock = supervision.start(
            duty=Duty.SCREEN,
            station=petition.station,
            owner_station=petition.station,
            title=f"{petition.number} {Duty.SCREEN.label}",
            link=petition.get_absolute_url(),
            at=at,
        )
    ClockLink.objects.bulk_create([ClockLink(petition=petition, clock=petition.stage_clock) for petition in waiting])
    Petition.objects.bulk_update(waiting, ["stage_clock"])


def _petition(entry, places, number):
    station = place_of(entry, places.stations)
    closed = {
        "status": Status.CLOSED,
        "closed_how": Petition.ClosedHow.IMPORTED,
        "closed_at": entry.replied_at,
    }
    return Petition(
        number=number,
        station=station,
        region=entry.region or station.region,
        category=entry.category,
        title=entry.title,
        body=entry.body,
        channel=Petition.Channel.IMPORT,
        secrecy=Petition.Secrecy.STATION if entry.identity else Petition.Secrecy.ANONYMOUS,
        submitted_at=entry.submitted_at,
        submission_key=uuid.uuid5(NAMESPACE, entry.key),
        import_key=entry.key,
        **(closed if entry.reply else {}),
    )


def _proposer(petition, identity):
    # Nobody was given a query code; one is drawn and forgotten, so that the case can be opened by none.
    return Proposer(
        petition=petition,
        code_hash=hash_code(petition.number, make_code()),
        joined_at=petition.submitted_at,
        submission_key=petition.submission_key,
        identity=identity,
    )


def _round(entry, petition):
    return Round(
        petition=petition,
        number=1,
        opened_at=entry.submitted_at,
        reply=entry.reply,
        told_at=entry.replied_at,
        closed_at=entry.replied_at,
    )


def _event(entry, petition, at):
    said = [
        _("由历史台账导入，原编号%(number)s。") % {"number": entry.key.partition(":")[2]},
        "" if entry.station else _("地点由导入规则按种子分配，非原始数据。"),
        "" if entry.reply else _("审查期限自导入之时起算。"),
        _("原类别：%(category)s。") % {"category": entry.unknown_category} if entry.unknown_category else "",
        _("标题过长，已截短，全文见内容开头。") if entry.shortened else "",
    ]
    return Event(
        petition=petition,
        at=at,
        action="import",
        to_status=petition.status,
        actor_label=_("历史台账导入"),
        text="".join(said),
        public=False,
    )
