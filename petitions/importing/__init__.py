"""Bringing an office's ledger in: the file is read, each row is judged, what is sound is stored."""

from petitions.importing.entries import Entry, Places, RefusedError, judge
from petitions.importing.ledger import LedgerError, read_ledger
from petitions.importing.store import SEED, Result, import_entries

__all__ = ["SEED", "Entry", "LedgerError", "Places", "RefusedError", "Result", "import_entries", "judge", "read_ledger"]
