"""Works that a worker does: each runs in a process of its own, whose time and memory are measured there."""

import json
import os
import subprocess
import sys

from bench.report import PROFILES, Row
from liaison.vardir import BASE_DIR

MORE_WHILE_RUNNING = 1.25  # a process whose memory is constant grows by no more than this after its first seconds


def alone(work, *options):
    """Run one work of ``bench.alone`` and return what it printed last. Raises CalledProcessError when it fails."""
    command = [sys.executable, "-m", "bench.alone", work, *options]
    done = subprocess.run(command, cwd=BASE_DIR, env=os.environ, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}


def _row(work, found, bar="", holds=None):
    milliseconds = found["seconds"] * 1000
    return Row(work, found["handled"], None, milliseconds, milliseconds, None, found["peak_mib"], bar, holds)


def _profiled(work):
    """Do it once more for the profile."""
    PROFILES.mkdir(exist_ok=True)
    alone(work, "--profile", str(PROFILES / f"{work}.txt"))


def ledgers(bench):
    """A ledger of a hundred thousand cases as files, beside PostgreSQL's own COPY of its query."""
    plain, csv, xlsx = alone("copy"), alone("csv"), alone("xlsx")
    yield _row("ledger's query by COPY", plain)
    yield _row("ledger, CSV", csv, "within 2 × of COPY", csv["seconds"] <= 2 * plain["seconds"])
    holds = xlsx["seconds"] <= 15 and xlsx["peak_mib"] <= 150
    yield _row("ledger, xlsx", xlsx, "≤ 15 s, ≤ 150 MiB", holds)
    if not holds:
        _profiled("xlsx")


def sweeps(bench):
    """The sweep of all that is due, then one with nothing to do. Changes the database: the last of all works."""
    made = alone("prepare")
    print("due rungs:", made["handled"], file=sys.stderr, flush=True)
    found = alone("sweep")
    constant = found["early_mib"] is None or found["peak_mib"] <= MORE_WHILE_RUNNING * found["early_mib"]
    row = _row("sweep of what is due", found, "≤ 60 s, constant memory", found["seconds"] <= 60 and constant)
    yield row
    idle = min((alone("idle") for _n in range(3)), key=lambda each: each["seconds"])
    yield _row("sweep with nothing due", idle, "≤ 20 ms", idle["seconds"] <= 0.02)
    if not row.holds:
        alone("prepare")
        _profiled("sweep")
