"""Clocks of many organs and townships that all owe something, and what must come of each, exactly once."""

import datetime as dt
from collections import Counter
from itertools import cycle, islice, product

from django.utils import timezone

from accounts.models import Role
from notices.models import Message
from papers.models import Paper
from supervision.models import Clock, Duty, Reminder, Unit
from tests.factories import OrganFactory, StationFactory, a_region, a_user, load_years
from workdays.services import load_calendar

# Rungs by the working days from today to the due date: those passed over, and the one that speaks.
OWED = {
    2: ([], "提醒"),
    -1: (["提醒", "预警"], "催办"),
    -2: (["提醒", "预警", "催办"], "督办单"),
}
TOLD = {"提醒": [Role.CLERK], "催办": [Role.CLERK, Role.LEADER, Role.HEAD], "督办单": [Role.LEADER]}


class Backlog:
    """Offices of five townships with ten organs, and the clocks that were added; ``add`` says when they fall due."""

    def __init__(self, count=0):
        load_years()
        townships = [a_region(f"13050310{n}") for n in range(5)]
        self._stations = [StationFactory(region=township) for township in townships]
        self._heads = {station.pk: a_user(Role.HEAD, station.region) for station in self._stations}
        self._organs = [OrganFactory() for _ in range(10)]
        self._staff = {
            (organ.pk, role): a_user(role, organ) for organ in self._organs for role in (Role.CLERK, Role.LEADER)
        }
        self.clocks = []
        self.reminders, self.messages, self.papers = Counter(), Counter(), Counter()
        self.add(count)

    def add(self, count, *, seconds=0):
        """Start clocks that are found one after the other within so many seconds, at once without any."""
        kinds = list(islice(cycle(product(OWED, self._organs, self._stations)), count))
        added = self._commit(kinds, dt.timedelta(seconds=seconds))
        self.clocks += added
        for clock, days in added:
            passed_over, spoken = OWED[days]
            self.reminders.update((clock.pk, name, True) for name in passed_over)
            self.reminders[clock.pk, spoken, False] += 1
            for role in TOLD[spoken]:
                user = self._heads[clock.station_id] if role == Role.HEAD else self._staff[clock.owner_organ_id, role]
                self.messages[clock.topic, user.pk] += 1
            if spoken == "督办单":
                self.papers[clock.station.region_id] += 1

    def _commit(self, kinds, spread):
        now, calendar = timezone.now(), load_calendar()
        today = timezone.localdate(now)
        due = {days: calendar.add_workdays(today, days) for days in OWED}
        clocks = [
            Clock(
                duty=Duty.ANSWER,
                owner_organ=organ,
                station=station,
                title=f"XD-20261124-{n:05} 答复",
                link=f"/desk/petitions/XD-20261124-{n:05}/",
                started_at=now - dt.timedelta(60),
                length=0,
                unit=Unit.DATE,
                due_on=due[days],
                original_due_on=due[days],
                calendar_version=calendar.version,
                next_rung_at=now + spread * n / len(kinds),
            )
            for n, (days, organ, station) in enumerate(kinds)
        ]
        Clock.objects.bulk_create(clocks)
        return list(zip(clocks, [days for days, *_ in kinds], strict=True))

    def left(self):
        """How many clocks still owe something."""
        return Clock.objects.due_for_a_rung(timezone.now()).count()

    def assert_everything_once(self):
        """Every rung once, everybody told once, every paper once and without a gap in its numbers."""
        mine = [clock.pk for clock, _days in self.clocks]
        reminders = Reminder.objects.filter(clock__in=mine)
        assert Counter(reminders.values_list("clock_id", "rung__name", "passed_over")) == self.reminders
        told = Message.objects.filter(topic__in=[clock.topic for clock, _days in self.clocks])
        assert Counter(told.values_list("topic", "recipient")) == self.messages
        assert told.values("dedupe_key").distinct().count() == self.messages.total()
        issued = Paper.objects.filter(reminder__in=reminders)
        assert Counter(issued.values_list("office", flat=True)) == self.papers
        for office in self.papers:
            kept = Paper.objects.filter(office=office, kind=Paper.Kind.SUPERVISION)
            sequences = list(kept.order_by("sequence").values_list("sequence", flat=True))
            assert sequences == list(range(1, len(sequences) + 1)), office
        assert reminders.filter(rung__makes_paper=True).values("paper").distinct().count() == issued.count()

    def assert_nothing_else(self):
        """Nobody was told anything else, and no other paper was made."""
        assert Message.objects.count() == self.messages.total()
        assert Paper.objects.count() == self.papers.total()
