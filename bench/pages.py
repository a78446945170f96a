"""How pages are measured: how many a second at eight connections, how long one takes alone, how many queries it needs."""

import cProfile
import io
import itertools
import pstats
import time

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.client import drive, request
from bench.report import Row, keep_profile
from bench.visitors import cookies

WARM = 2  # requests of a connection, which stays with one worker, before the measuring
SECONDS, WARM_SECONDS = 10.0, 2.0
SLOW = 5  # queries of a profile that are explained


def together(address, requests, *, follow=lambda answer: None, seconds=SECONDS, right=(200,)):
    """Drive eight connections for some seconds. Raises AssertionError when an answer is none of the right ones."""
    drive(address, requests, seconds=WARM_SECONDS, follow=follow)
    run = drive(address, requests, seconds=seconds, follow=follow)
    check(run, right)
    return run


def alone(address, path, *, session, times):
    """Ask for a page so many times, one request after another over one connection."""
    asked = itertools.repeat(request("GET", path, headers=cookies(session)))
    run = drive(address, asked, connections=1, most=WARM + times, seconds=600)
    check(run, (200,))
    run.seconds = run.seconds[WARM:]
    return run


def check(run, right):
    """Raise AssertionError when an answer has another status than those that are right."""
    if not set(run.statuses) <= set(right):
        said = run.last.body[:400].decode(errors="replace") if run.last else ""
        raise AssertionError(f"answers {run.statuses}, the last one: {said}")


def page(bench, work, path, *, session, bar="", p95=None, queries=None, profiled=True):
    """The row of a page asked for alone, with its queries; where its bar is missed, with a profile if it is wanted."""
    try:
        run = alone(bench.web, path, session=session, times=bench.times)
    except AssertionError as error:
        return Row(work, bar=f"failed: {str(error)[:60]}", holds=False)
    needed = count_queries(path, session)
    holds = None
    if p95 is not None:
        holds = run.percentile(0.95) <= p95 and (queries is None or needed <= queries)
        bar = bar or f"p95 ≤ {p95} ms" + (f", ≤ {queries} queries" if queries else "")
    if holds is False and profiled:
        keep_profile(work, profile(path, session))
    return Row(
        work=work,
        n=len(run.seconds),
        p50_ms=run.percentile(0.5),
        p95_ms=run.percentile(0.95),
        queries=needed,
        bar=bar,
        holds=holds,
    )


def client(session=None):
    """A client within this process, signed in by a session."""
    made = Client(HTTP_HOST="localhost", REMOTE_ADDR="10.255.0.1")
    if session:
        made.cookies[settings.SESSION_COOKIE_NAME] = session
    return made


def count_queries(path, session):
    """The queries of one GET, after one before it."""
    visitor = client(session)
    visitor.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = visitor.get(path)
        if answer.streaming:
            b"".join(answer)
    return counted(queries)


def counted(queries):
    """How many statements were sent, savepoints too; the beginning and the end of the transaction are none of them."""
    return len([query for query in queries if query["sql"] not in ("BEGIN", "COMMIT")])


def profile(path, session):
    """Where the time of one GET goes: by function, and the plans of its slowest queries."""
    visitor, profiler = client(session), cProfile.Profile()
    visitor.get(path)
    begun = time.perf_counter()
    profiler.runcall(visitor.get, path)
    said = io.StringIO()
    said.write(f"{path}\n{(time.perf_counter() - begun) * 1000:.0f} ms under the profiler\n")
    pstats.Stats(profiler, stream=said).sort_stats("tottime").print_stats(25)
    with CaptureQueriesContext(connection) as queries:
        visitor.get(path)
    for query in sorted(queries, key=lambda query: -float(query["time"]))[:SLOW]:
        said.write(f"\n{query['time']} s\n{query['sql'][:4000]}\n{explain(query['sql'])}\n")
    return said.getvalue()


def explain(sql):
    """The plan of a query with what it really took; nothing of what changes something."""
    if not sql.startswith("SELECT"):
        return ""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
