"""Everything that a suggestion's page shows, in few queries whatever the number of rows.

Every organ's part has a clock for its answer, so the clocks of a suggestion bring parts and rounds along; short lists
that are only read come with the suggestion itself, as JSON.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch
from django.db.models.functions import Left
from django.utils.functional import cached_property

from accounts.models import User
from petitions import suggestion_lifecycle as lifecycle
from petitions.models import (
    Petition,
    Suggestion,
    SuggestionCase,
    SuggestionEvent,
    SuggestionReply,
    SuggestionRound,
)
from petitions.short_lists import events_of, happenings, rows
from petitions.suggestion_permissions import suggestion_positions
from stations.models import CITY_DIGITS, COUNTY_DIGITS, Organ, Station, of_county_or_city
from supervision.models import Clock, Reminder
from supervision.services import attach_readings


@dataclass
class SuggestionFile:
    """A suggestion as one user may see it."""

    suggestion: Suggestion
    user: User
    rounds: list[SuggestionRound]
    clocks: list[Clock]

    @cached_property
    def held(self):
        """The positions of the user towards the suggestion as a whole."""
        return suggestion_positions(self.suggestion, self.user)

    @property
    def rounds_newest_first(self):
        return self.rounds[::-1]

    @property
    def parts(self):
        return [part for one in self.rounds for part in one.parts_here]

    @property
    def promises(self):
        """What answers promised and no case took up."""
        replies = [reply for part in self.parts for reply in part.replies.all()]
        return [reply.tracked for reply in replies if hasattr(reply, "tracked")]

    @property
    def running(self):
        """Clocks that run, the most pressing first, then those that are paused."""
        running = [clock for clock in self.clocks if not clock.is_stopped]
        return sorted(running, key=lambda clock: (clock.is_paused, clock.due_on))

    @property
    def stopped(self):
        return [clock for clock in self.clocks if clock.is_stopped]

    @property
    def reminders(self):
        """The supervision ledger, newest first."""
        found = [reminder for clock in self.clocks for reminder in clock.reminders.all()]
        return sorted(found, key=lambda reminder: (reminder.at, reminder.pk), reverse=True)

    @cached_property
    def links(self):
        """The cases it was raised from; ``seen`` says whether the user may open one."""
        return [_link(row) for row in self.suggestion.link_rows]

    @cached_property
    def events(self):
        """The timeline, newest first."""
        return happenings(self.suggestion.event_rows, lifecycle.label_of)

    @cached_property
    def organ_choices(self):
        """Organs of the office's county, or city, grouped by place."""
        groups = {}
        for row in self.suggestion.organ_rows:
            groups.setdefault(row["place"], []).append((row["pk"], row["name"]))
        return list(groups.items())

    def targets(self, per):
        """What an action of this kind may be taken on: pairs of target and the organ whose part it is."""
        found = {
            "case": [(None, None)],
            "part": [(part, part.organ) for part in self.parts],
            "promise": [(promise, promise.reply.part.organ) for promise in self.promises],
            "reminder": [(reminder, reminder.clock.owner_organ) for reminder in self.reminders],
        }
        return found[per]


def open_suggestion(number, user):
    """Read a suggestion that the user may see; raises ``Suggestion.DoesNotExist`` for every other number."""
    suggestion = (
        Suggestion.objects.visible_to(user)
        .select_related("region", "deputy", "cluster")
        .prefetch_related("co_sponsors")
        .annotate(
            event_rows=events_of(SuggestionEvent.objects.filter(suggestion=OuterRef("pk"))),
            link_rows=_link_rows(user),
            organ_rows=_organ_rows(),
        )
        .get(number=number)
    )
    clocks = _clocks_of(suggestion)
    return SuggestionFile(suggestion, user, _rounds_of(suggestion, clocks), clocks)


def _link_rows(user):
    links = SuggestionCase.objects.filter(suggestion=OuterRef("pk")).order_by("pk")
    seen = Exists(Petition.objects.visible_to(user).order_by().filter(pk=OuterRef("petition")))
    case = {name: f"petition__{name}" for name in ("number", "title", "status")}
    return rows(links, "awaits", **case, station="petition__station__name", seen=seen)


def _link(row):
    case = Petition(
        number=row["number"], title=row["title"], status=row["status"], station=Station(name=row["station"])
    )
    link = SuggestionCase(petition=case, awaits=row["awaits"])
    link.seen = row["seen"]
    return link


def _organ_rows():
    code = OuterRef("region_id")
    near = of_county_or_city(Left(code, COUNTY_DIGITS), Left(code, CITY_DIGITS))
    organs = Organ.objects.filter(near, active=True).order_by("-region_id", "code")
    return rows(organs, "pk", "name", place="region__name")


def _clocks_of(suggestion):
    replies = SuggestionReply.objects.select_related("drafted_by", "signed_by", "tracked")
    reminders = Reminder.objects.select_related("paper", "acknowledged_by")
    clocks = list(
        Clock.objects.filter(suggestion_link__suggestion=suggestion)
        .select_related(
            "owner_organ",
            "owner_region",
            "owner_user",
            "suggestion_part__round",
            "suggestion_part__organ",
            "suggestion_part__return_proposal",
        )
        .prefetch_related(Prefetch("suggestion_part__replies", replies), Prefetch("reminders", reminders))
        .order_by("started_at", "pk")
    )
    attach_readings(clocks)
    for clock in clocks:
        for reminder in clock.reminders.all():
            reminder.clock = clock
    return clocks


def _rounds_of(suggestion, clocks):
    """The rounds in order, each with its parts (``parts_here``, the lead organ's first); none is without a part."""
    parts = [clock.suggestion_part for clock in clocks if hasattr(clock, "suggestion_part")]
    rounds = {}
    for part in sorted(parts, key=lambda part: (not part.is_lead, part.pk)):
        one = rounds.setdefault(part.round_id, part.round)
        one.suggestion = suggestion
        part.round = one
        one.parts_here = [*getattr(one, "parts_here", ()), part]
        for reply in part.replies.all():
            reply.part = part
    return sorted(rounds.values(), key=lambda one: one.number)
