"""The count itself, inside the database: the measures' own queries put side by side, compared with what is kept.

A million cases have millions of kept rows; fetched and sent back they would cost minutes, so only differences come out.
"""
# ruff: noqa: S608 - the names in these statements are those of our own models and measures.

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.db.models import Count, F
from django.db.models.functions import TruncDate

from insights.models import AnswerDays, OrganTally, StationTally, TopicTally
from petitions.measures import MEASURES, TOLD, first_answers
from petitions.periods import Kind, beginning_of
from workdays.calendar import BEIJING

TABLES = (TopicTally, StationTally, OrganTally, AnswerDays)


@dataclass(frozen=True)
class Difference:
    """A row that was kept otherwise than it is counted: what it is about, and its figures as (kept, counted)."""

    table: str
    of: dict
    figures: dict[str, tuple[int, int]]


@cache
def keys_of(table) -> list[str]:
    """The columns that say what a row of a tally is about."""
    known = ("station_id", "kind", "first_day", "topic_id", "organ_id", "days")
    return [name for name in known if name in _columns(table)]


@cache
def figures_of(table) -> list[str]:
    """The columns of its figures."""
    return ["cases"] if table is AnswerDays else [each.key for each in MEASURES if each.key in _columns(table)]


def _columns(table):
    return {field.attname for field in table._meta.concrete_fields}


def compare(stations: list[int], today) -> None:
    """Count stations (primary keys) as of a Beijing date and set apart, per table, what is ``stale`` and what is ``fresh``.

    Both are temporary tables that end with the transaction: kept rows that are counted otherwise, and rows to keep.
    """
    with connection.cursor() as cursor:
        # The longest plans of the portal, each run once: compiling them would take longer than they do.
        cursor.execute("SET LOCAL jit = off")
        for table in TABLES:
            name, columns = table._meta.db_table, ", ".join([*keys_of(table), *figures_of(table)])
            gone = ", ".join(f"pg_temp.{each}" for each in (_all(table), _stale(table), _fresh(table)))
            cursor.execute(f"DROP TABLE IF EXISTS {gone}")
            sql, params = _counted(table, stations, today)
            cursor.execute(f"CREATE TEMP TABLE {_all(table)} ON COMMIT DROP AS {sql}", params)
            kept, counted = (
                f"SELECT {columns} FROM {name} WHERE station_id = ANY(%s)",
                f"SELECT {columns} FROM {_all(table)}",
            )
            for target, one, other in ((_stale(table), kept, counted), (_fresh(table), counted, kept)):
                cursor.execute(f"CREATE TEMP TABLE {target} ON COMMIT DROP AS {one} EXCEPT {other}", [stations])


def put_right() -> None:
    """Keep what ``compare`` set apart as fresh in place of what it found stale."""
    with connection.cursor() as cursor:
        for table in TABLES:
            name, columns = table._meta.db_table, ", ".join([*keys_of(table), *figures_of(table)])
            same = " AND ".join(f"kept.{key} IS NOT DISTINCT FROM stale.{key}" for key in keys_of(table)[1:])
            same = f"kept.station_id = stale.station_id AND {same}"
            cursor.execute(f"DELETE FROM {name} AS kept USING {_stale(table)} AS stale WHERE {same}")
            cursor.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {_fresh(table)}")


def differences() -> Iterator[Difference]:
    """What ``compare`` found, row by row."""
    for table in TABLES:
        keys, figures = keys_of(table), figures_of(table)
        kept, counted = _fetched(table, _stale(table)), _fetched(table, _fresh(table))
        nothing = (0,) * len(figures)
        for key in kept.keys() | counted.keys():
            was, now = kept.get(key, nothing), counted.get(key, nothing)
            differing = {name: (a, b) for name, a, b in zip(figures, was, now, strict=True) if a != b}
            yield Difference(str(table._meta.verbose_name), dict(zip(keys, key, strict=True)), differing)


def _fetched(table, name):
    keys = len(keys_of(table))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([*keys_of(table), *figures_of(table)])} FROM {name}")
        return {row[:keys]: row[keys:] for row in cursor.fetchall()}


def _all(table):
    return f"counted_{table._meta.model_name}"


def _stale(table):
    return f"stale_{table._meta.model_name}"


def _fresh(table):
    return f"fresh_{table._meta.model_name}"


def _counted(table, stations, today):
    """The statement that counts the rows of a table anew, with its parameters."""
    if table is AnswerDays:
        return _answer_days(stations)
    keys, figures = ", ".join(keys_of(table)), figures_of(table)
    sums = ", ".join(f"sum({name})::integer AS {name}" for name in figures)
    if table is StationTally:
        # A case has one topic, so that a station's figures are the sums of its topics'.
        return f"SELECT {keys}, {sums} FROM {_all(TopicTally)} GROUP BY {keys}", []
    parts, params = [], []
    for base, measures in _by_base().items():
        if table is OrganTally and not base.organ:
            continue
        numbers = {each.key: each.number for each in measures}
        for kind in Kind:
            rows = base.of_kind(kind, today).filter(**{base.of_case("station__in"): stations}).order_by()
            sql, given = _grouped(table, base, rows, {f"n_{key}": number for key, number in numbers.items()})
            named = ", ".join(f"n_{name} AS {name}" if name in numbers else f"0 AS {name}" for name in figures)
            parts.append(f"SELECT {_named_keys(table, kind)}, {named} FROM ({sql}) AS rows_of_a_kind")
            params += given
    return f"SELECT {keys}, {sums} FROM ({' UNION ALL '.join(parts)}) AS parts GROUP BY {keys}", params


def _named_keys(table, kind):
    last = "of_organ AS organ_id" if table is OrganTally else "of_topic AS topic_id"
    return f"of_station AS station_id, '{kind.value}'::varchar AS kind, first_day, {last}"


def _grouped(table, base, rows, numbers):
    if table is OrganTally:
        rows, keys = base.parts(rows), {"of_organ": F(f"{base.organ}_id")}
    else:
        keys = {"of_topic": base.topic}
    keys["of_station"] = F(base.of_case("station_id"))
    return rows.annotate(**keys).values(*keys, "first_day").annotate(**numbers).query.sql_with_params()


@cache
def _by_base():
    """The measures of each kind of rows."""
    groups = defaultdict(list)
    for measure in MEASURES:
        groups[measure.base].append(measure)
    return dict(groups)


def _answer_days(stations):
    """Calendar days (Beijing) from submission to the first answer told."""
    told, submitted = (TruncDate(name, tzinfo=BEIJING) for name in ("told_at", "petition__submitted_at"))
    rows = first_answers().filter(petition__station__in=stations).order_by()
    keys = {"of_station": F("petition__station_id"), "of_topic": TOLD.topic}
    keys |= {"month": beginning_of(Kind.MONTH, "told_at"), "took": told - submitted}
    sql, params = rows.annotate(**keys).values(*keys).annotate(number=Count("pk")).query.sql_with_params()
    named = "of_station AS station_id, month AS first_day, of_topic AS topic_id"
    days = "extract(day from took)::integer AS days, number::integer AS cases"
    return f"SELECT {named}, {days} FROM ({sql}) AS answers", params
