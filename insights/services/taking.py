"""Taking a ledger: made into a file in constant memory, and always on record."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from insights.errors import LedgerError
from insights.models import LedgerTaking
from papers.sheet_files import write_csv, write_pdf, write_xlsx
from papers.sheets import Ledger, Sheet
from papers.typesetting import typeset

LARGE = 5000  # rows, default: more are made by a worker
ON_PAPER = 300  # rows, default: 40 pages or so; setting more takes a web process more memory than it should have


@dataclass(frozen=True)
class Taken:
    """A ledger as a file at its beginning, its name, and how many rows it has."""

    file: BinaryIO
    name: str
    rows: int


def write(
    ledger: Ledger,
    kind: str,
    sheet: Sheet,
    target: BinaryIO,
    *,
    user,
    asked,
    done: Callable[[int], None] = lambda _rows: None,
) -> int:
    """Write a sheet of a ledger as a kind of file; return the number of rows. ``done`` hears how many are written."""
    under = line_under(sheet, user)
    if kind == "csv":
        return write_csv(sheet, target)
    if kind == "xlsx":
        return write_xlsx(sheet, target, under=under, done=done)
    if ledger.paper:
        target.write(typeset(*ledger.paper(user, asked, under)))
        return len(sheet.rows)
    return write_pdf(sheet, target, under=under, signatures=ledger.signatures)


def take(ledger: Ledger, kind: str, sheet: Sheet, *, user, asked) -> Taken:
    """Make a ledger in the request and record who took it; ``asked`` is the address of the list (a ``QueryDict``).

    Raises ``LedgerError`` for paper of more than 300 rows.
    """
    if kind == "pdf" and sheet.is_longer_than(ON_PAPER):
        raise LedgerError(_("这份台账超过%(rows)s行，不宜打印成册。请缩小范围，或导出Excel。") % {"rows": ON_PAPER})
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer that sends it closes it)
    rows = write(ledger, kind, sheet, file, user=user, asked=asked)
    file.seek(0)
    record(
        user=user,
        ledger=ledger.key,
        kind=kind,
        title=sheet.title,
        asked=asked.urlencode(),
        filters=said(sheet),
        rows=rows,
    )
    return Taken(file, file_name(sheet.title, kind), rows)


def record(*, user, rows: int, **facts) -> LedgerTaking:
    """Put on record that a user took a ledger."""
    return LedgerTaking.objects.create(user=user, at=timezone.now(), rows=rows, **facts)


def file_name(title: str, kind: str) -> str:
    """The name of a ledger's file, with the day (Beijing)."""
    return f"{title}{timezone.localdate():%Y%m%d}.{kind}"


def said(sheet: Sheet) -> str:
    """By what a sheet was narrowed, in words."""
    return "；".join(sheet.filters)


def line_under(sheet: Sheet, user) -> str:
    """The line below a ledger's title: by what it was narrowed, when it was made and by whom."""
    facts = {
        "filters": said(sheet) or _("全部"),
        "when": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        "who": user.name,
    }
    return _("条件：%(filters)s　制表：%(when)s %(who)s") % facts
