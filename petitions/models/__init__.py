"""The case: what was said, who said it, who handles it, and everything that happened."""

from petitions.models.counting import ToCount, ToldMark, TopicModel
from petitions.models.erasure import ErasureRequest
from petitions.models.handling import Assignment, Commitment, Reply
from petitions.models.petition import (
    OVER,
    PROMISING,
    Category,
    ClockLink,
    Cluster,
    Outcome,
    Petition,
    RefusalReason,
    Round,
    Status,
    township_of,
)
from petitions.models.proposer import Proposer
from petitions.models.record import Event, Photo, Rating
from petitions.models.search import SearchEntry
from petitions.models.suggestion import (
    Suggestion,
    SuggestionCase,
    SuggestionClock,
    SuggestionEvent,
    SuggestionPart,
    SuggestionPromise,
    SuggestionReply,
    SuggestionRound,
    answers_of,
)
from petitions.models.suspicion import Sign, Suspicion

__all__ = [
    "OVER",
    "PROMISING",
    "Assignment",
    "Category",
    "ClockLink",
    "Cluster",
    "Commitment",
    "ErasureRequest",
    "Event",
    "Outcome",
    "Petition",
    "Photo",
    "Proposer",
    "Rating",
    "RefusalReason",
    "Reply",
    "Round",
    "SearchEntry",
    "Sign",
    "Status",
    "Suggestion",
    "SuggestionCase",
    "SuggestionClock",
    "SuggestionEvent",
    "SuggestionPart",
    "SuggestionPromise",
    "SuggestionReply",
    "SuggestionRound",
    "Suspicion",
    "ToCount",
    "ToldMark",
    "TopicModel",
    "answers_of",
    "township_of",
]
