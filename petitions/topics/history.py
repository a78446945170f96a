"""The office's decided cases as samples: what was written, and what topic, organ and severity it was given."""

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from petitions.models import Assignment, Petition, Status

MOST = 30_000  # default: the latest decided cases that are learned from
TOPIC, SUBTOPIC, ORGAN, SEVERITY = "topic", "subtopic", "organ", "severity"
LABELS = {TOPIC: _("一级类别"), SUBTOPIC: _("二级类别"), ORGAN: _("承办单位"), SEVERITY: _("等级")}
SECOND_LEVEL = 2  # a form offers topics down to here


def kind_of(organ: str, place: str) -> str:
    """An organ's name without its place (教育局 of 信都区教育局): so counties learn from each other."""
    return organ.removeprefix(place) or organ


def decided_cases() -> list[tuple[str, str, dict[str, str]]]:
    """Title, body and answers by question of the latest cases that a station accepted or that a ledger brought along.

    One query. The topic is the office's own (first and second level), the organ its latest lead organ by kind; an
    imported case tells nothing of severity, which ledgers do not have. No identity is read.
    """
    lead = Assignment.objects.filter(round__petition=OuterRef("pk"), is_lead=True).order_by("-round__number", "-pk")
    decided = Petition.objects.exclude(status__in=[Status.SUBMITTED, Status.NEEDS_INFO, Status.WITHDRAWN])
    rows = decided.order_by("-submitted_at", "-pk").values_list(
        "title", "body", "category__path", "severity", "accepted_at", "channel",
        Subquery(lead.values("organ__name")[:1]), Subquery(lead.values("organ__region__name")[:1]),
    )[:MOST]  # fmt: skip
    found = []
    for title, body, path, severity, accepted_at, channel, organ, place in rows.iterator():
        answers = _topics(path)
        if organ:
            answers[ORGAN] = kind_of(organ, place)
        if accepted_at and channel != Petition.Channel.IMPORT:
            answers[SEVERITY] = str(severity)
        if answers:
            found.append((title, body, answers))
    return found


def _topics(path):
    if not path:
        return {}
    levels = path.split("/")
    topics = {TOPIC: levels[0]}
    if len(levels) >= SECOND_LEVEL:
        topics[SUBTOPIC] = "/".join(levels[:SECOND_LEVEL])
    return topics
