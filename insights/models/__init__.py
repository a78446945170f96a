"""What figures are kept of cases, so that no page counts a table."""

from insights.models.tallies import AnswerDays, OrganTally, StationTally, TopicTally

__all__ = ["AnswerDays", "OrganTally", "StationTally", "TopicTally"]
