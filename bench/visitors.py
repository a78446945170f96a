"""Who looks at what during the bench: signed-in people of every role, residents with their case open, and their requests."""

import itertools
import json
import random
from types import SimpleNamespace
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Count
from django.urls import reverse

from accounts.entering import PROVED
from accounts.models import Role, User
from bench.client import request
from bench.words import Words
from petitions.models import Assignment, Petition
from stations.models import CITY_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS, Region, Station
from vault import opened

TOKEN = "b" * 32  # of the bench's own forms, sent as cookie and as field
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def sign_in(user):
    """A session of a user, as its key; no password is hashed for it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[PROVED] = True
    session.create()
    return session.session_key


def cookies(session):
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}


def busiest():
    """Who has most to do: the station with the most cases, what lies above it, the organ with the most, and their people."""
    station = (
        Petition.objects.values("station").annotate(n=Count("pk")).order_by("-n").values_list("station", flat=True)
    )
    station = Station.objects.select_related("region").get(pk=station[0])
    organ = Assignment.objects.values("organ").annotate(n=Count("pk")).order_by("-n").values_list("organ", flat=True)[0]
    people = people_of(station, organ)
    return SimpleNamespace(station=station, people=people, sessions={name: sign_in(people[name]) for name in people})


def people_of(station, organ):
    """Somebody of each role who has to do with the cases of a station and of an organ (its key)."""
    code = station.region_id

    def holder(role, **scope):
        return User.objects.filter(
            grants__role=role, **{f"grants__{name}": value for name, value in scope.items()}
        ).first()

    return {
        "city committee": holder(Role.COMMITTEE, region=code[:CITY_DIGITS]),
        "city viewer": holder(Role.VIEWER, region=code[:CITY_DIGITS]),
        "county committee": holder(Role.COMMITTEE, region=code[:COUNTY_DIGITS]),
        "head": holder(Role.HEAD, region=code[:TOWNSHIP_DIGITS]),
        "officer": holder(Role.OFFICER, station=station),
        "clerk": holder(Role.CLERK, organ=organ),
        "leader": holder(Role.LEADER, organ=organ),
        "deputy": User.objects.filter(deputy__memberships__station=station).first(),
    }


def nobody():
    """The session of a visitor who has not signed in."""
    session = SessionStore()
    session.create()
    return session.session_key


def residents(number):
    """Addresses of tracking pages with the cookies that open them, over cases of every kind."""
    draw, found = random.Random(5), []  # noqa: S311
    most = Petition.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for petition in Petition.objects.filter(pk__in=draw.sample(range(1, most + 1), min(number, most))):
        session = SessionStore()
        proposer = petition.proposers.get(is_first=True)
        opened.remember(session, "proposers", number=petition.number, pk=proposer.pk)
        session.save()
        found.append((petition.tracking_url, cookies(session.session_key)))
    return found


def places():
    """Stations with a village of theirs, over which submissions are spread."""
    villages = dict(
        Region.objects.filter(level=Region.Level.VILLAGE).order_by("-code").values_list("parent_id", "code")
    )
    stations = Station.objects.order_by("pk").values_list("code", "region_id")
    return [
        (code, villages[region[:TOWNSHIP_DIGITS]]) for code, region in stations if region[:TOWNSHIP_DIGITS] in villages
    ]


def matters(category):
    """What residents submit, without end: the fields of a form, and the network address that each comes from."""
    draw, words, found = random.Random(), Words(new=True), places()  # noqa: S311
    for n in itertools.count(random.randrange(2**20)):  # noqa: S311
        station, region = draw.choice(found)
        fields = {
            "station": station,
            "region": region,
            "title": words.title(draw),
            "body": "".join(words.body(draw)),
            "place": f"村委会北边{n % 90}米",
            "category": category,
            "secrecy": "station",
            "name": "甲某",
            "phone": "13000000000",
        }
        yield fields, f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"


def submissions_by_api(category):
    """Requests that submit a case as JSON."""
    path = reverse("petitions:api")
    for fields, address in matters(category):
        body = json.dumps(fields, ensure_ascii=False).encode()
        yield request("POST", path, headers=JSON | {"X-Forwarded-For": address}, body=body)


class Forms:
    """Requests that send the public form; a resident who is shown like cases sends it once more, as confirmed."""

    def __init__(self, category):
        self._matters, self._sent = matters(category), {}

    def __iter__(self):
        return self

    def __next__(self):
        fields, address = next(self._matters)
        key = str(uuid4())
        station = fields.pop("station")
        fields |= {"submission_key": key, "draft_key": str(UUID(int=UUID(key).int ^ 1)), "csrfmiddlewaretoken": TOKEN}
        self._sent[key] = station, fields, address
        return self._post(station, fields, address)

    @staticmethod
    def _post(station, fields, address):
        path = f"{reverse('petitions:new')}?station={station}"
        headers = FORM | {"X-Forwarded-For": address, "Cookie": f"{settings.CSRF_COOKIE_NAME}={TOKEN}"}
        return request("POST", path, headers=headers, body=urlencode(fields).encode())

    def confirm(self, answer):
        """The request that goes on from a page of like cases; None of any other answer."""
        if answer.status != 200:
            return None
        key = answer.body.decode().partition('name="submission_key" value="')[2][:36]
        station, fields, address = self._sent[key]
        return self._post(station, fields | {"confirmed": "1"}, address)
