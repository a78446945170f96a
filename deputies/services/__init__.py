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

__all__ = [
    "book",
    "cancel_appointment",
    "closed_why",
    "find",
    "free_slots",
    "may_book",
    "reveal_booked",
    "slots_of",
]
