"""Bringing deputies in from a sheet: the file is read, each row is judged, what is sound is taken over."""

from deputies.importing.judging import Judged, Outcome, Scope, judge, scope_of, scope_within
from deputies.importing.sheet import COLUMNS, Row, Sheet, SheetError, read_sheet
from deputies.importing.taking import discard_older, dry_run, import_rows, take_over
from deputies.importing.writing import problems_book, template_book

__all__ = [
    "COLUMNS",
    "Judged",
    "Outcome",
    "Row",
    "Scope",
    "Sheet",
    "SheetError",
    "discard_older",
    "dry_run",
    "import_rows",
    "judge",
    "problems_book",
    "read_sheet",
    "scope_of",
    "scope_within",
    "take_over",
    "template_book",
]
