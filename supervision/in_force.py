"""The rules in force, read with one query while they stay the same: calendar, terms, ladders and the words of messages."""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from notices.wording import load_wordings
from workdays.calendar import Calendar
from workdays.services import load_calendar

from .errors import SupervisionError
from .ladder import Ladders
from .models import Duty, Term
from .reckoning import load_ladders


@dataclass(frozen=True)
class Rules:
    """What the office has set, as it stood at one moment. Whoever holds it changes nothing in it."""

    calendar: Calendar
    ladders: Ladders
    terms: dict[tuple[str, str], Term]
    wordings: dict[str, tuple[str, str]]

    def term(self, duty: str, variant: str = "") -> Term:
        """Return how long a duty may take: the term of the variant, else that of the duty.

        Raises SupervisionError when the office has set neither.
        """
        term = self.terms.get((duty, variant)) or self.terms.get((duty, ""))
        if term is None:
            raise SupervisionError(_("尚未设定“%(duty)s”的办理期限。") % {"duty": Duty(duty).label})
        return term


# With the versions of their rows; a tuple, so that no thread sees the one without the other.
_loaded: tuple[str, Rules] | None = None


def load_rules() -> Rules:
    """Return the rules in force: one query, and some more when one has changed since this process last looked.

    What is kept is known by the version of each of its rows, which PostgreSQL itself keeps (``xmin``: the transaction
    that wrote it, ``ctid``: where it lies). A row that anybody changes, adds or removes, in whatever way, makes them
    others, and no transaction that was rolled back leaves any that come again.
    """
    global _loaded
    versions, known = _versions(), _loaded
    if known is None or known[0] != versions:
        terms = {(term.duty, term.variant): term for term in Term.objects.all()}
        # Read after the versions: a change that comes between is read a second time, and never missed.
        known = _loaded = versions, Rules(load_calendar(), load_ladders(), terms, load_wordings())
    return known[1]


def _versions() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT concat_ws(
                '|',
                (SELECT stamp FROM workdays_calendarstate),
                (SELECT string_agg(concat(xmin, ctid), ' ') FROM supervision_rung),
                (SELECT string_agg(concat(xmin, ctid), ' ') FROM supervision_ladder),
                (SELECT string_agg(concat(xmin, ctid), ' ') FROM supervision_term),
                (SELECT string_agg(concat(xmin, ctid), ' ') FROM notices_wording)
            )
            """
        )
        return cursor.fetchone()[0]
