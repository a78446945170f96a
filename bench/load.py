"""The whole bench: databases of two sizes, web and worker over each, every measure, the table and ``bench/latest.json``.

    script/bench [--petitions N] [--only NAME,...] [--keep DIRECTORY]

The smaller database shows what grows with the years; all works are measured on the larger one.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.report import Row, save, show
from bench.servers import Database, data_servers, memory, programs
from bench.servers import run as run_module
from liaison.vardir import BASE_DIR

SMALL = 10_000
NAMES = "bare,tracking,lists,case,search,dashboards,ledgers,recount,submission,sweeps,memory"
GROWS = 1.3  # a list among all cases takes at most so many times what it takes among the few


def measure(database, var, names):
    """Run the named works over a database; returns their rows."""
    with programs(database, var.path) as (addresses, pids):
        command = [sys.executable, "-m", "bench.measure", *(name for name in names if name != "memory")]
        command += ["--addresses", json.dumps(addresses), "--cases", str(database.cases)]
        rows = []
        if names != ["memory"]:
            environment = os.environ | {"DATABASE_URL": database.url}
            done = subprocess.run(command, cwd=BASE_DIR, env=environment, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
            rows = [Row(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]
        if "memory" in names:
            found = memory(pids, var)
            rows += [Row(f"memory: {name}", peak_mib=value) for name, value in found.items() if "bare" not in name]
    return rows


def growth(few, many):
    """For each role, how many times longer the slowest list takes among all cases than among the few."""
    before = {_plain(row.work): row for row in few if row.work.startswith("list, ")}
    for row in many:
        other = before.get(_plain(row.work))
        if other and " · " not in row.work:
            times = row.p50_ms / other.p50_ms
            bar = f"within {GROWS} × of {SMALL:,} cases"
            yield Row(f"{_plain(row.work)}: times the few's", p50_ms=times, bar=bar, holds=times <= GROWS)


def _plain(work):
    return work.rpartition(" (")[0]


def main():
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--petitions", type=int, default=1_000_000, help="cases of the larger database")
    parser.add_argument("--only", default=NAMES, help=f"some of {NAMES}")
    parser.add_argument("--keep", type=Path, help="a directory whose databases are used again and stay")
    options = parser.parse_args()
    directory = options.keep or Path(tempfile.mkdtemp(prefix="liaison-bench-"))
    names = options.only.split(",")
    try:
        with data_servers(directory.resolve()) as var:
            rows = run(options.petitions, names, var)
    finally:
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
    save(rows)
    show(rows)


def run(petitions, names, var):
    """Make what is not there yet, measure, and return all rows."""
    sizes = [SMALL] if "lists" in names and petitions > SMALL else []
    rows = []
    for cases in [*sizes, petitions]:
        database = Database(var, cases)
        seconds = database.make()
        if seconds:
            rows.append(Row(f"making {cases:,} cases", cases, p50_ms=seconds * 1000))
        run_module("django", "collectstatic", "--no-input", url=database.url, show=False)
        found = measure(database, var, ["lists"] if cases in sizes else names)
        rows += [*growth(rows, found), *found]
    return rows


if __name__ == "__main__":
    main()
