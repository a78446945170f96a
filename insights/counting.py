"""Counting the figures of stations from their cases, by the conditions of ``petitions.measures``, and keeping them.

A station is always counted anew, whole: nothing is added up on the way, so nothing can be added twice or missed. What is
kept is compared with what is counted, and only what differs is written, so that a count of everything is its own proof.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from time import monotonic

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from insights.models import AnswerDays, OrganTally, StationTally, TopicTally
from petitions.measures import MEASURES, TOLD, first_answers
from petitions.models import Assignment, Commitment, ToCount
from petitions.periods import Kind, beginning_of
from stations.models import Station
from supervision.models import Heartbeat
from workdays.calendar import BEIJING

# One counts at a time, whoever began it: a minute's sweep, the night's, or a command.
LOCK = 20_261_130
BATCH = 100  # stations in a transaction
COUNTED, FELL_DUE = "figures", "figures-fell-due"
TABLES = (StationTally, TopicTally, OrganTally, AnswerDays)
DAYS = "days"


@dataclass(frozen=True)
class Difference:
    """A figure that was kept otherwise than it is counted."""

    station: int
    table: str
    of: tuple
    figure: str
    kept: int
    counted: int


def sweep(*, at: dt.datetime | None = None) -> int:
    """Count the stations anew whose cases changed since they were counted; returns how many. Safe to run twice at once.

    Each batch of 100 stations is one transaction, in which their rows of ``ToCount`` are taken away first: what changes
    meanwhile leaves a row of its own, and whoever is killed leaves all as it was.
    """
    at = at or timezone.now()
    today, began, handled = timezone.localdate(at, BEIJING), monotonic(), 0
    note_what_fell_due(today)
    while counted := _work_off(today):
        handled += counted
    took_ms = int((monotonic() - began) * 1000)
    Heartbeat.objects.update_or_create(name=COUNTED, defaults={"at": at, "took_ms": took_ms, "handled": handled})
    return handled


@transaction.atomic
def _work_off(today):
    _one_at_a_time()
    stations = list(ToCount.objects.order_by("station").values_list("station", flat=True).distinct()[:BATCH])
    if stations:
        ToCount.objects.filter(station__in=stations).delete()
        _count(stations, today, write=True)
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
            differences = _count(batch, today, write=write)
            # Asked after counting: what was committed in between has left its row here.
            waiting = set(ToCount.objects.filter(station__in=batch).values_list("station", flat=True))
        yield from (each for each in differences if write or each.station not in waiting)


def counted_at() -> dt.datetime | None:
    """The moment of the figures: when the last sweep had counted all there was to count; None before the first."""
    return Heartbeat.objects.filter(name=COUNTED).values_list("at", flat=True).first()


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


def _count(stations, today, *, write) -> list[Difference]:
    """Count stations, put right what is kept of them where ``write``, and return what differed."""
    differences = []
    for table, counted in _counted(stations, today).items():
        kept = _kept(table, stations)
        wrong = [key for key in kept.keys() | counted.keys() if kept.get(key, (0, None))[1] != counted.get(key)]
        differences += [each for key in wrong for each in _differences(table, key, kept, counted)]
        if write and wrong:
            table.objects.filter(pk__in=[kept[key][0] for key in wrong if key in kept]).delete()
            table.objects.bulk_create(_row(table, key, counted[key]) for key in wrong if key in counted)
    return differences


@cache
def keys_of(table) -> list[str]:
    """The columns that say what a row of a tally is about."""
    return [name for name in ("station_id", "kind", "first_day", "topic_id", "organ_id", DAYS) if _has(table, name)]


@cache
def figures_of(table) -> list[str]:
    """The columns of its figures."""
    return ["cases"] if table is AnswerDays else [each.key for each in MEASURES if _has(table, each.key)]


def _has(table, name):
    return name in {field.attname for field in table._meta.concrete_fields}


def _row(table, key, figures):
    return table(**dict(zip(keys_of(table), key, strict=True)), **dict(zip(figures_of(table), figures, strict=True)))


def _kept(table, stations):
    """What is kept: the primary key and the figures of each row, by what it is about."""
    keys, rows = keys_of(table), table.objects.filter(station__in=stations)
    found = rows.values_list("pk", *keys, *figures_of(table))
    return {row[1 : len(keys) + 1]: (row[0], list(row[len(keys) + 1 :])) for row in found}


def _differences(table, key, kept, counted):
    nothing = [0] * len(figures_of(table))
    was, now = kept.get(key, (0, nothing))[1], counted.get(key, nothing)
    for figure, before, after in zip(figures_of(table), was, now, strict=True):
        if before != after:
            yield Difference(key[0], table._meta.verbose_name, key[1:], figure, before, after)


def _counted(stations, today):
    """The figures of stations by table and by what they are about; a query for each kind of rows and of periods."""
    found = {table: defaultdict(lambda table=table: [0] * len(figures_of(table))) for table in TABLES}
    for base, measures in _by_base():
        for kind in Kind:
            rows = base.of_kind(kind, today).filter(**{base.of_case("station__in"): stations}).order_by()
            numbers = {f"n_{each.key}": each.number for each in measures}
            place = {"of_station": F(base.of_case("station_id"))}
            for key, figures in _groups(rows, numbers, **place, of_topic=base.topic):
                station, first_day, topic = key
                _add(found, StationTally, (station, kind.value, first_day), measures, figures)
                _add(found, TopicTally, (station, kind.value, first_day, topic), measures, figures)
            if base.organ:
                for key, figures in _groups(base.parts(rows), numbers, **place, of_organ=F(f"{base.organ}_id")):
                    station, first_day, organ = key
                    _add(found, OrganTally, (station, kind.value, first_day, organ), measures, figures)
    found[AnswerDays].update(_answer_days(stations))
    return found


@cache
def _by_base():
    """The measures of each kind of rows, in their order."""
    groups = {}
    for measure in MEASURES:
        groups.setdefault(measure.base, []).append(measure)
    return list(groups.items())


def _groups(rows, numbers, **keys):
    """One query: the key of each group (station, first day, and what else there is) with its numbers."""
    names = ["of_station", "first_day", *(name for name in keys if name != "of_station")]
    for row in rows.annotate(**keys).values_list(*names).annotate(**numbers):
        yield row[: len(names)], row[len(names) :]


def _add(found, table, key, measures, numbers):
    figures, columns = found[table][key], _places(table)
    for measure, number in zip(measures, numbers, strict=True):
        figures[columns[measure.key]] += number


@cache
def _places(table):
    return {name: place for place, name in enumerate(figures_of(table))}


def _answer_days(stations):
    """Calendar days (Beijing) from submission to the first answer told."""
    told, submitted = (TruncDate(name, tzinfo=BEIJING) for name in ("told_at", "petition__submitted_at"))
    rows = first_answers().filter(petition__station__in=stations).order_by()
    rows = rows.annotate(
        of_station=F("petition__station_id"), of_topic=TOLD.topic, month=beginning_of(Kind.MONTH, "told_at"),
        days=told - submitted,
    )  # fmt: skip
    counted = rows.values_list("of_station", "month", "of_topic", "days").annotate(number=Count("pk"))
    return {(station, month, topic, days.days): [number] for station, month, topic, days, number in counted}
