"""What every action on a meeting does: lock, check the table, change, record here and in its cases, clocks, tell."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.services import holders
from notices import services as notices
from notices.tasks import ring
from petitions import services as petitions
from petitions.errors import ActionError
from programmes import lifecycle
from programmes.errors import ProgrammeError
from programmes.models import Event, Meeting, office_name
from programmes.permissions import ARRANGER, OWNER, SYSTEM, meeting_positions
from stations.models import Organ
from supervision import services as supervision
from supervision.errors import SupervisionError
from supervision.links import organ_people
from supervision.models import Clock


@dataclass
class MeetingStep:
    """One action under way on a locked meeting."""

    meeting: Meeting
    action: str
    at: dt.datetime
    actor: User | None
    label: str
    came_from: str = ""
    told: int = 0

    def move(self, status: str) -> None:
        """Set the new status; raises ValueError where the table does not lead there, which is a mistake of the action."""
        if status not in lifecycle.MEETING_TABLE[self.action].targets:
            raise ValueError(f"{self.action} does not lead to {status}")
        self.meeting.status = status

    def record(self, text: str = "") -> None:
        """Write the event of this action."""
        Event.objects.create(
            meeting=self.meeting,
            at=self.at,
            action=self.action,
            from_status=self.came_from,
            to_status=self.meeting.status,
            actor=self.actor,
            actor_label=self.label[:80],
            text=text,
        )

    def note_in_cases(self, text: str, *, public: bool) -> None:
        """Write into every case of the meeting what became of it; cases are locked in one order."""
        for petition in self.meeting.cases.order_by("pk"):
            petitions.note_meeting(
                petition=petition,
                text=text,
                link=self.meeting.get_absolute_url(),
                by_label=self.label,
                public=public,
                at=self.at,
            )

    def stage(self, duty: str | None = None, *, on: dt.date | None = None, source: str = "") -> None:
        """Stop the clock of the stage that ends and start the committee's next one; ``on`` is a date that was set."""
        if self.meeting.clock is not None:
            supervision.stop(self.meeting.clock, at=self.at)
        self.meeting.clock = self._started(duty, on, source) if duty else None

    def _started(self, duty, on, source) -> Clock:
        dated = {"on": on, "source": source} if on else {}
        return supervision.start(
            duty=duty,
            region=self.meeting.region,
            owner_region=self.meeting.region,
            title=f"{self.meeting.title}（{duty.label}）",
            link=self.meeting.get_absolute_url(),
            at=self.at,
            **dated,
        )

    def tell(self, people: Iterable[User | Organ], title: str, body: str = "", *, topic: str = "") -> None:
        """Queue a notice with a link to the meeting's page on the desk; each person is told once.

        ``topic`` is one of its own for what may have to be taken back while all else stands.
        """
        self.told += 1
        notices.tell(
            to=list(dict.fromkeys(people)),
            title=f"{title}：{self.meeting.title}",
            body=body,
            link=self.meeting.get_absolute_url(),
            topic=topic or self.meeting.topic,
            key=f"{self.meeting.topic}:{self.action}:{self.at.timestamp()}:{self.told}",
            at=self.at,
        )

    @property
    def day(self) -> dt.date:
        """The Beijing date of the action."""
        return timezone.localdate(self.at)

    def committee(self) -> list[User]:
        """The people who arrange meetings of the place."""
        return holders(Role.COMMITTEE, region=self.meeting.region, on=self.day)

    def leaders_above(self) -> list[User]:
        """Those who watch the place: the chair of the congress and its leaders."""
        return holders(Role.VIEWER, region=self.meeting.region, on=self.day)

    def of_the_organ(self) -> list[User | Organ]:
        """The organ's clerks and leader; the organ itself where nobody has an account, told by its office's contacts."""
        return organ_people(self.meeting.organ, on=self.day)

    def askers(self) -> list[User]:
        """Who asked, the station and the deputies; the sweep asks for the station of the case."""
        people = [self.meeting.asked_by] if self.meeting.asked_by else []
        if self.meeting.station:
            people += holders(Role.OFFICER, station=self.meeting.station, on=self.day)
        deputies = [*self.meeting.deputies.select_related("user"), self.meeting.deputy]
        return people + [one.user for one in deputies if one and one.user and one.user.is_active]


@contextmanager
def meeting_step(meeting: Meeting, action: str, *, actor: User, at: dt.datetime | None = None) -> Iterator[MeetingStep]:
    """Lock a meeting for one action and yield the step; on leaving, the meeting is saved.

    ``meeting`` may be stale: it is read again under lock. Raises ProgrammeError when the table does not allow the action
    to this actor now, saying what happened last, and when a case or a clock does not allow what follows from it.
    An action that happens now (``at`` is None) rings for a delivery once it is committed.
    """
    with transaction.atomic():
        if at is None:
            transaction.on_commit(ring, robust=True)
        rows = Meeting.objects.select_for_update(of=("self",))
        locked = rows.select_related("region", "station", "organ", "deputy__user", "asked_by", "clock").get(
            pk=meeting.pk
        )
        held = meeting_positions(locked, actor)
        try:
            lifecycle.check(lifecycle.MEETING_TABLE, locked, action, held)
        except ProgrammeError as refusal:
            raise ProgrammeError(f"{refusal}{_what_happened(locked, held)}") from None
        label = office_name(locked.region) if ARRANGER in held else locked.organ.name
        step = MeetingStep(locked, action, at or timezone.now(), actor, label, came_from=locked.status)
        with refusals_told():
            yield step
        locked.save()


@contextmanager
def refusals_told() -> Iterator[None]:
    """What a case or a clock refuses is the meeting's refusal, in the same words."""
    try:
        yield
    except (ActionError, SupervisionError) as refusal:
        raise ProgrammeError(str(refusal)) from refusal


def _what_happened(meeting: Meeting, held: set[str]) -> str:
    """The last step, for those who hold a position."""
    last = meeting.events.order_by("-at", "-pk").first()
    if last is None or not held & {ARRANGER, OWNER, SYSTEM}:
        return ""
    facts = {
        "when": date_format(timezone.localtime(last.at), "Y年n月j日 H:i"),
        "who": last.actor_label,
        "what": lifecycle.MEETING_TABLE[last.action].label,
    }
    return _("最近一步：%(who)s于%(when)s“%(what)s”。") % facts


def head_of(organ: Organ) -> str:
    """How an organ's head is named in sentences, as 信都区水务局负责人."""
    return _("%(organ)s负责人") % {"organ": organ.name}


def when_and_where(moment: dt.datetime, place: str) -> str:
    """E.g. 2026年11月18日9:00，在信都区人大常委会会议室."""
    facts = {"when": spoken_time(moment), "place": place}
    return _("%(when)s，在%(place)s") % facts


def spoken_time(moment: dt.datetime) -> str:
    """E.g. 2026年11月18日9:00, Beijing time."""
    return date_format(timezone.localtime(moment), "Y年n月j日G:i")
