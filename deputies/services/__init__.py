"""Every change of deputies and reception days, one function per action, named as the office names it."""

from deputies.services.appointments import (
    book,
    cancel_appointment,
    closed_why,
    find,
    free_slots,
    may_book,
    reveal_booked,
    slots_of,
)
from deputies.services.notes import amend_note, record_note, reveal_visitor
from deputies.services.session import check_in, check_out, close_session, open_session, summary

__all__ = [
    "amend_note",
    "book",
    "cancel_appointment",
    "check_in",
    "check_out",
    "close_session",
    "closed_why",
    "find",
    "free_slots",
    "may_book",
    "open_session",
    "record_note",
    "reveal_booked",
    "reveal_visitor",
    "slots_of",
    "summary",
]
