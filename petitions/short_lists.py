"""Short lists that are only read: they come as JSON with the row that they belong to, for no query of their own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, JSONField, QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from petitions.models import Suggestion


@dataclass(frozen=True)
class Happening:
    """A line of the timeline: an event, read. One that is not ``public`` is read inside the offices only."""

    at: datetime
    label: str
    actor_label: str
    text: str
    public: bool = True
    link: str = ""


@dataclass(frozen=True)
class Raised:
    """A suggestion that the case was raised to, with its latest answer; ``seen``: the user may open its page."""

    number: str
    title: str
    status: str
    deputy: str
    raised_at: datetime
    answered_at: datetime | None
    due_on: date | None
    organ: str
    answer: str
    seen: bool

    @property
    def status_label(self):
        return Suggestion.Status(self.status).label


def rows(queryset: QuerySet, *names: str, **renamed) -> Func:
    """The expression of a queryset's rows as a list of dictionaries; moments and dates come as text.

    It is None where Django knows that nothing can be found. The list is one value, as hundreds take long to read.
    """
    listed = ArraySubquery(queryset.values(row=JSONObject(**{name: name for name in names}, **renamed)))
    # Of the list that cannot be, which is written as NULL, PostgreSQL has to be told the type.
    return Func(listed, template="to_jsonb((%(expressions)s)::jsonb[])", output_field=JSONField())


def events_of(events: QuerySet) -> Func:
    """The expression of events, the newest first, for ``happenings``."""
    return rows(events.order_by("-at", "-pk"), "at", "action", "actor_label", "text")


def happenings(event_rows: Iterable[dict], label_of: Callable[[str], str]) -> list[Happening]:
    """The timeline of ``events_of``, where everybody who may open the page reads all of it."""
    return [
        Happening(parse_datetime(row["at"]), label_of(row["action"]), row["actor_label"], row["text"])
        for row in event_rows
    ]
