"""Everything that a reception day's page on the desk shows, in few queries whatever the number of rows.

Short lists that are only read come with the day itself, as JSON.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime, parse_time
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from deputies.availability import Availability
from deputies.models import Appointment, Deputy, Mandate, Membership, Reception, ReceptionEvent, Turn
from deputies.permissions import may_manage
from deputies.warnings import attach_warnings, with_roster
from papers.models import Paper
from stations.models import Organ
from supervision.models import Clock, Reminder
from workdays.rhythm import spoken_lunar
from workdays.services import load_calendar

SHOWN_AT_ONCE = 12  # events of the timeline that are not folded


@dataclass(frozen=True)
class Person:
    """A deputy towards one reception day: on its roster, or one who could be.

    ``turns`` counts the planned turns of the day's year at its station, days that were cancelled left out. ``why_not``
    says why they cannot be there that day, and is empty when they can.
    """

    deputy: Deputy
    levels: list[int]
    turns: int
    why_not: str
    is_grouped: bool
    is_planned: bool = False
    is_on_roster: bool = False
    replaces: str = ""
    why: str = ""
    present_at: dt.datetime | None = None

    @property
    def pk(self):
        return self.deputy.pk

    @property
    def name(self):
        return self.deputy.name

    @property
    def level_names(self):
        return "、".join(str(Mandate.Level(level).label) for level in self.levels)

    @property
    def is_offered(self):
        """Whether the roster by hand lists them: in office and grouped here that day, or on it already."""
        return self.is_planned or (self.is_grouped and bool(self.levels))

    @property
    def in_words(self):
        facts = {"name": self.name, "level": self.level_names or _("不在任"), "n": self.turns, "why_not": self.why_not}
        if self.why_not:
            return _("%(name)s（%(level)s，当年%(n)s次；%(why_not)s）") % facts
        return _("%(name)s（%(level)s，当年%(n)s次）") % facts


@dataclass(frozen=True)
class Happening:
    """A line of the timeline, as pages read it."""

    at: dt.datetime
    label: str
    actor_label: str
    text: str = ""
    public: bool = True


@dataclass
class DayFile:
    """A reception day as one user may see it on the desk."""

    reception: Reception
    user: User
    people: list[Person]
    clocks: list[Clock] = field(default_factory=list)

    @property
    def warnings(self):
        return self.reception.warnings

    @property
    def state(self):
        return self.reception.state

    @cached_property
    def may_manage(self):
        return may_manage(self.user, self.reception.station)

    @property
    def is_ahead(self):
        """Whether its hours are not over and nobody has begun it: roster, date and hours may be changed."""
        beforehand = self.state in (Reception.State.PLANNED, Reception.State.PUBLISHED)
        return beforehand and self.reception.ends_at > timezone.now()

    @property
    def lunar(self):
        return spoken_lunar(self.reception.date)

    @property
    def is_today(self):
        return self.reception.date == timezone.localdate()

    @property
    def is_mine(self):
        return any(person.is_on_roster and person.deputy.user_id == self.user.pk for person in self.people)

    @property
    def has_desk(self):
        """Whether there is a desk to go to, or a record of it to read: from the day on, unless it was cancelled."""
        return self.reception.date <= timezone.localdate() and not self.reception.cancelled_at

    @property
    def may_receive(self):
        """Whether the user may write at the day's desk."""
        return self.may_manage or self.is_mine

    @cached_property
    def roster(self):
        """Those who are on duty, planned or not, in the order in which they were put on it."""
        return [person for person in self.people if person.is_on_roster]

    @cached_property
    def candidates(self):
        """Those who could take a turn and have none that day, fewest turns of the year first."""
        others = [person for person in self.people if not person.is_on_roster and not person.why_not]
        return sorted(others, key=lambda person: (person.turns, person.deputy.code))

    def person(self, pk):
        return next(person for person in self.people if person.pk == pk)

    @cached_property
    def organs(self):
        return self.reception.organ_names

    @cached_property
    def appointments(self):
        """Bookings by slot; who booked is in the vault."""
        return [Appointment(**row | {"slot": parse_time(row["slot"])}) for row in self.reception.appointment_rows]

    @cached_property
    def standing_appointments(self):
        return [booked for booked in self.appointments if booked.state != Appointment.State.CANCELLED]

    @cached_property
    def reminders(self):
        """Rungs that the day's clocks have reached, newest first."""
        by_key = {clock.pk: clock for clock in self.clocks}
        return [_reminder(row, by_key[row["clock"]]) for row in self.reception.reminder_rows]

    @cached_property
    def events(self):
        """The timeline, newest first."""
        return [
            Happening(parse_datetime(row["at"]), row["what"], row["actor"] or _("系统"))
            for row in self.reception.event_rows
        ]

    @property
    def latest_events(self):
        return self.events[:SHOWN_AT_ONCE]

    @property
    def earlier_events(self):
        return self.events[SHOWN_AT_ONCE:]

    def targets(self, action):
        """What an action is taken on: the day itself (None), or each 督办单 that waits for its acknowledgement."""
        if action != "acknowledge":
            return [None]
        return [one for one in self.reminders if one.must_acknowledge and not one.acknowledged_at]


def open_day(pk, user):
    """Read a reception day that the user finds on the desk; raises ``Reception.DoesNotExist`` for every other."""
    visible = with_roster(Reception.objects.visible_to(user)).select_related(
        "station__region", "plan", "publish_clock__owner_station", "summary_clock__owner_station"
    )
    reception = visible.annotate(**_short_lists()).get(pk=pk)
    clocks = [clock for clock in (reception.publish_clock, reception.summary_clock) if clock]
    calendar, today = load_calendar(), timezone.localdate()
    attach_warnings([reception], calendar)
    for clock in clocks:
        clock.now = clock.reading(calendar, today)
    return DayFile(reception, user, _people_of(reception), clocks)


def _short_lists():
    day = OuterRef("pk")
    of_its_clocks = Q(clock=OuterRef("publish_clock")) | Q(clock=OuterRef("summary_clock"))
    return {
        "event_rows": _rows(
            ReceptionEvent.objects.filter(reception=day).order_by("-at", "-pk"), "at", "what", actor="actor__name"
        ),
        "organ_names": ArraySubquery(Organ.objects.filter(receptions=day).values("name")),
        "appointment_rows": _rows(
            Appointment.objects.filter(reception=day),
            "pk", "number", "slot", "topic", "people", "state", "cancelled_why", "identity_id",
        ),
        "reminder_rows": _rows(
            Reminder.objects.filter(of_its_clocks).order_by("-at", "-pk"),
            "pk", "clock", "name", "colour", "at", "passed_over", "told", "must_acknowledge",
            "acknowledged_at", "acknowledgement", "paper_id", by="acknowledged_by__name", paper="paper__number",
        ),
    }  # fmt: skip


def _rows(queryset, *names, **renamed):
    return ArraySubquery(queryset.values(row=JSONObject(**{name: name for name in names}, **renamed)))


def _reminder(row, clock):
    moments = {name: parse_datetime(row.pop(name) or "") for name in ("at", "acknowledged_at")}
    paper, by = row.pop("paper"), row.pop("by")
    return Reminder(
        **row | moments | {"clock": clock},
        paper=paper and Paper(pk=row.pop("paper_id"), number=paper),
        acknowledged_by=by and User(name=by),
    )


def _people_of(reception):
    """Deputies on the day's roster, then those grouped into its station that day, by level and code; one query."""
    turns = Turn.objects.filter(reception=reception)
    grouped = Membership.objects.on(reception.date).filter(station=reception.station_id)
    seats = Mandate.objects.in_force(reception.date).filter(deputy=OuterRef("pk"))
    # Their keys come first: the facts about them are worked out for these few only, and not for a whole county.
    concerned = turns.order_by().values("deputy").union(grouped.values("deputy"))
    people = Deputy.objects.filter(pk__in=concerned).annotate(
        is_grouped=Exists(grouped.filter(deputy=OuterRef("pk"))),
        levels=ArraySubquery(seats.order_by("level").values("level")),
        turns_this_year=Subquery(_turns_counted(reception)),
        turn=Subquery(
            turns.filter(deputy=OuterRef("pk")).values(
                row=JSONObject(pk="pk", is_planned="planned", replaces="replaces__name", why="why", at="present_at")
            )
        ),
    )
    availability = Availability(people, first=reception.date, last=reception.date)
    return [
        _person(deputy, availability.why_not(deputy.pk, reception))
        for deputy in sorted(availability.deputies.values(), key=_roster_first)
    ]


def _roster_first(deputy):
    placed = deputy.turn["pk"] if deputy.turn else 0
    return (deputy.turn is None, placed, min(deputy.levels, default=max(Mandate.Level)), deputy.code)


def _turns_counted(reception):
    year = Turn.objects.filter(
        deputy=OuterRef("pk"),
        planned=True,
        reception__station=reception.station_id,
        reception__date__year=reception.date.year,
        reception__cancelled_at=None,
    )
    return year.order_by().values("deputy").annotate(n=Count("pk")).values("n")


def _person(deputy, why_not):
    facts = {"is_on_roster": False}
    if deputy.turn:
        facts = {
            "is_on_roster": True,
            "is_planned": deputy.turn["is_planned"],
            "replaces": deputy.turn["replaces"] or "",
            "why": deputy.turn["why"],
            "present_at": parse_datetime(deputy.turn["at"] or ""),
        }
    return Person(
        deputy=deputy,
        levels=deputy.levels,
        turns=deputy.turns_this_year or 0,
        why_not=why_not,
        is_grouped=deputy.is_grouped,
        **facts,
    )
