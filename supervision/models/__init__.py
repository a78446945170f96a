"""Terms, clocks, ladders and their reminders (督办). Clocks know duties and owners, not petitions."""

from .clock import Clock, ClockChange, Extension, OrganLink, Pause
from .reminder import Heartbeat, Reminder
from .rules import ANSWERING, Addressee, Duty, Ladder, RuleChange, Rung, Severity, Term, Unit, Variant

__all__ = [
    "ANSWERING",
    "Addressee",
    "Clock",
    "ClockChange",
    "Duty",
    "Extension",
    "Heartbeat",
    "Ladder",
    "OrganLink",
    "Pause",
    "Reminder",
    "RuleChange",
    "Rung",
    "Severity",
    "Term",
    "Unit",
    "Variant",
]
