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
from deputies.services.people import (
    add_deputy,
    add_mandate,
    drop_absence,
    drop_portrait,
    end_mandate,
    join_station,
    keep_portrait,
    leave_station,
    link_account,
    record_absence,
    regroup,
    resume_mandate,
    save_deputy,
    suspend_mandate,
)
from deputies.services.planning import left_out, preview, save_plan
from deputies.services.publishing import acknowledge, cancel, move, publish, publish_all
from deputies.services.roster import fill, next_in_turn, replace, set_turns
from deputies.services.session import check_in, check_out, close_session, open_session, summary
from deputies.services.sweep import sweep
from deputies.warnings import conflicts

__all__ = [
    "acknowledge",
    "add_deputy",
    "add_mandate",
    "amend_note",
    "book",
    "cancel",
    "cancel_appointment",
    "check_in",
    "check_out",
    "close_session",
    "closed_why",
    "conflicts",
    "drop_absence",
    "drop_portrait",
    "end_mandate",
    "fill",
    "find",
    "free_slots",
    "join_station",
    "keep_portrait",
    "leave_station",
    "left_out",
    "link_account",
    "may_book",
    "move",
    "next_in_turn",
    "open_session",
    "preview",
    "publish",
    "publish_all",
    "record_absence",
    "record_note",
    "regroup",
    "replace",
    "resume_mandate",
    "reveal_booked",
    "reveal_visitor",
    "save_deputy",
    "save_plan",
    "set_turns",
    "slots_of",
    "summary",
    "suspend_mandate",
    "sweep",
]
