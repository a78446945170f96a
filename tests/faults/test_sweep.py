"""The sweep is safe: whatever dies or runs twice, every clock is pressed once, and what was missed is caught up."""

import datetime as dt
import os
import random
import re
import signal
import time
from collections import Counter
from itertools import cycle, islice, product

import pytest
from django.utils import timezone

from accounts.models import Role
from notices.models import Message
from papers.models import Paper
from stations.models import Region
from supervision import services as supervision
from supervision.models import Clock, Duty, Reminder, Unit
from tests.factories import OrganFactory, StationFactory, a_region, a_user, load_years
from workdays.services import load_calendar

from .conftest import wait_until

pytestmark = pytest.mark.faults

CLOCKS = 5000
# Rungs by the working days from today to the due date: those passed over, and the one that speaks.
OWED = {
    2: ([], "提醒"),
    -1: (["提醒", "预警"], "催办"),
    -2: (["提醒", "预警", "催办"], "督办单"),
}
TOLD = {"提醒": [Role.CLERK], "催办": [Role.CLERK, Role.LEADER, Role.HEAD], "督办单": [Role.LEADER]}


class Backlog:
    """Clocks of many organs and townships that all owe something at once, and what must come of them."""

    def __init__(self, count):
        load_years()
        townships = [a_region(f"13050310{n}") for n in range(5)]
        stations = [StationFactory(region=township) for township in townships]
        heads = {station.pk: a_user(Role.HEAD, station.region) for station in stations}
        organs = [OrganFactory() for _ in range(10)]
        staff = {(organ.pk, role): a_user(role, organ) for organ in organs for role in (Role.CLERK, Role.LEADER)}
        kinds = cycle(product(OWED, organs, stations))
        self.clocks = self._commit(list(islice(kinds, count)))
        self.reminders, self.messages, self.papers = Counter(), Counter(), Counter()
        for clock, days in self.clocks:
            passed_over, spoken = OWED[days]
            self.reminders.update((clock.pk, name, True) for name in passed_over)
            self.reminders[clock.pk, spoken, False] += 1
            for role in TOLD[spoken]:
                user = heads[clock.station_id] if role == Role.HEAD else staff[clock.owner_organ_id, role]
                self.messages[clock.topic, user.pk] += 1
            if spoken == "督办单":
                self.papers[clock.station.region_id] += 1

    def _commit(self, kinds):
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
                next_rung_at=now - dt.timedelta(1),
            )
            for n, (days, organ, station) in enumerate(kinds)
        ]
        Clock.objects.bulk_create(clocks)
        return list(zip(clocks, [days for days, *_ in kinds], strict=True))

    def left(self):
        """How many clocks still owe something."""
        return Clock.objects.due_for_a_rung(timezone.now()).count()

    def assert_everything_once(self):
        written = Reminder.objects.values_list("clock_id", "rung__name", "passed_over")
        assert Counter(written) == self.reminders
        assert Counter((m.topic, m.recipient_id) for m in Message.objects.all()) == self.messages
        assert Message.objects.values("dedupe_key").distinct().count() == self.messages.total()
        for office, count in self.papers.items():
            sequences = Paper.objects.filter(office=office).order_by("sequence").values_list("sequence", flat=True)
            assert list(sequences) == list(range(1, count + 1)), Region.objects.get(pk=office)
        issued = Reminder.objects.filter(rung__makes_paper=True).values("paper").distinct().count()
        assert issued == Paper.objects.count() == self.papers.total()


def test_one_sweep_over_five_thousand_due_clocks_ends_before_the_next_is_due(transactional_db):
    backlog = Backlog(CLOCKS)

    began, worked = time.monotonic(), time.process_time()
    handled = supervision.sweep()
    seconds, worked = time.monotonic() - began, time.process_time() - worked

    print(f"one sweep over {CLOCKS} due clocks: {seconds:.1f} s, {worked:.1f} s of them Python's own work")
    assert handled == CLOCKS
    assert seconds < 60
    backlog.assert_everything_once()


def test_two_workers_and_two_beats_at_once_write_every_reminder_once(portal):
    workers = ["worker1", "worker2"]
    for name in workers:
        portal.worker(name)
    for name in ("beat1", "beat2"):
        portal.beat(name)
    wait_until(lambda: all(swept(portal, name) for name in workers), 30, lambda: portal.said)

    backlog = Backlog(CLOCKS)
    wait_until(lambda: backlog.left() == 0, 90, lambda: (backlog.left(), portal.said))

    wait_until(lambda: sum(sum(swept(portal, name)) for name in workers) >= CLOCKS, 10, lambda: portal.said)
    shares = [sum(swept(portal, name)) for name in workers]
    print(f"clocks swept by each worker: {shares}")
    assert sum(shares) == CLOCKS
    assert min(shares) > 0
    backlog.assert_everything_once()


def swept(portal, worker):
    """How many clocks each finished sweep of a worker took."""
    told = re.compile(r"Task supervision\.tasks\.sweep\[.*succeeded in .*: (\d+)$")
    return [int(found[1]) for line in list(portal.said[worker]) if (found := told.search(line))]


def test_workers_killed_in_the_middle_of_a_sweep_leave_nothing_lost_or_doubled(portal):
    backlog = Backlog(CLOCKS)
    dice = random.Random(20261124)
    portal.beat()

    for done in sorted(dice.sample(range(1, CLOCKS - 1000), 5)):
        worker = portal.worker()
        wait_until(lambda done=done: CLOCKS - backlog.left() >= done, 60, lambda: portal.said)
        time.sleep(dice.uniform(0, 0.2))
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(5)
        assert backlog.left() > 0

    portal.worker()
    wait_until(lambda: backlog.left() == 0, 60, lambda: (backlog.left(), portal.said))
    backlog.assert_everything_once()
