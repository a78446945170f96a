"""Numbers of papers have no gap and no double, whoever issues at once, takes back or dies."""

import multiprocessing
import os
import random
import signal
import time
from collections import defaultdict
from itertools import product

import pytest
from django.db import connection, transaction

from papers.models import Paper, Series
from papers.services import Draft, issue_all
from stations.models import Region
from tests.factories import a_region
from tests.supervision.conftest import moment

from .conftest import wait_until

pytestmark = pytest.mark.faults

AT = moment("2026-11-24 10:00")
PROCESSES, PAPERS, A_BATCH = 8, 2000, 8
KINDS = (Paper.Kind.HAND_OVER, Paper.Kind.SUPERVISION, Paper.Kind.CIRCULAR)
OFFICES = ("130503100", "130503101", "130502100")
KILLED = 3


class TakenBackError(Exception):
    """The step that owed the papers failed after they were made."""


def issue_share(worker):
    """Issue a process's share in batches over several offices and kinds; every fourth batch is taken back first."""
    connection.connection = None  # the parent's own; a process opens one for itself
    chance = random.Random(worker)
    offices = list(Region.objects.filter(code__in=OFFICES))
    drafts = [
        Draft(kind=kind, office=office, addressee="信都区水务局", title="测试", body="要求", key=f"{worker}-{number}")
        for number, (kind, office) in zip(
            range(PAPERS // PROCESSES), iter(lambda: (chance.choice(KINDS), chance.choice(offices)), None), strict=False
        )
    ]
    for number in range(0, len(drafts), A_BATCH):
        batch = drafts[number : number + A_BATCH]
        if chance.random() < 0.25:
            try:
                with transaction.atomic():
                    issue_all(batch, at=AT)
                    raise TakenBackError
            except TakenBackError:
                pass
        with transaction.atomic():
            issue_all(batch, at=AT)
            # Long enough that a kill finds somebody who holds a number that is not kept yet.
            time.sleep(chance.random() / 100)


def test_eight_processes_issue_two_thousand_papers_and_no_number_is_missing_or_double(transactional_db):
    for code in OFFICES:
        a_region(code)
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=issue_share, args=[worker], daemon=True) for worker in range(PROCESSES)]
    for worker in workers:
        worker.start()
    wait_until(lambda: Paper.objects.count() > PAPERS // 10, 20, "the first papers")

    for victim in workers[:KILLED]:
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
    cut_short = Paper.objects.count()
    again = [fork.Process(target=issue_share, args=[worker], daemon=True) for worker in range(KILLED)]
    for worker in again:
        worker.start()
    for worker in [*workers[KILLED:], *again]:
        worker.join(60)
        assert worker.exitcode == 0

    assert cut_short < PAPERS
    numbers = defaultdict(list)
    for office, kind, sequence in Paper.objects.values_list("office", "kind", "sequence"):
        numbers[office, kind].append(sequence)
    assert set(numbers) == set(product(OFFICES, KINDS))
    for series, given in numbers.items():
        assert sorted(given) == list(range(1, len(given) + 1)), series
    last = Series.objects.values_list("office", "kind", "last")
    assert {(office, kind): number for office, kind, number in last} == {
        key: len(some) for key, some in numbers.items()
    }
    assert Paper.objects.values("key").distinct().count() == Paper.objects.count() == PAPERS
    assert Paper.objects.values("check_code").distinct().count() == PAPERS
