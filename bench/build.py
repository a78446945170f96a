"""Fills an empty database with a city's cases of ten years: by COPY, in minutes, in memory that does not grow.

    .venv-dev/bin/python -m liaison.embedded --throwaway -- .venv-dev/bin/python -m bench.build --petitions 100000

Migrates the database of DATABASE_URL first, and refuses one that holds cases. The people sign in with ``bench.people.PASSWORD``,
every case opens with ``bench.cases.CODE``. All cases share one sealed identity.
"""

import argparse
import os
import sys
import time
from multiprocessing import get_context

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
os.environ["DATABASE_TIMEOUTS"] = "0"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench import people  # noqa: E402
from bench.cases import Cases, tables  # noqa: E402
from bench.rows import set_sequences, without_indexes  # noqa: E402
from petitions.models import Petition  # noqa: E402
from stations.models import Region  # noqa: E402
from workdays.services import load_year  # noqa: E402

BEGUN = time.monotonic()
BATCH = 1000  # cases whose rows are sent together
YEARS = 11  # of the working calendar, up to this one


def _gone():
    return time.monotonic() - BEGUN


def prepare():
    """An up-to-date schema with regions, calendar, topics and people."""
    call_command("migrate", verbosity=0)
    if Petition.objects.exists():
        sys.exit("The database holds cases: the bench fills an empty one only.")
    if not Region.objects.exists():
        call_command("load_regions", settings.BASE_DIR / "stations" / "data" / "regions.csv", verbosity=0)
    this_year = time.localtime().tm_year
    for year in range(this_year - YEARS + 1, this_year + 1):
        load_year(year=year, by_name="bench")
    call_command("load_categories", verbosity=0)
    print(f"{_gone():7.1f} s  schema, regions, calendar, topics", flush=True)
    people.make()
    print(f"{_gone():7.1f} s  people", flush=True)


def write(part, parts, total):
    """Write every ``parts``-th batch of cases, from the ``part``-th on; runs in a process of its own."""
    cases = Cases(people.Offices(), total=total)
    with connection.cursor() as cursor:
        # Nothing is lost that could not be built again.
        cursor.execute("SET synchronous_commit = off")
    for first in range(1 + part * BATCH, total + 1, parts * BATCH):
        for number in range(first, min(first + BATCH, total + 1)):
            cases.add(number)
        cases.send()


def build(total, processes):
    """Everything, with the seconds of each stage on standard output."""
    prepare()
    with without_indexes([table.name for table in tables().values()]):
        connection.close()
        context = get_context("spawn")
        workers = [context.Process(target=write, args=(n, processes, total)) for n in range(processes)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if any(worker.exitcode for worker in workers):
            sys.exit("A process that writes cases has failed.")
        print(f"{_gone():7.1f} s  rows", flush=True)
    print(f"{_gone():7.1f} s  indexes and keys", flush=True)
    finish(total)
    print(f"{_gone():7.1f} s  vacuum and analyze", flush=True)


def finish(total):
    """Sequences, statistics and the map of visible pages, as a night leaves them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('petition_number', %s)", [total])
        set_sequences([table.model for table in tables().values()])
        cursor.execute("VACUUM (ANALYZE)")


def main():
    parser = argparse.ArgumentParser(prog="python -m bench.build")
    parser.add_argument("--petitions", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    build(options.petitions, options.processes)


if __name__ == "__main__":
    main()
