"""Everything that a suggestion's page shows, in few queries whatever the number of rows."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.functional import cached_property

from accounts.models import User
from petitions import suggestion_lifecycle as lifecycle
from petitions.models import (
    Petition,
    Suggestion,
    SuggestionCase,
    SuggestionEvent,
    SuggestionPart,
    SuggestionReply,
    SuggestionRound,
)
from petitions.suggestion_permissions import suggestion_positions
from stations.models import CITY_DIGITS, COUNTY_DIGITS, Organ, of_county_or_city
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
        return [part for one in self.rounds for part in one.parts.all()]

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
        seen = Petition.objects.visible_to(self.user).order_by().filter(pk=OuterRef("petition"))
        links = SuggestionCase.objects.filter(suggestion=self.suggestion).select_related("petition__station")
        return list(links.annotate(seen=Exists(seen)).order_by("pk"))

    @cached_property
    def events(self):
        """The timeline, newest first, as ``_timeline.html`` shows it."""
        events = list(SuggestionEvent.objects.filter(suggestion=self.suggestion).order_by("-at", "-pk"))
        for event in events:
            event.label, event.public = lifecycle.label_of(event.action), True
        return events

    @cached_property
    def organ_choices(self):
        """Organs of the office's county, or city, grouped by place; one query, and only where a form asks for them."""
        code = self.suggestion.region_id
        near = of_county_or_city(code[:COUNTY_DIGITS], code[:CITY_DIGITS])
        groups = {}
        for organ in Organ.objects.filter(near, active=True).select_related("region").order_by("-region_id", "code"):
            groups.setdefault(organ.region.name, []).append((organ.pk, organ.name))
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
        .get(number=number)
    )
    replies = SuggestionReply.objects.select_related("drafted_by", "signed_by", "tracked")
    parts = SuggestionPart.objects.select_related("organ", "return_proposal").prefetch_related(
        Prefetch("replies", replies)
    )
    rounds = list(suggestion.rounds.prefetch_related(Prefetch("parts", parts)))
    clocks = _clocks_of(suggestion)
    by_key = {clock.pk: clock for clock in clocks}
    for one in rounds:
        one.suggestion = suggestion
        for part in one.parts.all():
            part.round = one
            part.answer_clock = by_key[part.answer_clock_id]
            for reply in part.replies.all():
                reply.part = part
    return SuggestionFile(suggestion, user, rounds, clocks)


def _clocks_of(suggestion):
    reminders = Reminder.objects.select_related("paper", "acknowledged_by")
    clocks = list(
        Clock.objects.filter(suggestion_link__suggestion=suggestion)
        .select_related("owner_organ", "owner_region", "owner_user")
        .prefetch_related(Prefetch("reminders", reminders))
        .order_by("started_at", "pk")
    )
    attach_readings(clocks)
    for clock in clocks:
        for reminder in clock.reminders.all():
            reminder.clock = clock
    return clocks
