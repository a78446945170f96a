"""Ledgers as data: what a column says is an expression over rows, so that PostgreSQL itself writes the table.

A sheet is a title, columns and rows. Its rows are a queryset, read by COPY or by a cursor on the server in constant
memory, or lines that were counted in Python. No cell is ever reckoned: see ``FORMULA_STARTS`` and ``sheet_files``.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, CharField, F, Func, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from papers.errors import FilterError

CHUNK = 2000  # rows that a cursor on the server hands over at a time
ZONE = "Asia/Shanghai"
# What a spreadsheet takes for the beginning of a formula: = + - @, tab, return, line feed, and the full-width ones.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Kind(Enum):
    """What stands in a column; a moment is one of Beijing time, to the minute, and the day of a moment is Beijing's.

    A time is one of the day, to the minute; a share is a part of 1, said in whole per cent, and only of lines counted in
    Python, which may have words in its place.
    """

    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    DAY = "day"
    TIME = "time"
    MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    """A column: its head, the field or expression it says, what that is, its width in Chinese characters.

    Columns of one ``value`` (the same object) with a ``part`` each say the elements of one array, counted from 1, so that
    a subquery is asked once. What is not ``on_paper`` is left out where the ledger is printed to be signed.
    """

    label: str
    value: object = None
    kind: Kind = Kind.TEXT
    width: int = 8
    part: int = 0
    on_paper: bool = True


@dataclass(frozen=True)
class Sheet:
    """A ledger as it was asked for: title, columns, rows (a queryset, or lines of values), and in words by what narrowed."""

    title: str
    columns: list[Column]
    rows: QuerySet | list[tuple]
    filters: tuple[str, ...] = ()

    @property
    def is_queried(self) -> bool:
        """Whether PostgreSQL writes it, instead of lines that were counted in Python."""
        return isinstance(self.rows, QuerySet)

    @property
    def heads(self) -> list[str]:
        return [str(column.label) for column in self.columns]

    def is_longer_than(self, limit: int) -> bool:
        """Whether there are more rows than ``limit``, without counting beyond it."""
        if self.is_queried:
            return self.rows.order_by()[: limit + 1].count() > limit
        return len(self.rows) > limit

    def lines(self) -> Iterator[tuple]:
        """The rows as tuples of text, numbers, dates, times and moments (naive, of Beijing); None for what is empty."""
        if not self.is_queried:
            yield from self.rows
            return
        statement = self.statement(_typed)
        if statement is None:
            return
        with connection.chunked_cursor() as cursor:
            cursor.itersize = CHUNK
            cursor.execute(*statement)
            while chunk := cursor.fetchmany(CHUNK):
                yield from chunk

    def statement(self, said: Callable[[str, Kind], str]) -> tuple[str, tuple] | None:
        """The SQL and its parameters that select the columns; None where nothing can be found.

        ``said`` turns a reference and its kind into SQL. The rows are fenced off by OFFSET 0, so that what is worked out
        for them is worked out once.
        """
        values = list({id(column.value): column.value for column in self.columns}.values())
        names = {id(value): f"value_{place}" for place, value in enumerate(values)}
        sources = {names[id(value)]: F(value) if isinstance(value, str) else value for value in values}
        try:
            inner, params = self.rows.annotate(**sources).values_list(*sources).query.sql_with_params()
        except EmptyResultSet:
            return None
        cells = ", ".join(said(_reference(column, names), column.kind) for column in self.columns)
        return f"SELECT {cells} FROM ({inner} OFFSET 0) AS found", params  # noqa: S608 (references of our own)


@dataclass(frozen=True)
class Ledger:
    """A kind of sheet that an office takes: for whom, from which list, and how it is asked for.

    ``ask`` makes the sheet of a user and the address of the list (a ``QueryDict``), with the list's own filters and rights;
    it raises ``FilterError`` for a filter that cannot be read.
    ``roles`` may take it, every role where there are none; ``offered_to`` are those who find it on the page of ledgers.
    ``page`` is the name of the list, ``during`` gives the list's filters for a span of days (first and last). What is
    signed on paper has ``signatures``, or is set by ``paper``: from user, address and the line below the title to a Typst
    template and its data.
    """

    key: str
    title: str
    about: str
    ask: Callable[..., Sheet]
    page: str = ""
    roles: tuple[str, ...] = ()
    during: Callable[[dt.date, dt.date], dict] | None = None
    signatures: tuple[str, ...] = ()
    paper: Callable[..., tuple[str, dict]] | None = None
    offered_to: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of files that it comes as."""
        return ("xlsx", "csv", "pdf") if self.signatures or self.paper else ("xlsx", "csv")


def of_days(first: dt.date, last: dt.date) -> dict[str, str]:
    """The filters of a list that is narrowed by its first and last day."""
    return {"since": first.isoformat(), "until": last.isoformat()}


def of_year(first: dt.date, _last: dt.date) -> dict[str, str]:
    """The filter of a list that is narrowed by the year."""
    return {"year": str(first.year)}


def _reference(column, names):
    name = f'"{names[id(column.value)]}"'
    return f"({name})[{column.part}]" if column.part else name


def _typed(reference: str, kind: Kind) -> str:
    """A cell as a value that a spreadsheet can sort and reckon with."""
    # Django's connections speak UTC, where a plain cast to a day would be that of the evening before. A day that becomes
    # a moment begins at midnight there, at eight here, and stays the same day.
    beijing = f"(({reference})::timestamptz AT TIME ZONE '{ZONE}')"
    return {
        Kind.TEXT: f"({reference})::text",
        Kind.NUMBER: f"({reference})::bigint",
        Kind.DAY: f"{beijing}::date",
        Kind.TIME: f"({reference})::time",
        Kind.MOMENT: beijing,
    }[kind]


def spelled(reference: str, kind: Kind) -> str:
    """A cell as CSV has it: ISO dates, minutes, and no text that a spreadsheet would take for a formula."""
    if kind == Kind.TEXT:
        starts = ", ".join(str(ord(start)) for start in FORMULA_STARTS)
        text = f"({reference})::text"
        return f"CASE WHEN ascii({text}) IN ({starts}) THEN '''' || {text} ELSE {text} END"
    typed = _typed(reference, kind)
    pattern = {Kind.MOMENT: "YYYY-MM-DD HH24:MI", Kind.TIME: "HH24:MI"}.get(kind)
    return f"to_char({typed}, '{pattern}')" if pattern else typed


def harmless(text: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def labelled(path: str, choices: Iterable[tuple], default: str = "") -> Case:
    """An expression for the words of a field with choices."""
    whens = [When(**{path: value}, then=Value(str(label))) for value, label in choices]
    return Case(*whens, default=Value(default), output_field=CharField())


def parts(*expressions) -> Func:
    """An expression for an array of texts, whose elements are columns of their own (``Column.part``)."""
    texts = [Cast(expression, TextField()) for expression in expressions]
    return Func(*texts, template="ARRAY[%(expressions)s]", output_field=ArrayField(TextField()))


def check_filters(form) -> None:
    """Raise ``FilterError`` with the sentence of the first filter that a form does not understand."""
    if form.errors:
        name, faults = next(iter(form.errors.items()))
        raise FilterError(_said(form.fields[name].label, faults[0]))


def spoken_filters(form) -> tuple[str, ...]:
    """What a form narrows by, in words such as 状态：办理中. Raises ``FilterError`` where it does not understand a filter."""
    check_filters(form)
    return tuple(
        str(form[name].label) if value is True else _said(form[name].label, _text_of(form.fields[name], value))
        for name, value in form.cleaned_data.items()
        if value not in ("", None, False)
    )


def words_of(field, value):
    """How a filter calls what it narrows by: the words of a choice, else the value itself."""
    words = {str(key): word for key, word in getattr(field, "choices", ()) if key != ""}
    return words.get(str(value), value)


def _text_of(field, value):
    return value.isoformat() if isinstance(value, dt.date) else words_of(field, value)


def _said(label, text):
    return _("%(label)s：%(text)s") % {"label": label, "text": text}
