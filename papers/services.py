"""Issuing papers. Numbers are gapless per office, kind and Beijing year, and are given under the series row's lock."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from stations.models import Organ, Region, Station

from . import wording
from .models import Paper, Recipient, Series

MARKS = {
    Paper.Kind.HAND_OVER: "人交",
    Paper.Kind.SUPERVISION: "人督",
    Paper.Kind.REPLY: "人复",
    Paper.Kind.REFUSAL: "人告",
    Paper.Kind.CONSULT: "人征",
    Paper.Kind.MINUTES: "人纪",
    Paper.Kind.CIRCULAR: "人通",
}


@dataclass(frozen=True)
class Draft:
    """A paper before it has its number. ``key`` says what it is for: the same key never makes a second paper.

    ``facts`` are terms and their values, set between opening and body; ``sheet`` is a ruled list below the body,
    ``{"heads": [text, …], "rows": [[text, …], …]}``. ``case_number`` names the case that the paper belongs to, whose
    resident may read it where the kind is addressed to residents. ``recipients`` are the units that a paper to many goes
    to, each of which may read it. Nothing of a draft may name a resident.
    """

    kind: str
    office: Region
    addressee: str
    title: str
    body: str
    key: str
    addressee_organ: Organ | None = None
    station: Station | None = None
    by: User | None = None
    addressee_region: Region | None = None
    facts: list[tuple[str, str]] = field(default_factory=list)
    sheet: dict | None = None
    case_number: str = ""
    recipients: list[Organ | Station | Region] = field(default_factory=list)


@transaction.atomic
def issue_all(drafts: list[Draft], *, at: datetime | None = None) -> dict[str, Paper]:
    """Issue many papers at once and return them by key; seven queries at the most, whatever their number.

    The office's wording of the day is put around each body; a later change of it changes no paper that is issued.

    The series rows are locked in one order, so that two issuers never wait for each other, and the lock is held until
    the caller's transaction ends: a number of a transaction that is rolled back is given to the next paper.
    """
    if not drafts:
        return {}
    at = at or timezone.now()
    year = timezone.localdate(at).year
    series = _lock_series({(draft.office.pk, draft.kind) for draft in drafts}, year)
    papers = Paper.objects.in_bulk([draft.key for draft in drafts], field_name="key")
    wordings = wording.of_kinds({draft.kind for draft in drafts})
    made, received = [], []
    for draft in drafts:
        if draft.key not in papers:
            row = series[draft.office.pk, draft.kind]
            row.last += 1
            papers[draft.key] = compose(draft, wordings[draft.kind], number_of(draft, year, row.last), at)
            papers[draft.key].sequence = row.last
            made.append(papers[draft.key])
            received += [(draft.key, unit) for unit in draft.recipients]
    Paper.objects.bulk_create(made)
    Recipient.objects.bulk_create(
        [Recipient(paper=papers[key], **{type(unit).__name__.lower(): unit}) for key, unit in received]
    )
    _keep_last(series.values())
    return papers


def _lock_series(wanted: set[tuple[str, str]], year: int) -> dict[tuple[str, str], Series]:
    """Lock the wanted series of ``year``, making those that do not exist yet; by (office code, kind)."""
    these = Q()
    for kind in {kind for _office_id, kind in wanted}:
        these |= Q(kind=kind, office_id__in=[office_id for office_id, its_kind in wanted if its_kind == kind])
    rows = Series.objects.filter(these, year=year).order_by("pk")
    if rows.count() < len(wanted):
        Series.objects.bulk_create(
            [Series(office_id=office_id, kind=kind, year=year) for office_id, kind in sorted(wanted)],
            ignore_conflicts=True,
        )
    return {(row.office_id, row.kind): row for row in rows.select_for_update()}


def _keep_last(series: Iterable[Series]) -> None:
    """Store the last numbers of series; Django's own bulk_update takes many times as long, and the rows are locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE papers_series AS series SET last = given.last
            FROM unnest(%s::bigint[], %s::integer[]) AS given (id, last) WHERE series.id = given.id
            """,
            [[row.pk for row in series], [row.last for row in series]],
        )


def number_of(draft: Draft, year: int, sequence: int | str) -> str:
    """The number as it is read, e.g. 南大郭镇人督〔2026〕3号."""
    mark = f"{draft.office.name}{MARKS[draft.kind]}"
    return _("%(mark)s〔%(year)s〕%(sequence)s号") % {"mark": mark, "year": year, "sequence": sequence}


def compose(draft: Draft, words: wording.Words, number: str, at: datetime) -> Paper:
    """A paper with its words and its number, not saved and without a sequence; the preview is made of the same."""
    paper = Paper(
        kind=draft.kind,
        office=draft.office,
        year=timezone.localdate(at).year,
        number=number,
        addressee=draft.addressee[:80],
        addressee_organ=draft.addressee_organ,
        addressee_region=draft.addressee_region,
        station=draft.station,
        title=draft.title[:160],
        body=draft.body,
        facts=[[str(term), str(value)] for term, value in draft.facts],
        sheet=draft.sheet,
        case_number=draft.case_number,
        key=draft.key,
        issued_at=at,
        issued_by=draft.by,
    )
    paper.opening, paper.closing, paper.note = words.about(paper)
    return paper
