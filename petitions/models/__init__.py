"""The case: what was said, who said it, who handles it, and everything that happened."""

from petitions.models.handling import Assignment, Commitment, Reply, Suggestion
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

__all__ = [
    "OVER",
    "PROMISING",
    "Assignment",
    "Category",
    "ClockLink",
    "Cluster",
    "Commitment",
    "Event",
    "Outcome",
    "Petition",
    "Photo",
    "Proposer",
    "Rating",
    "RefusalReason",
    "Reply",
    "Round",
    "Status",
    "Suggestion",
    "township_of",
]
