"""What a station's self-inspection found becomes an item: pressed by a clock, and verified by its township's office."""

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from petitions.models import township_of
from programmes.errors import ProgrammeError
from programmes.models import Item
from programmes.services.items import raise_items, report
from stations.models import Finding
from supervision.services import MOST_YEARS
from workdays.services import spoken

BATCH = 100


def take_over_findings(at: dt.datetime | None = None) -> int:
    """Make items of what is not put right yet, and report those that the station has put right; return how many.

    An item's due date is that of the finding, also where it has passed: it is overdue then. Safe in many processes at
    once; each batch is one transaction.
    """
    taken = 0
    while batch := _raise_batch(at):
        taken += batch
    return taken + _report_fixed(at)


@transaction.atomic
def _raise_batch(at) -> int:
    """One batch of findings that are no items yet, locked; another process takes other ones."""
    # A slip of the pen of former days, to which no clock can run, must not hold up all others.
    reachable = dt.date(timezone.localdate(at).year + MOST_YEARS, 12, 31)
    waiting = Finding.objects.open().filter(item=None, fix_by__lte=reachable)
    open_ones = waiting.order_by("pk").select_for_update(of=("self",), skip_locked=True)
    keys = [finding.pk for finding in open_ones[:BATCH]]
    # What another process has taken while this one waited for nothing, but read a moment too early.
    keys = set(keys) - set(Item.objects.filter(finding__in=keys).values_list("finding", flat=True))
    findings = Finding.objects.filter(pk__in=keys).select_related("inspection__station__region__parent").order_by("pk")
    by_township = defaultdict(list)
    for finding in findings:
        by_township[township_of(finding.inspection.station)].append(_spec(finding))
    for township, specs in by_township.items():
        raise_items(specs=specs, region=township, at=at)
    return len(keys)


def _spec(finding):
    found_on = spoken(finding.inspection.inspected_on)
    return {
        "finding": finding,
        "kind": Item.Kind.FINDING,
        "title": _("自查整改：%(asked)s") % {"asked": finding.asked[:70]},
        "demand": _("%(date)s自查发现：%(text)s") % {"date": found_on, "text": finding.text},
        "owner_station": finding.inspection.station,
        "due_on": finding.fix_by,
    }


def _report_fixed(at) -> int:
    """Report what the station has recorded as put right, once; what is then sent back is reported by the station."""
    fixed = Item.objects.filter(finding__fixed_on__isnull=False, status=Item.Status.OPEN, reported_at=None)
    count = 0
    for item in fixed.select_related("finding"):
        try:
            report(item=item, text=_put_right(item.finding), at=at)
            count += 1
        except ProgrammeError:
            # Reported by the station itself in this very moment.
            continue
    return count


def _put_right(finding):
    facts = {"who": finding.fixed_by_name, "date": spoken(finding.fixed_on), "note": finding.fixed_note}
    return _("%(who)s登记于%(date)s整改完成。%(note)s") % facts
