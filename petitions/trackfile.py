"""Everything that the tracking page shows of a case, as its residents may see it; two queries, and two more while clocks run."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.prepared import Prepared
from papers.models import Paper
from petitions import telling
from petitions.models import (
    Assignment,
    ClockLink,
    Commitment,
    Event,
    Photo,
    Proposer,
    Rating,
    Round,
    SuggestionPart,
)
from petitions.short_lists import rows
from stations.models import Organ

ALONG = ("station", "deputy", "region", "category", "stage_clock", "merged_into__station")
LEADING = Coalesce(OuterRef("petition__merged_into"), OuterRef("petition"))
EITHER = Q(petition=OuterRef("petition")) | Q(petition=OuterRef("petition__merged_into"))
# As one list: for numbers that are alternatives PostgreSQL looks through all papers.
NUMBERS = [OuterRef("petition__number"), OuterRef("petition__merged_into__number")]


@dataclass(frozen=True)
class TrackFile:
    """A case as one proposer reads it; ``leading`` is the one it was merged into, or itself."""

    proposer: Proposer
    leading: object
    story: list
    leading_story: list
    rounds: list
    clocks: list
    letters: list
    photos: list


def track_file(key):
    """Return the file of a proposer's case, or None where there is no such proposer."""
    found = _PROPOSERS.rows(key)
    if not found:
        return None
    (proposer,) = found
    petition, own = proposer.petition, proposer.is_first
    leading = petition.merged_into or petition
    story, leading_story = telling.told_apart([_event(facts) for facts in proposer.events], petition, own=own)
    letters = [_letter(facts) for facts in proposer.letters]
    return TrackFile(
        proposer=proposer,
        leading=leading,
        story=story,
        leading_story=leading_story,
        rounds=[told for told in map(_round, proposer.rounds) if told.organs or told.reply],
        clocks=telling.clocks_told(leading) if proposer.has_clocks else [],
        letters=[letter for letter in letters if telling.is_told(letter, petition, own=own)],
        photos=[Photo(**facts) for facts in proposer.photos] if own else [],
    )


def _proposers(key):
    """The proposer with the case, and beside it, as JSON, the rows that belong to it."""
    link = ClockLink.objects.filter(petition=LEADING, clock__stopped_at=None)
    awaited = SuggestionPart.objects.filter(
        round__suggestion__links__petition=LEADING, round__suggestion__links__awaits=True
    )
    return (
        Proposer.objects.filter(pk=key)
        .select_related(*(f"petition__{name}" for name in ALONG))
        .annotate(
            events=rows(
                Event.objects.filter(EITHER, public=True).order_by("-at", "-pk"),
                "petition_id", "at", "action", "actor_label", "text",
            ),
            rounds=rows(
                Round.objects.filter(petition=LEADING).order_by("number"),
                "number", "why", "outcome", "reply", "told_at",
                organs=rows(_of_round(Assignment.objects.current(), "-is_lead", "pk"), "is_lead", organ_name=F("organ__name")),
                promises=rows(_of_round(Commitment.objects, "pk"), "text", "promised_on", "state", organ_name=F("organ__name")),
                rating=rows(Rating.objects.filter(round=OuterRef("pk")), "process", "result", "text", "called_back_by_id"),
            ),
            letters=rows(
                Paper.objects.filter(case_number__in=NUMBERS, kind__in=telling.LETTERS).order_by("-issued_at", "-pk"),
                "id", "kind", "number", "case_number", "issued_at",
            ),
            photos=rows(
                Photo.objects.filter(petition=OuterRef("petition"), added_by_label="").order_by("pk"), "id", "width", "height"
            ),
            has_clocks=Exists(link) | Exists(awaited),
        )
    )  # fmt: skip


def _of_round(parts, *order):
    return parts.filter(round=OuterRef("pk")).order_by(*order)


_PROPOSERS = Prepared(_proposers)


def _event(facts):
    facts["at"] = datetime.fromisoformat(facts["at"])
    return Event(**facts)


def _letter(facts):
    facts["issued_at"] = datetime.fromisoformat(facts["issued_at"])
    return Paper(check_code="", **facts)


def _round(facts):
    organs, promises, ratings = facts.pop("organs"), facts.pop("promises"), facts.pop("rating")
    told_at = facts.pop("told_at")
    current = Round(told_at=told_at and datetime.fromisoformat(told_at), **facts)
    current.organs = [Assignment(is_lead=part["is_lead"], organ=Organ(name=part["organ_name"])) for part in organs]
    current.promises = [_promise(**promise) for promise in promises]
    current.judged = Rating(**ratings[0]) if ratings else None
    return current


def _promise(*, organ_name, promised_on, **facts):
    return Commitment(organ=Organ(name=organ_name), promised_on=date.fromisoformat(promised_on), **facts)
