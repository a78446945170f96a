"""The works that are measured, each a function that returns its rows; their bars are those of the issue they answer."""

import itertools
import random
from functools import cached_property
from urllib.parse import quote

from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from bench import visitors
from bench.cases import LONG_EVERY
from bench.client import request
from bench.pages import client, counted, page, profile, together
from bench.report import Row, keep_profile
from bench.visitors import Forms, residents, submissions_by_api
from bench.words import COMMON, RARE
from insights import counting
from petitions.forms.filters import FilterForm
from petitions.models import Assignment, Category, Petition
from petitions.todo import Span, tasks_of
from petitions.views.desk import lists
from workdays.services import load_calendar

SAID = "路灯坏了好几盏，老人和孩子晚上出门很不方便，希望尽快派人来修。" * 10
LIST_QUERIES, LIST_MS = 8, 50


class Bench:
    """One database with its web: addresses, people, and what the bare view did, measured when it is first asked for."""

    def __init__(self, addresses, cases, times):
        self.web, self.bare, self.cases, self.times = addresses["web"], addresses["bare"], cases, times

    @cached_property
    def busiest(self):
        return visitors.busiest()

    @cached_property
    def bare_insert(self):
        asked = itertools.repeat(request("POST", "/insert", body=SAID.encode()))
        return together(self.bare, asked, seconds=5)

    @cached_property
    def bare_select(self):
        draw = random.Random(3)  # noqa: S311
        asked = (request("GET", f"/select?id={draw.randint(1, 10_000)}") for _n in itertools.count())
        return together(self.bare, asked, seconds=5)

    def row(self, work, run, *, queries=None, share=None, of=None, most=None, name=""):
        """The row of something done eight at once; it holds where it is at least a share of what the bare view did."""
        bar, holds = "", None
        if share:
            bar = f"≥ 1/{share} of the bare {name} ({of.rps / share:,.0f} a second)" + (
                f", ≤ {most} queries" if most else ""
            )
            holds = run.rps >= of.rps / share and (most is None or queries <= most)
        return Row(
            work, len(run.seconds), run.rps, run.percentile(0.5), run.percentile(0.95), queries, bar=bar, holds=holds
        )


def bare(bench):
    yield bench.row("bare view: one INSERT", bench.bare_insert, queries=1)
    yield bench.row("bare view: one SELECT", bench.bare_select, queries=1)


def submission(bench):
    category = Category.objects.filter(level=1).order_by("pk").first()
    run = together(bench.web, submissions_by_api(category.path), right=(201,))
    fields, address = next(visitors.matters(category.path))
    told = {"content_type": "application/json", "headers": {"X-Forwarded-For": address}}
    queries = _post(reverse("petitions:api"), fields, 201, **told)
    of = {"of": bench.bare_insert, "name": "INSERT"}
    yield bench.row("submission, JSON", run, queries=queries, share=8, most=14, **of)
    forms = Forms(category.pk)
    run = together(bench.web, forms, follow=forms.confirm, right=(302,))
    yield bench.row("submission, form", run, share=12, **of)


def _post(path, fields, right, **options):
    """The queries of one POST, the second of two: the first one warms what is kept."""
    visitor = client()
    visitor.post(path, {**fields, "title": "先提交一件"}, **options)
    with CaptureQueriesContext(connection) as queries:
        answer = visitor.post(path, fields, **options)
    if answer.status_code != right:
        raise AssertionError(f"{answer.status_code}: {answer.content[:400].decode()}")
    keep_profile("submission, queries", "\n\n".join(query["sql"][:1500] for query in queries))
    return counted(queries)


def tracking(bench):
    opened = residents(200)
    asked = itertools.cycle([request("GET", path, headers=headers) for path, headers in opened])
    run = together(bench.web, asked)
    path, headers = opened[0]
    session = headers["Cookie"].partition("=")[2]
    # The second time, as in a process that has answered before: its statements are prepared.
    client(session).get(path)
    with CaptureQueriesContext(connection) as queries:
        client(session).get(path)
    row = bench.row(
        "tracking page", run, queries=counted(queries), share=5, of=bench.bare_select, name="SELECT", most=5
    )
    if not row.holds:
        keep_profile(row.work, profile(path, session))
    yield row


def lists_of_cases(bench):
    """First and last leaf for every role and every filter; a row for each, and one for the worst of each role."""
    span = Span.of(load_calendar(), timezone.localdate())
    for name, user in bench.busiest.people.items():
        session, found = bench.busiest.sessions[name], []
        facts = {"session": session, "p95": LIST_MS, "queries": LIST_QUERIES, "profiled": False}
        for said, filters in _filters(user, bench.busiest, span):
            for leaf, path in _leaves(user, filters, span):
                row = page(bench, f"list, {name} · {said}, {leaf} leaf ({bench.cases:,})", path, **facts)
                found.append((row, path))
                yield row
        yield _slowest(f"list, {name}, slowest of {len(found)} leaves ({bench.cases:,})", found, session)


def _slowest(work, found, session):
    """The row of the slowest of several leaves, which holds if all of them do; with a profile where it does not."""
    rows = [row for row, _path in found if row.queries]
    row, path = max(found, key=lambda each: (each[0].holds is False, each[0].p95_ms or 0))
    if not row.holds:
        keep_profile(work, profile(path, session))
    return Row(
        work,
        len(found),
        p50_ms=row.p50_ms,
        p95_ms=row.p95_ms,
        queries=max((row.queries for row in rows), default=None),
        bar=row.bar,
        holds=all(row.holds for row, _path in found),
    )


def _filters(user, busiest, span):
    """Every filter of the list with a value that finds much, by its name."""
    today = span.today
    found = {
        "no filter": "",
        "open": "status=open",
        "closed": "status=closed",
        "handling": "status=handling",
        "overdue": "due=overdue",
        "soon": "due=soon",
        "station": f"station={busiest.station.code}",
        "nature": "nature=complex",
        "severity": "severity=2",
        "outcome": "outcome=not_feasible",
        "round": "round=2",
        "since": f"since={today.replace(day=1)}",
        "until": f"until={today.replace(year=today.year - 4)}",
        "word in title": f"q={quote(COMMON)}",
        "rare word in title": f"q={quote(RARE)}",
        "figure": f"figure=received&period={today.year - 1}",
        "late figure": f"figure=late&period={today.year - 1}Q3",
    }
    form = FilterForm(QueryDict(""), user=user, span=span)
    for name in ("organ", "category", "region"):
        choices = [key for key, _label in form.fields[name].choices if key]
        if choices:
            found[name] = f"{name}={quote(choices[len(choices) // 2])}"
    found |= {f"todo {task.key}": f"todo={task.key}" for task in tasks_of(user, span)}
    return found.items()


def _leaves(user, filters, span):
    """The addresses of the first leaf and, where there are several, of the last: behind the oldest cases but a leaf."""
    path = reverse("petitions:list")
    yield "first", f"{path}?{filters}"
    oldest = FilterForm(QueryDict(filters), user=user, span=span).cases().order_by("submitted_at", "pk")
    before = oldest.values_list("submitted_at", "pk")[lists.LEAF : lists.LEAF + 1]
    for at, pk in before:
        query = QueryDict(filters, mutable=True)
        query["after"] = f"{at.isoformat()}_{pk}"
        yield "last", f"{path}?{query.urlencode()}"


def case_page(bench):
    """Cases with fifty events, as each of those sees it who have to do with it."""
    longest = list(range(17, bench.cases, LONG_EVERY))[-5:]
    petition = Petition.objects.select_related("station__region").filter(pk__in=longest).order_by("-pk").first()
    part = Assignment.objects.get(round__petition=petition)
    for name, user in visitors.people_of(petition.station, part.organ_id).items():
        session = visitors.sign_in(user)
        path = petition.get_absolute_url()
        yield page(bench, f"case with 50 events, {name}", path, session=session, p95=40, queries=10)


def search(bench):
    for name in ("city committee", "officer", "clerk", "deputy"):
        for said, word in (("a frequent word", COMMON), ("a rare word", RARE)):
            yield _named(bench, f"search of {said}, {name}", "petitions:search", name, f"?q={quote(word)}", p95=100)
    for said, word in (("a frequent word", COMMON), ("a rare word", RARE)):
        yield _named(bench, f"public search of {said}", "petitions:public_search", None, f"?q={quote(word)}", p95=100)


def dashboards(bench):
    # As every minute in an office: pages know of when their figures are, and what was made of them is kept.
    counting.sweep()
    for name in bench.busiest.people:
        bar = {"p95": 150} if name.startswith("city") else {}
        yield _named(bench, f"dashboard, {name}", "insights:dashboard", name, **bar)
    for page_name in ("wall", "holders", "hot"):
        yield _named(bench, f"{page_name}, city committee", f"insights:{page_name}", "city committee")
    yield _named(bench, "public statistics", "insights:public_statistics", None)
    yield _named(bench, "desk, city committee", "portal:desk", "city committee")


def _named(bench, work, address, name, query="", **bar):
    """The row of a page by its name, as one of the people or as nobody; a page that is not there yet holds nothing."""
    try:
        path = reverse(address) + query
    except NoReverseMatch:
        return Row(work, bar="not there yet")
    session = bench.busiest.sessions[name] if name else visitors.nobody()
    return page(bench, work, path, session=session, **bar)


def recount(bench):
    """The proof that the kept figures are those of the cases."""
    begun = timezone.now()
    call_command("recount", check=True)
    taken = (timezone.now() - begun).total_seconds()
    yield Row("recount --check", bench.cases, p50_ms=taken * 1000, bar="nothing differs", holds=True)


def topics(bench):
    """The proposals of topics on the labelled messages; see ``bench.topics``."""
    from bench.topics import BAR, MESSAGES, evaluate  # scikit-learn, which no other work needs

    if not MESSAGES.exists():
        yield Row("category suggestion", bar="the shared messages are not there")
        return
    found = evaluate()
    said = f"category suggestion: first {found['first']:.3f}, among three {found['among_three']:.3f}"
    bar = f"≥ {BAR['first']}, ≥ {BAR['among_three']}, ≤ {BAR['ms']:.0f} ms each"
    yield Row(said, found["n"], p50_ms=found["p50_ms"], p95_ms=found["p95_ms"], bar=bar, holds=found["holds"])
