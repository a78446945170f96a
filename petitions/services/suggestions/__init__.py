"""Every change of a deputy's suggestion, one function per action, named as the office names it."""

from petitions.services.suggestions.answering import (
    close_unrated,
    draft_reply,
    publish,
    rate,
    reject_draft,
    send_back,
    sign_off,
    unpublish,
)
from petitions.services.suggestions.handling import (
    acknowledge,
    ask_extension,
    ask_return,
    decide_extension,
    decide_return,
    hand_over,
    note_progress,
    press,
    sign_in,
)
from petitions.services.suggestions.promising import report_delivery, verify_delivery
from petitions.services.suggestions.raising import drop_name, raise_suggestion, return_to_deputy, withdraw

__all__ = [
    "acknowledge",
    "ask_extension",
    "ask_return",
    "close_unrated",
    "decide_extension",
    "decide_return",
    "draft_reply",
    "drop_name",
    "hand_over",
    "note_progress",
    "press",
    "publish",
    "raise_suggestion",
    "rate",
    "reject_draft",
    "report_delivery",
    "return_to_deputy",
    "send_back",
    "sign_in",
    "sign_off",
    "unpublish",
    "verify_delivery",
    "withdraw",
]
