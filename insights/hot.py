"""Hot topics: what many recent cases of one place name in their titles, and whether it grows.

A theme is a run of characters that at least five titles of a place share and that few cases elsewhere have. It is found
without a trained model and without a dictionary, and the list of cases narrowed by place, days and these very
characters shows exactly the cases that were counted. What looks like spam makes no theme, until somebody says that it
is ordinary. Counts only: below five there is no theme, and there are no rates.
"""

import datetime as dt
import json
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from math import log
from urllib.parse import urlencode

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.services import grants_of
from petitions.models import Category, Petition
from petitions.permissions import REGION_ROLES
from petitions.search import counted, pairs, signs
from petitions.similar import topic
from stations.models import COUNTY_DIGITS, TOWNSHIP_DIGITS, Region, Station

DAYS = 30  # default: full days up to yesterday, compared with as many before
LEAST = 5  # fewer cases are no topic
COMMON = -log(0.08)  # default: a pair that more than eight in a hundred cases have says nothing (希望, 问题)
SAME = 0.6  # default: a pair most of whose cases another theme has already is the same theme
SHOWN = 30
KEPT = 600  # seconds that a result is kept; the days it speaks of are over
FIRST_CHARACTER = "\u2e80"  # what comes before it are letters and digits: 5号, 2026


@dataclass(frozen=True)
class HotTopic:
    """What cases of a place have in common: their number in the last days and in those before, and where to read them."""

    theme: str
    place: str
    category: str
    now: int
    before: int
    to: str
    to_before: str

    @property
    def growth(self):
        """How many more than before; fewer is negative."""
        return self.now - self.before

    @property
    def fewer(self):
        return -self.growth

    @property
    def is_compared(self):
        """Whether the days before had enough cases to be compared with."""
        return self.before >= LEAST


@dataclass(frozen=True)
class Window:
    """The days that are looked at, both ends inside (Beijing), and the days before."""

    since: dt.date
    until: dt.date

    @classmethod
    def until_yesterday(cls, today: dt.date) -> "Window":
        return cls(today - dt.timedelta(days=DAYS), today - dt.timedelta(days=1))

    @property
    def before(self):
        return Window(self.since - dt.timedelta(days=DAYS), self.since - dt.timedelta(days=1))

    @property
    def filters(self):
        return {"since": self.since.isoformat(), "until": self.until.isoformat()}


def hot_topics(user, today: dt.date) -> list[HotTopic]:
    """The topics among the cases that a user may see, what grew most first; kept ten minutes for the grants held."""
    scope = sorted((grant.role, grant.region_id or "", grant.station_id or 0, grant.pk) for grant in grants_of(user))
    key = f"hot:{today}:{json.dumps(scope)}".replace(" ", "")
    with suppress(RedisError):
        if (kept := cache.get(key)) is not None:
            return kept
    found = _found(user, Window.until_yesterday(today))
    with suppress(RedisError):
        cache.set(key, found, KEPT)
    return found


def _found(user, window):
    cases = _titles(user, window.before.since, window.until)
    places = _Places(user, {station for _title, station, _category, _day in cases})
    now, before = defaultdict(list), defaultdict(list)
    for title, station, category, day in cases:
        (now if day >= window.since else before)[places.of[station]].append(("".join(signs(title)), category))
    weights, topics = counted().rarity, []
    for place, here in now.items():
        earlier = _holders(before[place])
        for theme, held in _themes(here, weights):
            # Having all pairs of a theme is what the list finds by it.
            named = set.intersection(*(earlier.get(pair, set()) for pair in pairs(theme)))
            topics.append((place, theme, held, len(named)))
    topics.sort(key=lambda each: (-(len(each[2]) - each[3]), -len(each[2]), each[1], each[0]))
    topics = topics[:SHOWN]
    names = places.names({place for place, *_rest in topics})
    paths = Category.objects.in_bulk(
        {category for _place, _theme, held, _before in topics for category in held if category}
    )
    return [
        HotTopic(
            theme,
            names[place],
            _category([paths.get(category) for category in held]),
            len(held),
            earlier,
            _list_of(place, theme, window),
            _list_of(place, theme, window.before),
        )
        for place, theme, held, earlier in topics
    ]


def _titles(user, since, until):
    """Title, station, category and day (Beijing) of the cases that the user may see of some days; one query."""
    first, last = (
        dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())
        for day in (since, until + dt.timedelta(days=1))
    )
    rows = Petition.objects.visible_to(user).trusted().filter(submitted_at__gte=first, submitted_at__lt=last).order_by()
    found = rows.values_list("title", "station", "category", "submitted_at")
    return [(title, station, category, timezone.localdate(at)) for title, station, category, at in found]


class _Places:
    """Of which place each station is for a user: the county of a city, the township of a county, else the station.

    They are places that the list of cases can be narrowed by, as pairs of the filter's name and its value.
    """

    def __init__(self, user, stations):
        self.grants = [grant.region_id for grant in grants_of(user) if grant.role in REGION_ROLES]
        self.stations = Station.objects.in_bulk(stations)
        self.of = {key: self._place(station) for key, station in self.stations.items()}

    def _place(self, station):
        code = station.region_id
        above = [region for region in self.grants if code.startswith(region)]
        if above:
            digits = COUNTY_DIGITS if len(min(above, key=len)) < COUNTY_DIGITS else TOWNSHIP_DIGITS
            if len(code) >= digits:
                return "region", code[:digits]
        return "station", station.code

    def names(self, wanted):
        """What the places are called, by place."""
        regions = Region.objects.filter(code__in=[code for kind, code in wanted if kind == "region"])
        named = {("region", region.code): region.name for region in regions}
        return named | {("station", station.code): station.name for station in self.stations.values()}


def _holders(cases):
    """Which cases have each pair of signs in their titles."""
    holders = defaultdict(set)
    for n, (title, _category) in enumerate(cases):
        for first, second in pairwise(title):
            holders[first + second].add(n)
    return holders


def _themes(cases, weights):
    """The themes of the cases of one place: ``(theme, the category of each case that names it)``, the largest first."""
    enough = [(pair, held) for pair, held in _holders(cases).items() if len(held) >= LEAST]
    taken, found = set(), []
    for pair, held in sorted(enough, key=lambda each: (-len(each[1]), each[0])):
        if weights.get(pair, COMMON) < COMMON or not _is_word(pair):
            continue
        if len(held & taken) > SAME * len(held):
            continue
        taken.update(held)
        theme = _longest([cases[n][0] for n in held], pair)
        found.append((theme, [cases[n][1] for n in held]))
    return found


def _is_word(piece):
    return all(sign >= FIRST_CHARACTER for sign in piece)


def _longest(titles, theme):
    """The longest run of characters around a pair that all the titles have: 公积金 for 公积."""
    at = titles[0].index(theme)
    start, end = at, at + len(theme)
    text = titles[0]
    while end < len(text) and _is_word(text[end]) and all(text[start : end + 1] in title for title in titles):
        end += 1
    while start > 0 and _is_word(text[start - 1]) and all(text[start - 1 : end] in title for title in titles):
        start -= 1
    return text[start:end]


def _category(held):
    """The first-level topic that most of the cases have; empty where there is none."""
    counted = Counter(topic(category) for category in held if category is not None)
    name, many = counted.most_common(1)[0] if counted else ("", 0)
    return name if many * 2 > len(held) else ""


def _list_of(place, theme, window):
    kind, code = place
    return f"{reverse('petitions:list')}?{urlencode({'q': theme, kind: code, 'trust': 'trusted', **window.filters})}"
