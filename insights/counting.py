"""Counting the figures of stations from their cases, by the conditions of ``petitions.measures``, and keeping them.

A station is always counted anew, whole: nothing is added up on the way, so nothing can be added twice or missed. What is
kept is compared with what is counted, and only what differs is written, so that a count of everything is its own proof.
"""

import datetime as dt
from collections.abc import Iterator
from time import monotonic

from django.db import OperationalError, connection, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from insights import tallying
from insights.errors import LedgerError
from insights.tallying import Difference
from petitions.models import Assignment, Commitment, ToCount
from stations.models import Station
from supervision.models import Heartbeat
from workdays.calendar import BEIJING

# One counts at a time, whoever began it: a minute's sweep, the night's, or a command.
LOCK = 20_261_130
BATCH = 500  # stations in a transaction: each reads the large tables once, whoever it counts
COUNTED, FELL_DUE = "figures", "figures-fell-due"


def sweep(*, at: dt.datetime | None = None) -> int:
    """Count the stations anew whose cases changed since they were counted; returns how many. Safe to run twice at once.

    Each batch of stations is one transaction, in which their rows of ``ToCount`` are taken away first: what changes
    meanwhile leaves a row of its own, and whoever is killed leaves all as it was.
    """
    at = at or timezone.now()
    today, began, handled = timezone.localdate(at, BEIJING), monotonic(), 0
    note_what_fell_due(today)
    # What comes while it runs is for the next sweep, so that each ends.
    last = ToCount.objects.aggregate(last=Max("pk"))["last"] or 0
    while counted := _work_off(last, today):
        handled += counted
    took_ms = int((monotonic() - began) * 1000)
    Heartbeat.objects.update_or_create(name=COUNTED, defaults={"at": at, "took_ms": took_ms, "handled": handled})
    return handled


def count_place(code: str) -> None:
    """Count now what waits of the stations of a place, by the code of its region.

    Raises ``LedgerError`` while another count of them takes longer than this one may wait for it.
    """
    today, last = timezone.localdate(timezone=BEIJING), ToCount.objects.aggregate(last=Max("pk"))["last"] or 0
    try:
        note_what_fell_due(today)
        while _work_off(last, today, station__region__code__startswith=code):
            pass
    except OperationalError:
        raise LedgerError(_("统计正在进行，请过一两分钟再试。")) from None


@transaction.atomic
def _work_off(last, today, **where):
    _one_at_a_time()
    waiting = ToCount.objects.filter(pk__lte=last, **where).order_by("station")
    stations = list(waiting.values_list("station", flat=True).distinct()[:BATCH])
    if stations:
        # What was noted since stays: it may have fallen due on the day after this one.
        ToCount.objects.filter(station__in=stations, pk__lte=last).delete()
        tallying.compare(stations, today)
        tallying.put_right()
    return len(stations)


def count_all_soon() -> int:
    """Have every station counted anew by the sweeps that follow, such as at night; returns how many.

    The night brings in what no step of a case tells of: due dates that moved with the calendar or with a term.
    """
    return _to_count(Station.objects.all())


def recount(*, write: bool, today: dt.date | None = None) -> Iterator[Difference]:
    """Count all stations and yield what was kept otherwise, putting it right where ``write``; a batch a transaction.

    ``today`` is the Beijing date by which things have fallen due. Stations with changes that no sweep has counted yet
    are no proof of anything: where nothing is written, they are passed over.
    """
    today = today or timezone.localdate(timezone=BEIJING)
    stations = list(Station.objects.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(stations), BATCH):
        with transaction.atomic():
            _one_at_a_time()
            batch = stations[first : first + BATCH]
            tallying.compare(batch, today)
            found = list(tallying.differences())
            if write:
                tallying.put_right()
            # Asked after counting: what was committed in between has left its row here.
            waiting = set(ToCount.objects.filter(station__in=batch).values_list("station", flat=True))
        yield from (each for each in found if write or each.of["station_id"] not in waiting)


def uncounted() -> int:
    """How many stations have changes that no sweep has counted yet."""
    return ToCount.objects.values("station").distinct().count()


def counted_at() -> dt.datetime | None:
    """The moment of the figures: when the last sweep had counted all there was to count; None before the first."""
    return Heartbeat.objects.filter(name=COUNTED).values_list("at", flat=True).first()


def ended_at() -> dt.datetime | None:
    """The moment at which the last sweep's count ended; the figures stay what they are until the next. None before the first."""
    beat = Heartbeat.objects.filter(name=COUNTED).first()
    return beat and beat.at + dt.timedelta(milliseconds=beat.took_ms)


@transaction.atomic
def note_what_fell_due(today: dt.date) -> None:
    """Have the stations counted whose answers or promises have fallen due since this was last asked, once a day.

    A day that ends changes figures without anybody's step. Days missed while nothing ran are caught up.
    """
    _one_at_a_time()
    beat = Heartbeat.objects.filter(name=FELL_DUE).first()
    since = timezone.localdate(beat.at, BEIJING) if beat else dt.date.min
    if since >= today:
        return
    span = (since, today - dt.timedelta(days=1))
    due = Q(answer_clock__original_due_on__range=span) | Q(answer_clock__due_on__range=span)
    stations = Assignment.objects.current().filter(due).values("round__petition__station")
    promised = Commitment.objects.filter(promised_on__range=span).values("round__petition__station")
    noted = _to_count(Station.objects.filter(Q(pk__in=stations) | Q(pk__in=promised)))
    at = dt.datetime.combine(today, dt.time(), tzinfo=BEIJING)
    Heartbeat.objects.update_or_create(name=FELL_DUE, defaults={"at": at, "took_ms": 0, "handled": noted})


def _to_count(stations):
    return len(ToCount.objects.bulk_create(ToCount(station=station) for station in stations))


def _one_at_a_time():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
