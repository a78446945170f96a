"""Measures the hints at like cases: how well they find among real messages, and how quickly among 100,000 cases.

    .venv-dev/bin/python -m liaison.embedded --throwaway -- .venv-dev/bin/python -m bench.similar

Reads the shared messages beside the project, which are not part of it. ``--pairs`` prints the titles of every hint at
one message in ten, to be judged by eye. Nothing of it stays behind.
"""

import csv
import datetime as dt
import os
import random
import statistics
import sys
import time
from pathlib import Path
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
os.environ["DATABASE_TIMEOUTS"] = "0"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from petitions.clusterfile import LOOKED_AT  # noqa: E402
from petitions.models import Petition  # noqa: E402
from petitions.search import enter_anew  # noqa: E402
from petitions.similar import HINT, LIKE, SHOWN, SHOWN_TO_STAFF, groups, similar_cases  # noqa: E402
from tests.factories import StationFactory, a_region  # noqa: E402

MESSAGES = Path(settings.BASE_DIR).parent / "shared" / "data" / "messages.csv"
REWORDED = Path(settings.BASE_DIR) / "tests" / "petitions" / "data" / "reworded.csv"
FIRST = "130503100"  # the township of the messages
COUNTIES = 19
OPEN_IN = 5  # one case in five is open
ASKED = 200


def read(path):
    """The rows of a CSV file, as dicts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def store(rows, region, station):
    """Store messages as open cases with their grams, and return them; the planner knows the tables afterwards."""
    now = timezone.now()
    cases = Petition.objects.bulk_create(
        Petition(
            number=f"B-{row['id']}",
            station=station,
            region=region,
            title=row["title"][:60],
            body=row["body"],
            submitted_at=now - dt.timedelta(minutes=n),
            submission_key=uuid4(),
        )
        for n, row in enumerate(rows)
    )
    enter_anew(cases)
    analyze()
    return cases


def analyze():
    """Let PostgreSQL know the tables as they are, as autovacuum does in the night."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE petitions_searchentry, petitions_petition")


def like(title, body, region, pk=None, **bounds):
    """The open cases like these words, without the case they are from; ``bounds`` as for ``similar_cases``."""
    others = Petition.objects.open().exclude(pk=pk)
    return similar_cases(others, region=region, title=title, body=body, **bounds)


def how_well(cases, rows, region):
    """How many reworded messages find their original, and how many messages get a hint, all in one county."""
    of_id = dict(zip((row["id"] for row in rows), cases, strict=True))
    staff, hinted = [], 0
    for row in read(REWORDED):
        alike = like(row["title"], row["body"], region, least=LIKE, most=SHOWN_TO_STAFF)
        if of_id[row["id"]] in alike:
            staff.append(alike.index(of_id[row["id"]]) + 1)
        hinted += of_id[row["id"]] in [case for case in alike[:SHOWN] if case.likeness >= HINT]
    print(f"reworded: the original is first in {staff.count(1)} of 50, among the first five in {len(staff)}")
    print(f"          a resident is shown it in {hinted}")
    asked = cases[::10]
    shown = [(case, like(case.title, case.body, region, case.pk)) for case in asked]
    some = [(case, alike) for case, alike in shown if alike]
    print(f"messages that get a hint: {len(some)} of {len(asked)}, {sum(len(alike) for _case, alike in some)} hints")
    if "--pairs" in sys.argv:
        for case, alike in some:
            for other in alike:
                print(f"  {other.likeness:.2f}  {case.title}  |  {other.title}")
    begun = time.perf_counter()
    found = groups(list(Petition.objects.select_related("category").order_by("-pk")[:LOOKED_AT]))
    print(f"groups among {LOOKED_AT} cases: {len(found)}, {(time.perf_counter() - begun) * 1000:.0f} ms")


def multiply(cases, station):
    """Give every county the same cases and as many mixed of their sentences; one in five stays open."""
    draw = random.Random(20261128)  # noqa: S311
    sentences = [part for case in cases for part in case.body.split("。") if len(part) > 8]
    mixed = [
        {"id": f"x{n}", "title": case.title[::-1], "body": "。".join(draw.sample(sentences, 4))}
        for n, case in enumerate(cases)
    ]
    store(mixed, a_region(FIRST), station)
    names = [field.column for field in Petition._meta.concrete_fields if field.column != "id"]
    copied = {"number": "number || %(copy)s", "region_id": "%(region)s", "submission_key": "gen_random_uuid()"}
    facts = ", ".join(copied.get(name, name) for name in names)
    copy_cases = f"""
        INSERT INTO petitions_petition ({", ".join(names)})
        SELECT {facts} FROM petitions_petition WHERE region_id = %(first)s
    """  # noqa: S608 - the names are those of the model
    copy_entries = """
        INSERT INTO petitions_searchentry (petition_id, grams)
        SELECT new.id, entry.grams FROM petitions_petition new
        JOIN petitions_petition old ON new.number = old.number || %(copy)s
        JOIN petitions_searchentry entry ON entry.petition_id = old.id
    """
    with connection.cursor() as cursor:
        for n in range(1, COUNTIES):
            given = {"copy": f"-{n}", "region": a_region(f"1305{n + 30}100").pk, "first": FIRST}
            cursor.execute(copy_cases, given)
            cursor.execute(copy_entries, given)
        closed = "UPDATE petitions_petition SET status = 'closed', closed_how = 'imported' WHERE id %% %s <> 0"
        cursor.execute(closed, [OPEN_IN])
    analyze()


def how_quickly(cases, region):
    """Print how long a search takes among all cases, the middle and the slowest, with the plan of the slowest query."""
    draw, taken, asked = random.Random(7), [], []  # noqa: S311
    for case in draw.sample(cases, ASKED):
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            like(case.title, case.body, region, case.pk)
            taken.append(time.perf_counter() - begun)
        asked.append((float(queries[-1]["time"]), queries[-1]["sql"]))
    taken.sort()
    slowest = max(asked)
    print(f"{Petition.objects.count()} cases, {Petition.objects.open().count()} of them open")
    print(f"one search: {statistics.median(taken) * 1000:.0f} ms, 95 % {taken[int(ASKED * 0.95)] * 1000:.0f} ms")
    print(
        f"of which the query: {statistics.median(a for a, _sql in asked) * 1000:.0f} ms, most {slowest[0] * 1000:.0f}"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF) {slowest[1]}")
        print("\n".join(line[:110] for (line,) in cursor.fetchall()))


def main():
    """Measure both on a database of one's own."""
    settings.ALLOWED_HOSTS = ["localhost"]
    call_command("migrate", verbosity=0)
    rows = read(MESSAGES)
    region = a_region(FIRST)
    station = StationFactory(region=region)
    cases = store(rows, region, station)
    how_well(cases, rows, region)
    multiply(cases, station)
    how_quickly(cases, region)


if __name__ == "__main__":
    main()
