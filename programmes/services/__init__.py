"""Every change of programmes, items, activities and meetings, one function an action, named as the office names it."""

from programmes.services.documents import keep_document, remove_document
from programmes.services.findings import take_over_findings
from programmes.services.items import (
    acknowledge,
    drop,
    move_due,
    note_progress,
    object_to,
    press,
    raise_items,
    reopen,
    report,
    send_back,
    settle,
    sign_in,
    verify,
)
from programmes.services.programmes import (
    add_items,
    begin_programme,
    close_programme,
    edit_programme,
    issue_circular,
)
from programmes.services.sweep import sweep
from programmes.services.templates import save_template

__all__ = [
    "acknowledge",
    "add_items",
    "begin_programme",
    "close_programme",
    "drop",
    "edit_programme",
    "issue_circular",
    "keep_document",
    "move_due",
    "note_progress",
    "object_to",
    "press",
    "raise_items",
    "remove_document",
    "reopen",
    "report",
    "save_template",
    "send_back",
    "settle",
    "sign_in",
    "sweep",
    "take_over_findings",
    "verify",
]
