"""What figures are kept of cases, so that no page counts a table; which ledgers were taken, which months locked."""

from insights.models.ledgers import FileKind, LedgerJob, LedgerTaking, LockedFigures, LockNote, MonthLock
from insights.models.tallies import AnswerDays, OrganTally, StationTally, TopicTally

__all__ = [
    "AnswerDays",
    "FileKind",
    "LedgerJob",
    "LedgerTaking",
    "LockNote",
    "LockedFigures",
    "MonthLock",
    "OrganTally",
    "StationTally",
    "TopicTally",
]
