"""The sweep is safe: whatever dies or runs twice, every clock is pressed once, and what was missed is caught up."""

import os
import random
import re
import signal
import time

import pytest

from supervision import services as supervision

from .backlog import Backlog
from .conftest import wait_until

pytestmark = pytest.mark.faults

CLOCKS = 5000


def test_one_sweep_over_five_thousand_due_clocks_ends_before_the_next_is_due(transactional_db):
    backlog = Backlog(CLOCKS)

    began, worked = time.monotonic(), time.process_time()
    handled = supervision.sweep()
    seconds, worked = time.monotonic() - began, time.process_time() - worked

    print(f"one sweep over {CLOCKS} due clocks: {seconds:.1f} s, {worked:.1f} s of them Python's own work")
    assert handled == CLOCKS
    assert seconds < 60
    backlog.assert_everything_once()
    backlog.assert_nothing_else()


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
    backlog.assert_nothing_else()


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
    backlog.assert_nothing_else()
