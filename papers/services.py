"""Issuing papers. Numbers are gapless per office, kind and Beijing year, and are given under the series row's lock."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from stations.models import Organ, Region, Station

from .models import Paper, Series

MARKS = {Paper.Kind.SUPERVISION: "人督"}


@dataclass(frozen=True)
class Draft:
    """A paper before it has its number. ``key`` says what it is for: the same key never makes a second paper."""

    kind: str
    office: Region
    addressee: str
    title: str
    body: str
    key: str
    addressee_organ: Organ | None = None
    station: Station | None = None
    by: User | None = None


@transaction.atomic
def issue_all(drafts: list[Draft], *, at: datetime | None = None) -> dict[str, Paper]:
    """Issue many papers at once and return them by key; five queries, whatever their number.

    The series rows are locked in one order, so that two issuers never wait for each other, and the lock is held until
    the caller's transaction ends: a number of a transaction that is rolled back is given to the next paper.
    """
    if not drafts:
        return {}
    at = at or timezone.now()
    year = timezone.localdate(at).year
    series = _lock_series({(draft.office.pk, draft.kind) for draft in drafts}, year)
    papers = Paper.objects.in_bulk([draft.key for draft in drafts], field_name="key")
    made = []
    for draft in drafts:
        if draft.key not in papers:
            row = series[draft.office.pk, draft.kind]
            row.last += 1
            papers[draft.key] = _number(draft, year, row.last, at)
            made.append(papers[draft.key])
    Paper.objects.bulk_create(made)
    Series.objects.bulk_update(series.values(), ["last"])
    return papers


def _lock_series(wanted: set[tuple[str, str]], year: int) -> dict[tuple[str, str], Series]:
    """Lock the wanted series of ``year``, making those that do not exist yet; by (office code, kind)."""
    these = Q()
    for office_id, kind in wanted:
        these |= Q(office_id=office_id, kind=kind, year=year)
    rows = Series.objects.filter(these).order_by("pk")
    if rows.count() < len(wanted):
        Series.objects.bulk_create(
            [Series(office_id=office_id, kind=kind, year=year) for office_id, kind in sorted(wanted)],
            ignore_conflicts=True,
        )
    return {(row.office_id, row.kind): row for row in rows.select_for_update()}


def _number(draft: Draft, year: int, sequence: int, at: datetime) -> Paper:
    """Put the number on a draft, e.g. 南大郭镇人督〔2026〕3号."""
    mark = f"{draft.office.name}{MARKS[draft.kind]}"
    return Paper(
        kind=draft.kind,
        office=draft.office,
        year=year,
        sequence=sequence,
        number=_("%(mark)s〔%(year)s〕%(sequence)s号") % {"mark": mark, "year": year, "sequence": sequence},
        addressee=draft.addressee[:80],
        addressee_organ=draft.addressee_organ,
        station=draft.station,
        title=draft.title[:160],
        body=draft.body,
        key=draft.key,
        issued_at=at,
        issued_by=draft.by,
    )
