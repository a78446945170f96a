"""All ledgers of the office in one place: each is declared beside its list, and here found, offered and completed."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from accounts.services import has_role
from deputies.ledgers import DAYS, DEPUTIES, NOTES
from insights.corrections import corrected_on
from insights.duty_ledger import RECORD, RECORDS
from insights.quarter_ledger import SUMMARY
from papers.ledger import PAPERS, SUPERVISION
from papers.sheets import Column, Kind, Ledger
from petitions.ledgers import CASES, COMMITMENTS
from petitions.periods import Period
from petitions.suggestion_ledger import SUGGESTIONS
from programmes.activity_ledger import ACTIVITIES
from programmes.item_ledger import ITEMS
from programmes.meeting_ledger import MEETINGS


def _ask_cases(user, asked):
    """The ledger of cases, which also says of each whether it was changed after its month was locked."""
    sheet = CASES.ask(user, asked)
    return replace(sheet, columns=[*sheet.columns, Column(_("封存后有变化"), corrected_on(), Kind.DAY, width=6)])


LEDGERS = (
    NOTES,
    replace(CASES, ask=_ask_cases),
    SUGGESTIONS,
    COMMITMENTS,
    RECORDS,
    RECORD,
    ACTIVITIES,
    DAYS,
    MEETINGS,
    ITEMS,
    SUPERVISION,
    PAPERS,
    SUMMARY,
    DEPUTIES,
)
BY_KEY = {ledger.key: ledger for ledger in LEDGERS}


@dataclass(frozen=True)
class Offered:
    """A ledger on the page of ledgers: the address of its filters for a span of time, and that span in words."""

    ledger: Ledger
    filters: str
    spoken: str

    @property
    def files(self) -> list[tuple[str, str]]:
        """The kinds of files it comes as, with the words of their buttons."""
        words = {"xlsx": _("Excel"), "csv": _("CSV"), "pdf": _("打印签字")}
        return [(kind, words[kind]) for kind in self.ledger.kinds]


def may_take(user, ledger: Ledger) -> bool:
    """Whether a user's roles open a ledger; which rows are in it is the list's own rule."""
    return not ledger.roles or has_role(user, *ledger.roles)


def offered(user, period: Period) -> list[Offered]:
    """The ledgers that the page offers a user for a period, in the order of the office's own list."""
    found = [ledger for ledger in LEDGERS if may_take(user, ledger)]
    return [_offered(each, period) for each in found if not each.offered_to or has_role(user, *each.offered_to)]


def _offered(ledger, period):
    """A list that knows quarters or years only is offered for the one that its own filters name."""
    if ledger.during is None:
        return Offered(ledger, "", _("截至今天"))
    filters = ledger.during(period.first_day, period.last_day)
    if "since" in filters:
        spoken = str(period)
    else:
        quarter = f"Q{filters['q']}" if "q" in filters else ""
        spoken = str(Period.parse(filters["year"] + quarter))
    return Offered(ledger, urlencode(filters), spoken)
