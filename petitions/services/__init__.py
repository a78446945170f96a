"""Every change of a case, one function per action, named as the office names it."""

from petitions.services.closing import (
    call_back,
    close_unrated,
    close_with_opinion,
    pass_reply,
    rate,
    reopen,
    report_delivery,
    send_back,
    verify_delivery,
)
from petitions.services.clusters import (
    add_to_cluster,
    confirm_cluster,
    dissolve_cluster,
    hand_over_cluster,
    pass_reply_cluster,
    remove_from_cluster,
)
from petitions.services.from_note import accept_on_spot, petition_of
from petitions.services.handling import (
    add_organ,
    ask_extension,
    ask_return,
    decide_extension,
    decide_return,
    draft_reply,
    hand_over,
    note_progress,
    reject_draft,
    sign_in,
    sign_off,
)
from petitions.services.identity import reveal
from petitions.services.intake import admit, join, may_submit, object_to, submit, supplement, withdraw
from petitions.services.meeting import ask_meeting, note_meeting, register_promise
from petitions.services.photos import drop_photo, keep_photo
from petitions.services.publishing import publish, unpublish, withdraw_consent
from petitions.services.raising import answer_suggestion, end_suggestion, note_suggestion, send_back_answer
from petitions.services.screening import accept, answer_on_spot, ask_info, merge, refuse, signpost
from petitions.services.suggestions import raise_suggestion
from petitions.services.supervising import acknowledge, press
from petitions.services.sweep import sweep
from petitions.services.tracking import find

__all__ = [
    "accept",
    "accept_on_spot",
    "acknowledge",
    "add_organ",
    "add_to_cluster",
    "admit",
    "answer_on_spot",
    "answer_suggestion",
    "ask_extension",
    "ask_info",
    "ask_meeting",
    "ask_return",
    "call_back",
    "close_unrated",
    "close_with_opinion",
    "confirm_cluster",
    "decide_extension",
    "decide_return",
    "dissolve_cluster",
    "draft_reply",
    "drop_photo",
    "end_suggestion",
    "find",
    "hand_over",
    "hand_over_cluster",
    "join",
    "keep_photo",
    "may_submit",
    "merge",
    "note_meeting",
    "note_progress",
    "note_suggestion",
    "object_to",
    "pass_reply",
    "pass_reply_cluster",
    "petition_of",
    "press",
    "publish",
    "raise_suggestion",
    "rate",
    "refuse",
    "register_promise",
    "reject_draft",
    "remove_from_cluster",
    "reopen",
    "report_delivery",
    "reveal",
    "send_back",
    "send_back_answer",
    "sign_in",
    "sign_off",
    "signpost",
    "submit",
    "supplement",
    "sweep",
    "unpublish",
    "verify_delivery",
    "withdraw",
    "withdraw_consent",
]
