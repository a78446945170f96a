"""Works in a process of their own, whose time and memory are theirs alone: ledgers as files, and sweeps.

    python -m bench.alone csv|copy|xlsx|prepare|sweep|idle [--profile FILE]

with the environment of the bench; ``prepare`` makes a sweep's clocks due. Prints one line of JSON: seconds, peak MiB,
what was handled, and the MiB early on.
"""

import argparse
import cProfile
import json
import os
import pstats
import tempfile
import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from time import monotonic

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
os.environ["DATABASE_TIMEOUTS"] = "0"
django.setup()

from django.db import connection  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Role, User  # noqa: E402
from papers.sheet_files import write_csv, write_xlsx  # noqa: E402
from petitions.ledgers import CASES  # noqa: E402
from petitions.models import Petition  # noqa: E402
from stations.models import Region  # noqa: E402
from supervision.models import Clock  # noqa: E402
from supervision.reckoning import facts_of, load_ladders, recorded_steps  # noqa: E402
from supervision.services import sweep  # noqa: E402
from workdays.calendar import BEIJING, DAY  # noqa: E402
from workdays.services import load_calendar  # noqa: E402

ROWS = 100_000  # of a ledger; clocks of a sweep
BATCH = 2000
EARLY = 2.0  # seconds after which memory is looked at for the first time


def sheet():
    """The ledger of the latest hundred thousand cases, as the committee of the city takes it."""
    city = Region.objects.get(level=Region.Level.CITY)
    user = User.objects.filter(grants__role=Role.COMMITTEE, grants__region=city).get()
    asked = CASES.ask(user, QueryDict(""))
    last = Petition.objects.order_by("-pk").values_list("pk", flat=True)[0]
    return replace(asked, rows=asked.rows.filter(pk__gt=last - ROWS))


def csv():
    """The ledger as CSV."""
    with tempfile.TemporaryFile() as file:
        return write_csv(sheet(), file)


def xlsx():
    """The ledger as an Excel book."""
    with tempfile.TemporaryFile() as file:
        return write_xlsx(sheet(), file, under="")


def copy():
    """The ledger's query by PostgreSQL's own COPY, its columns as they are."""
    statement = sheet().statement(lambda reference, kind: reference)
    with tempfile.TemporaryFile() as file, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({cursor.mogrify(*statement).decode()}) TO STDOUT (FORMAT csv)", file)
        return cursor.rowcount


def make_due():
    """Move due dates so that each clock's next rung has come with the last midnight after a working day, and no other.

    Returns how many clocks owe which rung. A clock that was started later is started a day before that.
    """
    calendar, ladders, owed = load_calendar(), load_ladders(), Counter()
    came_on = calendar.add_workdays(timezone.localdate(), -1)
    started_at = datetime.combine(came_on, time.min, BEIJING)
    clocks = Clock.objects.filter(next_rung_at__isnull=False).select_related("station__region").order_by("pk")[:ROWS]
    batches = iter(clocks.iterator(chunk_size=BATCH))
    while batch := list(islice(batches, BATCH)):
        recorded = recorded_steps(batch)
        for clock in batch:
            steps = ladders.of(clock).steps(**facts_of(clock, calendar))
            step = next(step for step in steps if step.mark not in recorded[clock.pk])
            offset = step.rung.offset + step.occurrence * (step.rung.repeat_every or 0)
            clock.due_on = clock.original_due_on = calendar.add_workdays(came_on, -offset)
            clock.next_rung_at = started_at + DAY
            clock.started_at = min(clock.started_at, started_at)
            owed[step.rung.name] += 1
        Clock.objects.bulk_update(batch, ["due_on", "original_due_on", "next_rung_at", "started_at"], batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE supervision_clock")
    return owed


WORKS = {"csv": csv, "copy": copy, "xlsx": xlsx, "prepare": make_due, "sweep": sweep, "idle": sweep}


def measure(work):
    """Do a work and return its seconds, what it handled, its peak of memory, and its memory early on."""
    early = []
    timer = threading.Timer(EARLY, lambda: early.append(_peak()))
    timer.start()
    begun = monotonic()
    handled = work()
    seconds = monotonic() - begun
    timer.cancel()
    return {"seconds": seconds, "handled": handled, "peak_mib": _peak(), "early_mib": early[0] if early else None}


def _peak():
    """The most MiB that this program has had in memory so far."""
    # getrusage would tell the parent's, where that had more before this program took its place.
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def main():
    parser = argparse.ArgumentParser(prog="python -m bench.alone")
    parser.add_argument("work", choices=list(WORKS))
    parser.add_argument("--profile", help="a file for where the time goes, which takes longer")
    options = parser.parse_args()
    if options.profile:
        with open(options.profile, "w") as file, cProfile.Profile() as profiler:
            WORKS[options.work]()
            pstats.Stats(profiler, stream=file).sort_stats("cumulative").print_stats(60)
        return
    if options.work == "idle":
        # The worker of an office has swept before.
        sweep()
    found = measure(WORKS[options.work])
    print(json.dumps(found, ensure_ascii=False, default=dict))


if __name__ == "__main__":
    main()
