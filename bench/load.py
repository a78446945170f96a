"""The whole bench: databases of two sizes, web and worker over each, every measure, the table and ``bench/latest.json``.

    script/bench [--petitions N] [--only NAME,...] [--keep DIRECTORY] [--times N]

The smaller database shows what grows with the years; all works are measured on the larger one.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.report import Row, save, show
from bench.servers import Database, data_servers, memory, programs
from bench.servers import run as run_module
from liaison.processes import tie_to_parent
from liaison.vardir import BASE_DIR

SMALL = 10_000
NAMES = "bare,tracking,lists,case,search,dashboards,ledgers,recount,topics,submission,sweeps,memory"
GROWS = 1.3  # a list among all cases takes at most so many times what it takes among the few


def measure(database, var, names, times):
    """Run the named works over a database and yield their rows as they come."""
    with programs(database, var.path) as (addresses, pids):
        command = [sys.executable, "-m", "bench.measure", *(name for name in names if name != "memory")]
        command += ["--addresses", json.dumps(addresses), "--cases", str(database.cases), "--times", str(times)]
        if names != ["memory"]:
            yield from _rows(command, database.url)
        if "memory" in names:
            found = memory(pids, var)
            yield from (Row(f"memory: {name}", peak_mib=value) for name, value in found.items() if "bare" not in name)


def _rows(command, url):
    """The rows of a process that measures, as they come."""
    environment = os.environ | {"DATABASE_URL": url}
    options = {"stdout": subprocess.PIPE, "text": True, "preexec_fn": tie_to_parent(signal.SIGTERM)}
    with subprocess.Popen(command, cwd=BASE_DIR, env=environment, **options) as process:  # noqa: S603
        for line in process.stdout:
            if not line.startswith("{"):
                continue
            row = Row(**json.loads(line))
            print("  ".join(filter(None, row.cells())), flush=True)
            yield row
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def growth(few, many):
    """For each role, the leaf that takes most times longer (p50) among all cases than among the few."""
    before = {_leaf(row): row for row in few if " · " in row.work and row.p50_ms}
    times = {}
    for row in many:
        other = before.get(_leaf(row))
        if other and row.p50_ms:
            role, _separator, leaf = _leaf(row).partition(" · ")
            times.setdefault(role, []).append((row.p50_ms / other.p50_ms, leaf))
    for role, found in times.items():
        most, leaf = max(found)
        bar = f"within {GROWS} × of {SMALL:,} cases"
        yield Row(f"{role}: {most:.2f} × of the few's ({leaf})", len(found), bar=bar, holds=most <= GROWS)


def _leaf(row):
    return row.work.rpartition(" (")[0]


def main():
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--petitions", type=int, default=1_000_000, help="cases of the larger database")
    parser.add_argument("--only", default=NAMES, help=f"some of {NAMES}")
    parser.add_argument("--keep", type=Path, help="a directory whose databases are used again and stay")
    parser.add_argument("--times", type=int, default=25, help="how often each page is asked for alone")
    options = parser.parse_args()
    directory = options.keep or Path(tempfile.mkdtemp(prefix="liaison-bench-"))
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    rows = []
    try:
        with data_servers(directory.resolve()) as var:
            for row in run(options.petitions, options.only.split(","), options.times, var):
                rows.append(row)
    finally:
        if rows:
            save(rows, whole=options.only == NAMES)
            show(rows)
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)


def run(petitions, names, times, var):
    """Make the databases that are not there yet, measure, and yield the rows."""
    sizes = [SMALL, petitions] if "lists" in names and petitions > SMALL else [petitions]
    few = []
    for cases in sizes:
        database = Database(var, cases)
        seconds = database.make()
        if seconds:
            yield Row(f"making {cases:,} cases", cases, p50_ms=seconds * 1000)
        run_module("django", "migrate", url=database.url, show=False)
        run_module("django", "collectstatic", "--no-input", url=database.url, show=False)
        found = []
        for row in measure(database, var, names if cases == petitions else ["lists"], times):
            found.append(row)
            yield row
        yield from growth(few, found)
        few = found


if __name__ == "__main__":
    main()
