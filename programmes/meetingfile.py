"""Everything that a meeting's page shows to one reader, in few queries, and what this reader may do with it now."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from deputies.models import Deputy
from papers.models import Paper
from papers.permissions import papers_visible_to
from petitions.models import Petition
from petitions.short_lists import events_of, happenings, rows
from programmes import lifecycle
from programmes.forms.meetings import FORMS, MeetingActionForm
from programmes.models import Event, Item, Meeting, MeetingPromise, office_name
from programmes.permissions import ARRANGER, meeting_positions
from programmes.services.meeting_minutes import paper_key
from supervision.services import attach_readings

# What is owed stands open; what is done instead of it follows folded.
OWED = ("arrange", "hold", "record_minutes")
# What nobody can say before the day has come.
OF_THE_DAY = ("hold", "miss")


@dataclass
class Offer:
    """One action on a meeting, with its form."""

    row: lifecycle.Transition
    form: MeetingActionForm
    is_open: bool = False

    @property
    def key(self):
        return self.row.action

    @property
    def button(self):
        return self.form.button or self.row.label


def form_for(action, meeting, data=None):
    """The form of an action, with ids of its own."""
    return FORMS[action](data, meeting=meeting, auto_id=f"{action}-%s")


@dataclass
class MeetingFile:
    """A meeting as one user may see it."""

    meeting: Meeting
    user: User

    @cached_property
    def held(self):
        return meeting_positions(self.meeting, self.user)

    @property
    def is_arranger(self):
        """Whether the reader arranges it, and so needs to know how the organ is reached."""
        return ARRANGER in self.held

    @property
    def office(self):
        """The committee that arranges it."""
        return office_name(self.meeting.region)

    @property
    def asker(self):
        """Who asked: the deputy, the station, or the sweep."""
        return self.meeting.deputy or self.meeting.station or self.meeting.asked_by

    @property
    def clock(self):
        """The clock of the stage under way, read; None after the end."""
        return self.meeting.clock

    @cached_property
    def cases(self):
        """The cases that the reader may see; of others not even the title."""
        return [case for case in self.meeting.cases.all() if case.seen]

    @property
    def unseen_cases(self):
        return len(self.meeting.cases.all()) - len(self.cases)

    @property
    def deputies(self):
        return self.meeting.deputies.all()

    @cached_property
    def promises(self):
        """What was promised for cases; the case is named where the reader may see it."""
        promises = [link.commitment for link in self.meeting.promises.all()]
        seen = {case.pk: case for case in self.cases}
        for promise in promises:
            promise.case = seen.get(promise.round.petition_id)
        return promises

    @property
    def items(self):
        """What was promised beyond the cases, as far as the reader may see it."""
        return self.meeting.items.all()

    @cached_property
    def paper(self):
        """The numbered paper of the minutes, where the reader may open it."""
        # Whoever may read no papers at all is given no list either.
        return next((Paper(**row) for row in self.meeting.paper_rows or []), None)

    @cached_property
    def events(self):
        """The timeline, newest first."""
        return happenings(self.meeting.event_rows, lambda action: lifecycle.MEETING_TABLE[action].label)

    def offers(self, refused=None):
        """The offers in the table's order; a form that was sent and not taken stands open with everything typed."""
        rows = lifecycle.open_actions(lifecycle.MEETING_TABLE, self.meeting, self.held)
        if not self.meeting.has_its_day(timezone.localdate()):
            rows = [row for row in rows if row.action not in OF_THE_DAY]
        offers = [Offer(row, form_for(row.action, self.meeting), row.action in OWED) for row in rows]
        if refused is None:
            return offers
        refused.is_open = True
        return [refused, *(offer for offer in offers if offer.key != refused.key)]


def open_meeting(pk, user):
    """Read a meeting that the user may see; raises ``Meeting.DoesNotExist`` for every other one."""
    meeting = (
        Meeting.objects.visible_to(user)
        .select_related(
            "region", "station", "organ", "deputy", "asked_by", "cluster", "clock__owner_region", "clock__region"
        )
        .prefetch_related(
            Prefetch("cases", _cases(user)),
            Prefetch("deputies", Deputy.objects.order_by("name", "pk")),
            Prefetch("promises", _promises()),
            Prefetch("items", _items(user)),
        )
        .annotate(event_rows=events_of(Event.objects.filter(meeting=OuterRef("pk"))), paper_rows=_paper_rows(pk, user))
        .get(pk=pk)
    )
    clocks = [meeting.clock, *(link.commitment.clock for link in meeting.promises.all())]
    clocks += [item.clock for item in meeting.items.all()]
    attach_readings([clock for clock in clocks if clock is not None])
    return MeetingFile(meeting, user)


def _cases(user):
    seen = Exists(Petition.objects.visible_to(user).order_by().filter(pk=OuterRef("pk")))
    return Petition.objects.select_related("station").annotate(seen=seen).order_by("pk")


def _promises():
    links = MeetingPromise.objects.select_related("commitment__clock", "commitment__organ", "commitment__round")
    return links.order_by("commitment__promised_on", "pk")


def _items(user):
    return Item.objects.visible_to(user).select_related("clock", "owner_organ").order_by("due_on", "pk")


def _paper_rows(pk, user):
    return rows(Paper.objects.filter(papers_visible_to(user), key=paper_key(Meeting(pk=pk))), "pk", "number")
