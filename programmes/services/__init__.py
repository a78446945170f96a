"""Every change of programmes, items, activities and meetings, one function an action, named as the office names it."""

from programmes.services.documents import keep_document, remove_document
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
from programmes.services.sweep import sweep

__all__ = [
    "acknowledge",
    "drop",
    "keep_document",
    "move_due",
    "note_progress",
    "object_to",
    "press",
    "raise_items",
    "remove_document",
    "reopen",
    "report",
    "send_back",
    "settle",
    "sign_in",
    "sweep",
    "verify",
]
