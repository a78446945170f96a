"""Every address of the portal, asked for by everybody whose it is not: nothing is shown, nothing is changed, nothing breaks.

The addresses are read from the resolver, so that a new one is tried the day it is made. One whose parameters no line of
``FILLED`` can fill fails the test, as does one that shows something to strangers and is not in ``OPEN``.
"""

import re
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.factories import load_years
from tests.liaison.populated import SECRET, everything, foreigners

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
REFUSED = {302, 400, 401, 403, 404, 405, 406, 410, 415, 422, 429}
# What counts tries and who is signed in, not what the office holds.
UNHELD = {"accounts_attempt", "django_session"}

# By how an address begins, the longest first: whose keys fill it in.
FILLED = {
    "accounts/leave/": lambda home: {"pk": home.leave.pk},
    "accounts/invitation/": lambda home: {"token": "x" * 43},
    "accounts/sessions/": lambda home: {"pk": home.sign_in.pk},
    "accounts/tokens/": lambda home: {"pk": home.token.pk},
    "activities/": lambda home: {"pk": home.activity.pk},
    "api/v1/deputies/": lambda home: {"code": home.deputy_person.code},
    "api/v1/desk/ledgers/": lambda home: {"key": "petitions"},
    "api/v1/desk/ledgers/jobs/": lambda home: {"pk": home.ledger.pk},
    "api/v1/desk/petitions/": lambda home: {"number": home.case.number, "action": "accept"},
    "api/v1/petitions/": lambda home: {"number": home.case.number},
    "api/v1/receptions/": lambda home: {"pk": home.reception.pk},
    "api/v1/regions/": lambda home: {"code": home.township.code},
    "api/v1/results/": lambda home: {"number": home.case.number},
    "api/v1/stations/": lambda home: {"code": home.station.code},
    "appointments/": lambda home: {"number": home.appointment.number},
    "deputies/": lambda home: {"code": home.deputy_person.code},
    "desk/activities/": lambda home: {
        "pk": home.activity.pk, "invitation": home.invitation.pk, "document": home.document.pk, "action": "cancel",
    },
    "desk/bookings/": lambda home: {"number": home.appointment.number},
    "desk/calendar/": lambda home: {"day": "2026-11-03", "year": 2027},
    "desk/categories/": lambda home: {"pk": home.category.pk},
    "desk/checklists/": lambda home: {"pk": home.checklist.pk},
    "desk/clocks/": lambda home: {"pk": home.clock.pk},
    "desk/clusters/": lambda home: {"pk": home.cluster.pk, "action": "dissolve"},
    "desk/deputies/": lambda home: {"code": home.deputy_person.code, "action": "group"},
    "desk/deputy-imports/": lambda home: {"pk": home.sheet.pk},
    "desk/duty-records/": lambda home: {"code": home.deputy_person.code},
    "desk/erasure-requests/": lambda home: {"pk": home.erasure.pk},
    "desk/findings/": lambda home: {"pk": home.finding.pk},
    "desk/inspections/": lambda home: {"pk": home.inspection.pk},
    "desk/items/": lambda home: {"pk": home.item.pk, "action": "drop"},
    "desk/ladder/": lambda home: {"pk": home.rung.pk},
    "desk/ladders/": lambda home: {"pk": home.ladder.pk},
    "desk/ledgers/": lambda home: {"key": "petitions", "kind": "csv"},
    "desk/ledgers/jobs/": lambda home: {"pk": home.ledger.pk},
    "desk/ledgers/months/": lambda home: {"pk": home.lock.pk},
    "desk/meetings/": lambda home: {"pk": home.meeting.pk, "action": "decline"},
    "desk/message-words/": lambda home: {"name": "received"},
    "desk/messages/": lambda home: {"pk": home.message.pk},
    "desk/messages/parked/": lambda home: {"pk": home.parked.pk},
    "desk/new-station/": lambda home: {"region": home.township.code},
    "desk/note-photos/": lambda home: {"pk": home.note_photo.pk},
    "desk/notes/": lambda home: {"pk": home.note.pk},
    "desk/organs/": lambda home: {"pk": home.organ.pk},
    "desk/papers/": lambda home: {"pk": home.paper.pk},
    "desk/papers/wording/": lambda home: {"kind": home.paper.kind},
    "desk/people/": lambda home: {
        "pk": home.officer.pk, "grant_pk": home.officer.grants.first().pk, "token_pk": home.token.pk,
    },
    "desk/petitions/": lambda home: {"number": home.case.number, "action": "accept"},
    "desk/posters/": lambda home: {"pk": home.posters.pk},
    "desk/posters/deputy/": lambda home: {"code": home.deputy_person.code},
    "desk/posters/station/": lambda home: {"code": home.station.code},
    "desk/programmes/": lambda home: {"pk": home.programme.pk},
    "desk/programmes/templates/": lambda home: {"pk": home.template.pk},
    "desk/proposals/": lambda home: {"version": 1},
    "desk/quarter/": lambda home: {"code": home.station.code, "column": "cases"},
    "desk/receptions/": lambda home: {"pk": home.reception.pk, "action": "publish"},
    "desk/receptions/plan/": lambda home: {"code": home.station.code},
    "desk/refusal-reasons/": lambda home: {"code": home.reason.code},
    "desk/stations/": lambda home: {"code": home.station.code, "checklist": home.checklist.pk},
    "desk/suggestions/": lambda home: {"number": home.suggestion.number, "action": "withdraw"},
    "desk/terms/": lambda home: {"pk": home.term.pk},
    "desk/who-sees/": lambda home: {"number": home.case.number},
    "documents/": lambda home: {"pk": home.document.pk},
    "i/": lambda home: {"token": "x" * 43},
    "my-data/": lambda home: {"number": home.case.number, "kind": "json"},
    "o/": lambda home: {"token": "x" * 43, "pk": home.photo.pk},
    "open311/": lambda home: {"kind": "json", "code": home.category.pk, "number": home.case.number},
    "papers/verify/": lambda home: {"code": "ABCDE-FGHJK"},
    "petitions/": lambda home: {"number": home.case.number},
    "petitions/photos/": lambda home: {"pk": home.photo.pk},
    "petitions/track/": lambda home: {"number": home.closed.number, "pk": home.letter.pk, "action": "withdraw"},
    "privacy/": lambda home: {"version": 1},
    "receptions/": lambda home: {"pk": home.reception.pk},
    "results/": lambda home: {"number": home.case.number},
    "sign-ups/": lambda home: {"number": home.sign_up},
    "stations/": lambda home: {"code": home.station.code},
    "statistics/": lambda home: {"kind": "topics"},
}  # fmt: skip

# By how an address begins: to whom it shows something of another county, and why. Words that are not public stay out.
EVERYBODY = None
KEEPERS = ("committee", "admin")
STAFF = ("deputy", "officer", "head", "committee", "clerk", "leader", "viewer", "admin", "privacy")
OPEN = {
    "activities/": (EVERYBODY, "an announced activity is announced to residents"),
    "api/v1/deputies/": (EVERYBODY, "who the deputies are is public"),
    "api/v1/receptions/": (EVERYBODY, "published reception days are public"),
    "api/v1/regions/": (EVERYBODY, "the division of the country is public"),
    "api/v1/stations/": (EVERYBODY, "where the stations are is public"),
    "deputies/": (EVERYBODY, "a deputy's page is public, and so are their published days"),
    "desk/categories/": (
        STAFF,
        "topics are the whole portal's: staff read them, committees and administrators keep them",
    ),
    "desk/checklists/": (("committee",), "checklists are the whole portal's, kept by committees"),
    "desk/ladder/": (KEEPERS, "ladders are the whole portal's"),
    "desk/ladders/": (
        STAFF,
        "ladders are the whole portal's: staff read them, committees and administrators keep them",
    ),
    "desk/ledgers/<slug:key>.": (
        STAFF,
        "a ledger holds the rows of whoever takes it; that it was taken is written down",
    ),
    "desk/message-words/": (KEEPERS, "words of messages are the whole portal's"),
    "desk/messages/parked/": (KEEPERS, "the post is the whole portal's: neither words nor readers are shown"),
    "desk/papers/wording/": (KEEPERS, "words of papers are the whole portal's"),
    "desk/people/": (("admin",), "administrators look after everybody's account"),
    "desk/programmes/templates/": (("committee",), "templates are the whole portal's"),
    "desk/refusal-reasons/": (KEEPERS, "reasons are the whole portal's"),
    "desk/terms/": (KEEPERS, "terms are the whole portal's"),
    "desk/who-sees/": (("privacy",), "whoever answers for personal data asks about every case, by its number"),
    "open311/": (EVERYBODY, "the standard's discovery, services and published results"),
    "petitions/<str:number>/join/": (EVERYBODY, "an open case is joined by its number; its words are not shown"),
    "privacy/": (EVERYBODY, "the privacy notice"),
    "receptions/": (EVERYBODY, "published reception days are public"),
    "stations/": (EVERYBODY, "a station's page is public, and so are its published days"),
    "statistics/": (EVERYBODY, "open data"),
}

# What a form of any page might name: keys and words of the other county.
NAMED = {
    "petition": "case.number", "number": "case.number", "cases": "case.pk", "pk": "case.pk", "station": "station.code",
    "region": "township.code", "deputy": "deputy_person.code", "receptions": "reception.pk", "chosen": "reception.pk",
    "organ": "organ.pk", "lead": "organ.pk",
}  # fmt: skip
SAID = {"title": "外来", "text": "外来", "reason": "外来", "why": "外来", "sure": "on", "name": "外来", "words": "外来"}


def routes(resolver=None, before=""):
    """Every address pattern but the admin's own, which is Django's."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + re.sub(r"^\^|\$$|\\(?=\.)", "", str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield route
        elif not route.startswith("admin/"):
            yield from routes(entry, route)


def has_parameters(route):
    return PARAMETER.search(route) is not None


def filled(route, home):
    """The address of a route with the other county's keys. Fails with a sentence where the table knows none."""
    fitting = [start for start in FILLED if route.startswith(start)]
    facts = FILLED[max(fitting, key=len)](home) if fitting else {}
    names = [one or other for one, other in PARAMETER.findall(route)]
    unknown = set(names) - facts.keys()
    assert not unknown, f"A new address, {route}: say in FILLED whose {unknown} fills it, so that strangers are tried."
    return "/" + PARAMETER.sub(lambda found: str(facts[found[1] or found[2]]), route)


def open_to(route):
    """The roles to which a route shows something of another county; all for those open to everybody."""
    fitting = [start for start in OPEN if route.startswith(start)]
    return OPEN[max(fitting, key=len)][0] if fitting else ()


def ask(browser, method, path, home):
    """The answer to a GET, or to a POST that names the other county's things."""
    if method == "GET":
        return browser.get(path)
    typed = SAID | {name: _of(home, keys) for name, keys in NAMED.items()}
    kind = {"content_type": "application/json"} if path.startswith("/api/") else {}
    return browser.post(path, typed, **kind)


def _of(home, keys):
    for key in keys.split("."):
        home = getattr(home, key)
    return home


def read(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace")


def touched():
    """Rows written so far in this transaction, by table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {table: rows for table, rows in cursor.fetchall() if table not in UNHELD}


def what_there_is():
    """A digest of every row there is, by table: all of them must be there again afterwards."""
    held = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - UNHELD:
            cursor.execute(f'SELECT md5("{table}"::text) FROM "{table}"')
            held[table] = {digest for (digest,) in cursor.fetchall()}
    return held


def refusal(status, request, exception=None):
    return HttpResponse(status=status)


@pytest.fixture
def world(db, settings, tmp_path, monkeypatch):
    """The county with everything in it, and a browser for each stranger; what a refusal looks like is left out."""
    settings.MEDIA_ROOT = tmp_path
    for status in (403, 404):
        handler = partial(refusal, status)
        monkeypatch.setattr(f"liaison.urls.handler{status}", handler, raising=False)
    load_years(2026)
    with time_machine.travel("2026-11-03T10:00:00+08:00"):
        home, browsers = everything(), {}
        for name, user in foreigners().items():
            browsers[name] = Client(raise_request_exception=False)
            if user is not None:
                browsers[name].force_login(user)
        yield home, browsers


def complaint(name, response, allowed):
    """What is wrong with an answer, or nothing."""
    shown = allowed is EVERYBODY or name in allowed
    # 503 is an honest answer: a part of the portal is not there.
    if response.status_code == 500:
        return "broke"
    if SECRET in read(response):
        return "showed what is not public"
    if response.status_code not in REFUSED and not shown:
        return f"answered {response.status_code}"
    return None


def test_nobody_of_another_county_sees_or_changes_anything_by_its_key(world):
    home, browsers = world
    wrong, written = [], touched()
    for route in filter(has_parameters, routes()):
        path, allowed = filled(route, home), open_to(route)
        # What is everybody's is the same for everybody.
        tried = {"anonymous": browsers["anonymous"]} if allowed is EVERYBODY else browsers
        for method in ("GET", "POST"):
            for name, browser in tried.items():
                found = complaint(name, ask(browser, method, path, home), allowed)
                written, before = touched(), written
                changed = [table for table, rows in written.items() if rows != before.get(table, 0)]
                if changed and allowed is not EVERYBODY and name not in allowed:
                    found = f"wrote into {changed}"
                if found:
                    wrong.append(f"{method} {path} as {name} {found}")
    assert not wrong, "\n".join(wrong)


def test_no_list_and_no_form_of_another_county_shows_or_changes_anything(world):
    home, browsers = world
    wrong, before = [], what_there_is()
    for route in routes():
        if has_parameters(route):
            continue
        for method in ("GET", "POST"):
            for name, browser in browsers.items():
                found = complaint(name, ask(browser, method, f"/{route}", home), EVERYBODY)
                if found:
                    wrong.append(f"{method} /{route} as {name} {found}")
    after = what_there_is()
    changed = {table: len(rows - after[table]) for table, rows in before.items() if rows - after[table]}
    assert not wrong, "\n".join(wrong)
    assert changed == {}
