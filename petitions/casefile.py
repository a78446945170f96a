"""Everything that a case's page shows, in few queries whatever the number of rows.

Every duty has its clock, so the clocks of a case bring its assignments and commitments along; short lists that are only
read come with the case itself, as JSON.
"""

from dataclasses import dataclass, field
from operator import itemgetter

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Left
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import cached_property

from accounts.models import User, ViewLog
from accounts.prepared import Prepared, bring_along
from deputies.models import Note
from papers.models import Paper
from papers.permissions import papers_visible_to
from petitions import lifecycle
from petitions.models import (
    Assignment,
    Category,
    Commitment,
    Event,
    Petition,
    Photo,
    Proposer,
    RefusalReason,
    Reply,
    Round,
    Status,
    Suggestion,
    SuggestionPart,
    TopicModel,
    answers_of,
)
from petitions.permissions import STATION_SIDE, may_reveal, positions
from petitions.prepared import PreparedFor
from petitions.short_lists import Happening, Raised, rows
from petitions.similar import LIKE, similar_cases
from petitions.topics.history import kind_of
from petitions.topics.proposals import Proposals
from stations.models import CITY_DIGITS, COUNTY_DIGITS, Organ, of_county_or_city
from supervision.models import Clock, Reminder
from supervision.services import attach_readings

SHOWN_AT_ONCE = 12  # events of the timeline that are not folded


@dataclass
class CaseFile:
    """A case as one user may see it."""

    petition: Petition
    user: User
    rounds: list[Round]
    clocks: list[Clock]
    assignments: list[Assignment] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)

    @cached_property
    def held(self):
        """The positions of the user towards the case as a whole."""
        return positions(self.petition, self.user)

    @property
    def of_the_station(self):
        """Whether the user stands on the side that handed the case over."""
        return not self.held.isdisjoint(STATION_SIDE)

    @property
    def may_ask_meeting(self):
        """Whether the user may ask to meet the organ's head about it; a floor above does so."""
        rows = lifecycle.open_actions(self.petition, "case", self.held)
        return any(row.action == "ask_meeting" for row in rows)

    @cached_property
    def may_reveal(self):
        return may_reveal(self.petition, self.user)

    @cached_property
    def events(self):
        """The timeline, newest first."""
        return [
            Happening(
                at=parse_datetime(row["at"]),
                label=lifecycle.label_of(row["action"]),
                actor_label=_signed(row["actor_label"], row["actor"]),
                text=row["text"],
                public=row["public"],
                link=row["link"],
            )
            for row in self.rounds[0].event_rows
        ]

    @property
    def latest_events(self):
        return self.events[:SHOWN_AT_ONCE]

    @property
    def earlier_events(self):
        return self.events[SHOWN_AT_ONCE:]

    @cached_property
    def all_photos(self):
        return [Photo(**row) for row in self.rounds[0].photo_rows]

    @property
    def photos(self):
        """What the resident showed."""
        return [photo for photo in self.all_photos if not photo.added_by_label]

    @property
    def organ_photos(self):
        """What organs showed of their work."""
        return [photo for photo in self.all_photos if photo.added_by_label]

    @cached_property
    def joined(self):
        """Those who joined, in order: when, and what they added."""
        return [Proposer(note=row["note"], joined_at=parse_datetime(row["at"])) for row in self.rounds[0].joined_rows]

    @cached_property
    def merged(self):
        """Cases merged into this one."""
        return [Petition(**row) for row in self.rounds[0].merged_rows]

    @cached_property
    def suggestions(self):
        """The suggestions that the case was raised to, in order."""
        return [
            Raised(
                **row
                | {
                    "raised_at": parse_datetime(row["raised_at"]),
                    "answered_at": row["answered_at"] and parse_datetime(row["answered_at"]),
                    "due_on": row["due_on"] and parse_date(row["due_on"]),
                }
            )
            for row in self.rounds[0].suggestion_rows
        ]

    @cached_property
    def papers(self):
        """The numbered papers of the case that the user may read, newest first."""
        # Whoever may read no papers at all is given no list either.
        rows = self.rounds[0].paper_rows or []
        return [Paper(**row | {"issued_at": parse_datetime(row["issued_at"])}) for row in rows]

    @cached_property
    def views(self):
        """Who opened the identity, newest first; for the station's side."""
        return [
            {"name": row["name"], "reason": row["reason"], "at": parse_datetime(row["at"])}
            for row in self.rounds[0].view_rows
        ]

    @cached_property
    def organ_choices(self):
        """Organs of the station's county and of the city above it, grouped by place."""
        return _grouped((row["place"], row["pk"], row["name"]) for row in self.rounds[0].organ_rows)

    @cached_property
    def organs_by_kind(self):
        """Key and name of the organs that history may propose, of each kind the nearest: township, county, then city.

        Another township's is never meant by what was handed over elsewhere, though the office may choose it.
        """
        above = self.petition.station.region.ancestor_codes
        near = sorted(
            (row for row in self.rounds[0].organ_rows if row["region_id"] in above), key=itemgetter("region_id")
        )
        return {kind_of(row["name"], row["place"]): (row["pk"], row["name"]) for row in near}

    @cached_property
    def category_choices(self):
        """Topics of the second level, grouped by the first."""
        return _grouped(_halves(path, pk) for path, pk in self.topics.items() if "/" in path)

    @cached_property
    def topics(self):
        """The topics in use of the first two levels: path to key."""
        return {row["path"]: row["pk"] for row in self.rounds[0].category_rows}

    @cached_property
    def proposals(self):
        """What the office's own history proposes for it."""
        return Proposals(self.rounds[0].topic_model, self.petition.title, self.petition.body)

    @property
    def refusal_reasons(self):
        """The reasons that a station may give for not accepting, as rows of code, label, sentence and right channel."""
        return self.rounds[0].reason_rows

    @cached_property
    def similar(self):
        """Cases that may be about the same matter, while the station decides what becomes of a new one; the likest three."""
        petition = self.petition
        if not self.of_the_station or petition.status not in (Status.SUBMITTED, Status.NEEDS_INFO, Status.ACCEPTED):
            return []
        others = Petition.objects.visible_to(self.user).open().exclude(pk=petition.pk)
        told = {name: getattr(petition, name) for name in ("region", "title", "body", "category")}
        return similar_cases(others, **told, least=LIKE)

    @property
    def sees_note(self):
        """Whether the note that the case was made of is a link for this user."""
        return self.rounds[0].sees_note

    @property
    def rounds_newest_first(self):
        return self.rounds[::-1]

    @property
    def running(self):
        """Clocks that run, the most pressing first, then those that are paused."""
        running = [clock for clock in self.clocks if not clock.is_stopped]
        return sorted(running, key=lambda clock: (clock.is_paused, clock.due_on))

    @property
    def stopped(self):
        return [clock for clock in self.clocks if clock.is_stopped]

    def targets(self, per):
        """What an action of this kind may be taken on: pairs of target and the organ whose part it is."""
        found = {
            "case": [(None, None)],
            "assignment": [(assignment, assignment.organ) for assignment in self.assignments],
            "commitment": [(commitment, commitment.organ) for commitment in self.commitments],
            "reminder": [(reminder, reminder.clock.owner_organ) for reminder in self.reminders],
        }
        return found[per]


def open_case(number, user):
    """Read a case that the user may see; raises ``Petition.DoesNotExist`` for every other number."""
    rounds = _ROUNDS.rows(user, number)
    if not rounds:
        raise Petition.DoesNotExist
    petition = rounds[0].petition
    for later in rounds:
        later.petition = petition
    case = CaseFile(petition, user, rounds, clocks=_CLOCKS.rows(petition.pk))
    bring_along(case.clocks, "reminders", _REMINDERS.rows(petition.pk))
    answers = [clock.answer_of for clock in case.clocks if hasattr(clock, "answer_of")]
    if answers:
        bring_along(answers, "replies", _REPLIES.rows(petition.pk))
    attach_readings(case.clocks)
    _take_along(case)
    return case


def _rounds(user, number):
    """The rounds of a case that the user may see, with the case and its short lists."""
    # The number stands outside, too: among so many joins PostgreSQL finds its index only there.
    return (
        Round.objects.filter(petition__number=number, petition__in=Petition.objects.visible_to(user))
        .select_related(
            "petition__station__region",
            "petition__region",
            "petition__deputy",
            "petition__category",
            "petition__merged_into",
            "petition__cluster",
            "petition__leader",
            "petition__entered_by",
            "petition__note__reception",
            "petition__note__deputy",
            "rating__called_back_by",
        )
        .annotate(**_short_lists(user), sees_note=_sees_note(user), paper_rows=_paper_rows(user))
    )


def _paper_rows(user):
    """The papers of the case that the user may read, the newest first."""
    of_case = Paper.objects.filter(papers_visible_to(user), case_number=OuterRef("petition__number"))
    return rows(of_case.order_by("-issued_at", "-pk"), "pk", "kind", "number", "addressee", "issued_at")


def _sees_note(user):
    """Whether the user may open the reception note that the case was made of."""
    return Exists(Note.objects.visible_to(user).filter(pk=OuterRef("petition__note")))


def _short_lists(user):
    case = OuterRef("petition")
    place = OuterRef("petition__station__region_id")
    near = of_county_or_city(Left(place, COUNTY_DIGITS), Left(place, CITY_DIGITS))
    return {
        "event_rows": rows(
            Event.objects.filter(petition=case).order_by("-at", "-pk"),
            "at", "action", "actor_label", "text", "public", "link", actor="actor__name",
        ),
        "photo_rows": rows(Photo.objects.filter(petition=case), "pk", "width", "height", "added_by_label"),
        "joined_rows": rows(Proposer.objects.filter(petition=case, is_first=False), "note", at="joined_at"),
        "merged_rows": rows(Petition.objects.filter(merged_into=case), "number", "title", "status"),
        "suggestion_rows": _suggestion_rows(case, user),
        "view_rows": rows(
            ViewLog.objects.filter(number=OuterRef("petition__number")), "at", "reason", name="user__name"
        ),
        "organ_rows": rows(Organ.objects.filter(near, active=True), "pk", "name", "region_id", place="region__name"),
        "category_rows": rows(Category.objects.in_use().filter(level__lte=2), "pk", "path"),
        "topic_model": Subquery(TopicModel.objects.filter(active=True).values("version")[:1]),
        "reason_rows": rows(RefusalReason.objects.offered(), "code", "label", "sentence", "right_channel"),
    }  # fmt: skip


def _suggestion_rows(case, user):
    raised = Suggestion.objects.filter(links__petition=case).order_by("raised_at", "pk")
    leads = SuggestionPart.objects.current().filter(round__suggestion=OuterRef("pk"), is_lead=True)
    latest = leads.order_by("-round__number")
    return rows(
        raised, "number", "title", "status", "raised_at", "answered_at",
        deputy="deputy__name",
        due_on=Subquery(latest.values("answer_clock__due_on")[:1]),
        organ=Subquery(latest.values("organ__name")[:1]),
        answer=Subquery(answers_of(OuterRef("pk")).values("text")[:1]),
        seen=Exists(Suggestion.objects.visible_to(user).order_by().filter(pk=OuterRef("pk"))),
    )  # fmt: skip


_ROUNDS = PreparedFor(_rounds)


def _clocks(key):
    """The clocks of a case, with the duties that they belong to."""
    return (
        Clock.objects.filter(petition_link__petition=key)
        .select_related(
            "owner_organ",
            "owner_station",
            "owner_user",
            "answer_of__organ",
            "answer_of__return_proposal",
            "commitment__organ",
        )
        .order_by("started_at", "pk")
    )


_CLOCKS = Prepared(_clocks)
_REMINDERS = Prepared(
    lambda key: Reminder.objects.filter(clock__petition_link__petition=key).select_related("paper", "acknowledged_by")
)
_REPLIES = Prepared(
    lambda key: Reply.objects.filter(assignment__round__petition=key).select_related("drafted_by", "signed_by")
)


def _take_along(case):
    """Sort out what the clocks brought along, to the case and to its rounds."""
    by_key = {clock.pk: clock for clock in case.clocks}
    rounds = {one.pk: one for one in case.rounds}
    case.petition.stage_clock = by_key.get(case.petition.stage_clock_id)
    for one in case.rounds:
        one.assignments_here, one.commitments_here = [], []
        one.rating_here = getattr(one, "rating", None)
    for clock in case.clocks:
        case.reminders.extend(clock.reminders.all())
        if hasattr(clock, "answer_of"):
            assignment = clock.answer_of
            assignment.sign_in_clock = by_key[assignment.sign_in_clock_id]
            assignment.round = rounds[assignment.round_id]
            assignment.round.assignments_here.append(assignment)
            case.assignments.append(assignment)
        elif hasattr(clock, "commitment"):
            commitment = clock.commitment
            commitment.verify_clock = by_key.get(commitment.verify_clock_id)
            rounds[commitment.round_id].commitments_here.append(commitment)
            case.commitments.append(commitment)
    for one in case.rounds:
        one.assignments_here.sort(key=lambda assignment: (not assignment.is_lead, assignment.pk))
        one.has_something = bool(one.assignments_here or one.commitments_here or one.reply or one.rating_here)
    case.reminders.sort(key=lambda reminder: (reminder.at, reminder.pk), reverse=True)


def _signed(label, name):
    return f"{label}　{name}" if name and name != label else label


def _halves(path, pk):
    first, _slash, second = path.partition("/")
    return first, pk, second


def _grouped(rows):
    groups = {}
    for group, value, name in rows:
        groups.setdefault(group, []).append((value, name))
    return list(groups.items())
