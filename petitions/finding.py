"""What a search finds: cases in which every word stands, leaf by leaf, with the words marked where the reader sees them."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.paging import read_key
from accounts.services import grants_of
from petitions.models import SearchEntry
from petitions.permissions import ORGAN_SIDE, REGION_ROLES, deputies_and_stations, stations_known_within
from petitions.search import (
    COUNTY,
    DEPUTY,
    MONTH,
    NUMBER,
    ORGAN,
    STATION,
    Wanted,
    all_of,
    any_of,
    grams,
    in_title,
    marked,
    organs_of,
    replies_in,
    signs,
    words_in,
)
from stations.models import COUNTY_DIGITS, TOWNSHIP_DIGITS, Station

SPANS = (1, 3, 12)  # months, one span after the other, in which a word is looked for before all that is older
FEW = 1000  # cases of all that is older, whose keys are asked for first
AROUND = 18  # signs that a snippet shows before the first word
SNIPPET = 80  # signs of a snippet
BY_TITLE, ANYWHERE = "t", "a"  # which part of the best-first order a key lies in


def terms_of(words):
    """The grams that a case must have for some words: their pairs, or the only sign of a word.

    Blanks and punctuation separate words here, and not in a case's own text: "路灯，老人" asks for both, wherever they stand.
    """
    found = []
    for word in words_in(words):
        found += [first + second for first, second in pairwise(word)] or [word]
    return list(dict.fromkeys(found))


def is_too_short(words):
    """Whether it is one character or none: half of all cases would have it."""
    return len(signs(words)) <= 1


def by_title_or_number(words, user):
    """The condition (``Q``) of cases whose title has some words, or whose number, or its last part, begins with them."""
    terms = terms_of(words)
    if not terms:
        return Q(pk__in=[])
    query = or_number(in_title(terms), words)
    return Q(search_entry__grams=Wanted(" & ".join([query, *_scope(user, by_county=True).query])))


def or_number(terms, words):
    """The query for all of some terms; where words look like one, also for a number, or its last part, that begins so."""
    number = "".join(signs(words))
    if number.isascii() and any(sign.isdigit() for sign in number):
        return f"({all_of(terms)} | '{NUMBER}{number}':*)"
    return all_of(terms)


@dataclass(frozen=True)
class Scope:
    """Where a user's cases are, as marks of the index; ``few``: there are never so many that time has to narrow them."""

    query: list
    few: bool = False


def _scope(user, *, by_county=False):
    """The marks of a user's cases. Only a help to the index: ``visible_to`` decides, and no mark may be missing here.

    A township's are those of its stations, which have to be asked for where they are not known yet; or, ``by_county``,
    those of the county around it.
    """
    found, few = set(), True
    for grant in grants_of(user):
        if grant.role == Role.OFFICER:
            found.add(f"{STATION}{grant.station_id}")
        elif grant.role in ORGAN_SIDE:
            found.add(f"{ORGAN}{grant.organ_id}")
        elif grant.role == Role.DEPUTY:
            deputies, stations = deputies_and_stations(user)
            found |= {f"{DEPUTY}{pk}" for pk in deputies} | {f"{STATION}{pk}" for pk in stations}
        elif (
            grant.role in REGION_ROLES
            and len(grant.region_id) >= TOWNSHIP_DIGITS
            and (not by_county or grant.region_id in stations_known_within(user))
        ):
            found |= {f"{STATION}{pk}" for pk in _stations_of(user, grant)}
        elif grant.role in REGION_ROLES and len(grant.region_id) >= COUNTY_DIGITS:
            found.add(f"{COUNTY}{grant.region_id[:COUNTY_DIGITS]}")
            few = False
        elif grant.role in REGION_ROLES:
            return Scope([])
    return Scope([any_of(sorted(found))] if found else [], few)


def _stations_of(user, grant):
    known = stations_known_within(user)
    if grant.region_id in known:
        return known[grant.region_id]
    return Station.objects.within(grant.region).order_by().values_list("pk", flat=True)


@dataclass(frozen=True)
class Search:
    """Words, or a part of a number, that are looked for in an index of cases.

    ``index`` is its column (only the desk's has numbers), ``moment`` that of a case which orders what is found.
    """

    words: str
    index: str
    moment: str
    scope: Scope

    @classmethod
    def on_the_desk(cls, words, user):
        """In everything that staff may read of a case, newest first."""
        return cls(words, "search_entry__grams", "submitted_at", _scope(user))

    @classmethod
    def in_public(cls, words):
        """In what is published, the latest publication first."""
        return cls(words, "search_entry__public_grams", "published_at", Scope([]))

    @property
    def terms(self):
        return terms_of(self.words)

    def leaf(self, cases, *, after="", best=False, size):
        """Return the cases of a queryset that are found behind the key ``after``, and the key of the next leaf ("").

        The newest come first; with ``best``, those that have every word in their title, or such a number, come before
        all others.
        """
        everywhere, title = or_number(self.terms, self.words), or_number(in_title(self.terms), self.words)
        parts = {BY_TITLE: title, ANYWHERE: f"{everywhere} & !{title}"} if best else {ANYWHERE: everywhere}
        begun, _separator, key = after.partition(".")
        behind = read_key(key) if begun in parts else None
        found = []
        for part, query in parts.items():
            if behind and part != begun:
                continue
            rows = self._newest(cases, query, behind, size + 1 - len(found))
            found += [(part, row) for row in rows]
            behind, begun = None, part
            if len(found) > size:
                break
        shown = [row for _part, row in found[:size]]
        return shown, self._key(*found[size - 1]) if len(found) > size else ""

    def _key(self, part, row):
        return f"{part}.{getattr(row, self.moment).isoformat()}_{row.pk}"

    def _newest(self, cases, query, behind, most):
        if behind:
            moment, pk = behind
            cases = cases.filter(
                Q(**{f"{self.moment}__lt": moment}) | Q(**{self.moment: moment, "pk__lt": pk}),
                **{f"{self.moment}__lte": moment},
            )
        cases = cases.order_by(f"-{self.moment}", "-pk")
        query = [query, *self.scope.query]
        if self.scope.few:
            return list(self._having(cases, query)[:most])
        found, seen, months = [], [], _months_back(behind[0] if behind else timezone.now())
        for span in SPANS:
            marks = [f"{MONTH}{next(months)}" for _month in range(span)]
            found += self._having(cases, [*query, any_of(marks)])[: most - len(found)]
            if len(found) == most:
                return found
            seen += marks
        older = [*query, f"!{any_of(seen)}"]
        return found + list(self._those_of(cases, older)[: most - len(found)])

    def _those_of(self, cases, query):
        """The cases of all that is older: by their keys where they are few, as PostgreSQL takes a rare word for a frequent one.

        It would walk a million cases from the newest on until it has found as many as a leaf holds.
        """
        column = self.index.removeprefix("search_entry__")
        entries = SearchEntry.objects.filter(**{column: Wanted(" & ".join(query))})
        keys = list(entries.values_list("petition", flat=True)[: FEW + 1])
        return cases.filter(pk__in=keys) if len(keys) <= FEW else self._having(cases, query)

    def _having(self, cases, query):
        return cases.filter(**{self.index: Wanted(" & ".join(query))})


def _months_back(moment: datetime):
    """The months from a moment back (Beijing), as marks write them."""
    local = timezone.localtime(moment)
    year, month = local.year, local.month
    while True:
        yield f"{year}{month:02d}"
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


@dataclass(frozen=True)
class Found:
    """A case that was found: its title in pieces, and where else the words stand, as pairs of a label and pieces."""

    petition: object
    title: list
    places: list


def show(petitions, terms):
    """Each case with its title and what stands around the words, marked; at most four queries for all of them.

    Only texts that everybody who may open the case reads are shown.
    """
    wanted = set(terms)
    lacking = {petition: wanted - grams(petition.title + petition.body + petition.place) for petition in petitions}
    further = [petition for petition, missing in lacking.items() if missing]
    replies, organs = (replies_in(further), organs_of(further)) if further else ({}, {})
    return [
        Found(
            petition,
            marked(petition.title, wanted),
            _places(petition, wanted, lacking[petition], replies.get(petition.pk, ()), organs.get(petition.pk, ())),
        )
        for petition in petitions
    ]


def show_published(petitions, terms):
    """Each published case with its public title and what stands around the words in its summary, marked."""
    wanted = set(terms)
    return [
        Found(petition, marked(petition.public_title, wanted), [("", snippet(petition.summary, wanted))])
        for petition in petitions
    ]


def _places(petition, wanted, lacking, replies, organs):
    near = [
        (_("内容"), petition.body, wanted),
        (_("地点"), petition.place, wanted - grams(petition.title + petition.body)),
    ]
    near += [(_("答复"), reply, lacking) for reply in replies]
    near += [(_("承办单位"), organ.name, lacking) for organ in organs]
    shown = [(label, snippet(text, wanted)) for label, text, asked in near if asked & grams(text)]
    return shown or [(_("内容"), [(petition.body[:SNIPPET], False)])]


def snippet(text, wanted):
    """The part of a text in which some grams stand first, in pieces (``marked``), with dots where it goes on."""
    pieces, before = marked(text, wanted), 0
    for piece, is_hit in pieces:
        if is_hit:
            break
        before += len(piece)
    else:
        before = 0
    start = max(0, before - AROUND)
    end = start + SNIPPET
    shown = marked(text[start:end], wanted)
    return [("…", False)] * (start > 0) + shown + [("…", False)] * (end < len(text))
