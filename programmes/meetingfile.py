"""Everything that a meeting's page shows to one reader, and what this reader may do with it now."""

from dataclasses import dataclass

from django.utils.functional import cached_property

from accounts.models import User
from papers.models import Paper
from papers.permissions import papers_visible_to
from petitions.models import Petition
from programmes import lifecycle
from programmes.forms.meetings import FORMS, MeetingActionForm
from programmes.models import Item, Meeting, office_name
from programmes.permissions import ARRANGER, meeting_positions
from programmes.services.meeting_minutes import paper_key
from supervision.services import attach_readings

# What is owed stands open; what is done instead of it follows folded.
OWED = ("arrange", "hold", "record_minutes")


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

    @cached_property
    def clock(self):
        """The clock of the stage under way, read; None after the end."""
        clock = self.meeting.clock
        if clock is not None:
            attach_readings([clock])
        return clock

    @cached_property
    def cases(self):
        """The cases that the reader may see; of others not even the title."""
        return list(self.meeting.cases.filter(pk__in=self._seen_cases).select_related("station").order_by("pk"))

    @property
    def unseen_cases(self):
        return self.meeting.cases.count() - len(self.cases)

    @property
    def _seen_cases(self):
        return Petition.objects.visible_to(self.user).values("pk")

    @cached_property
    def deputies(self):
        return list(self.meeting.deputies.order_by("name", "pk"))

    @cached_property
    def promises(self):
        """What was promised for cases, each with its clock read; the case is named where the reader may see it."""
        links = self.meeting.promises.select_related("commitment__clock", "commitment__organ", "commitment__round")
        promises = [link.commitment for link in links.order_by("commitment__promised_on", "pk")]
        attach_readings([promise.clock for promise in promises])
        seen = {case.pk: case for case in self.cases}
        for promise in promises:
            promise.case = seen.get(promise.round.petition_id)
        return promises

    @cached_property
    def items(self):
        """What was promised beyond the cases, each with its clock read."""
        items = Item.objects.visible_to(self.user).filter(meeting=self.meeting).select_related("clock", "owner_organ")
        items = list(items.order_by("due_on", "pk"))
        attach_readings([item.clock for item in items])
        return items

    @cached_property
    def paper(self):
        """The numbered paper of the minutes, where the reader may open it."""
        return Paper.objects.filter(papers_visible_to(self.user), key=paper_key(self.meeting)).first()

    @cached_property
    def events(self):
        """The timeline, newest first."""
        events = list(self.meeting.events.order_by("-at", "-pk"))
        for event in events:
            event.label = lifecycle.MEETING_TABLE[event.action].label
            event.public = True  # everybody who may open the meeting reads all of it
        return events

    def offers(self, refused=None):
        """The offers in the table's order; a form that was sent and not taken stands open with everything typed."""
        rows = lifecycle.open_actions(lifecycle.MEETING_TABLE, self.meeting, self.held)
        offers = [Offer(row, form_for(row.action, self.meeting), row.action in OWED) for row in rows]
        if refused is None:
            return offers
        refused.is_open = True
        return [refused, *(offer for offer in offers if offer.key != refused.key)]


def open_meeting(pk, user):
    """Read a meeting that the user may see; raises ``Meeting.DoesNotExist`` for every other one."""
    meetings = Meeting.objects.visible_to(user).select_related(
        "region", "station", "organ", "deputy", "asked_by", "cluster", "clock__owner_region", "clock__region"
    )
    return MeetingFile(meetings.get(pk=pk), user)
