"""Cases that may be about the same matter, by the pairs of characters they share; a rare pair weighs more.

Candidates come by the index of ``petitions.search``: those that share the most of a text's rarest pairs. Each is then
weighed whole. What that came to on real messages is written down in docs/performance.md.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import accumulate, combinations
from math import exp, log, sqrt

from django.contrib.postgres.search import SearchRank
from django.db.models import F

from petitions.search import OPEN_IN, Counted, Wanted, any_of, counted, pairs
from stations.models import COUNTY_DIGITS, TOWNSHIP_DIGITS

TERMS = 48  # default: how many of a text's rarest pairs are looked up
ENTRIES = 10_000  # default: and how many entries of the index they may have together, as far as is known
CANDIDATES = 30  # default: how many cases are weighed whole
UNCOUNTED = -log(0.001)  # default: the rarity of a pair that is not among the ten thousand commonest grams
TELLING = -log(0.02)  # default: a pair that more than one in fifty cases has says nothing about the matter
HINT = 0.14  # default: from here on a resident is asked whether it is the same matter
LIKE = 0.07  # default: from here on staff are shown a case beside another
GROUPED = 0.16  # default: from here on cases are proposed as one group
SAME_CATEGORY = 1.2  # default: factor for the same topic (first level)
SAME_TOWNSHIP = 1.1  # default: factor for the same township
SHOWN = 3  # to a resident
SHOWN_TO_STAFF = 5
RARE_AMONG = 8  # default: cases of a list that a pair may join when groups are looked for
IN_COMMON = 3  # default: such pairs that two cases must share to be compared


@dataclass(frozen=True)
class Weights:
    """What each pair weighs: the rarer in all cases, the more."""

    counted: Counted = field(default_factory=counted)

    def of(self, pair):
        return self.counted.rarity.get(pair, UNCOUNTED)

    def total(self, found):
        return sum(map(self.of, found))

    def to_look_up(self, found):
        """The rarest of some pairs: fewer of them among a million cases, where each leads to hundreds."""
        rarest = sorted(found, key=lambda pair: (-self.of(pair), pair))[:TERMS]
        entries = accumulate(self.counted.cases * exp(-self.of(pair)) for pair in rarest)
        return [pair for pair, so_far in zip(rarest, entries, strict=True) if so_far <= ENTRIES] or rarest[:1]

    def telling(self, found):
        """Those of some pairs that say something about the matter, not 希望 or 问题."""
        return {pair for pair in found if self.of(pair) >= TELLING}


class Weighed:
    """A text to be compared: its pairs, and what they weigh together."""

    def __init__(self, text, weights):
        self.pairs = pairs(text)
        self.weights = weights
        self.weight = weights.total(self.pairs)

    def likeness(self, other):
        """How alike two texts are, 0 to 1: the weight of what they share ÷ the geometric mean of their weights."""
        shared = self.weights.total(self.pairs & other.pairs)
        return shared / sqrt(self.weight * other.weight) if shared else 0.0


def similar_cases(cases, *, region, title, body, category=None, least=HINT, most=SHOWN):
    """Return up to ``most`` of ``cases`` (a queryset of open ones) most like a text, best first, each with its ``likeness``.

    Looked at are the open cases of the same county. Likeness is 0 to 1, times a factor for the same topic and one for the
    same township; below ``least`` nothing is shown. ``shared`` of each are the pairs that tell why.
    """
    weights = Weights()
    told = Weighed(title + body, weights)
    alike = []
    for case in _candidates(cases, region, weights.to_look_up(told.pairs)):
        other = Weighed(case.title + case.body, weights)
        case.likeness = told.likeness(other) * _nearness(case, region, category)
        case.shared = weights.telling(told.pairs & other.pairs)
        if case.likeness >= least:
            alike.append(case)
    return sorted(alike, key=lambda case: (-case.likeness, -case.pk))[:most]


def _candidates(cases, region, terms):
    if not terms:
        return []
    wanted, county = any_of(terms), region.code[:COUNTY_DIGITS]
    # The mark lets the index pass over all other counties, as a matter is told to a station of its own, and what is over.
    found = cases.filter(search_entry__grams=Wanted(f"{wanted} & '{OPEN_IN}{county}'"))
    near = found.filter(region__code__startswith=county)
    ranked = near.order_by(SearchRank(F("search_entry__grams"), Wanted(wanted)).desc(), "-pk")
    return ranked.select_related("region", "category")[:CANDIDATES]


def _nearness(case, region, category):
    factor = 1.0
    if category is not None and case.category is not None and topic(category) == topic(case.category):
        factor *= SAME_CATEGORY
    if case.region_id[:TOWNSHIP_DIGITS] == region.code[:TOWNSHIP_DIGITS]:
        factor *= SAME_TOWNSHIP
    return factor


def topic(category):
    """The first level of a category, such as 城乡建设."""
    return category.path.partition("/")[0]


def groups(cases):
    """Return the groups of a list of cases that may be about one matter each, the largest first.

    Two cases of one county belong together when they are alike enough, and so does whoever is like one of them. Only
    cases that share a pair which few of the list have are compared, so that the work does not grow with the square.
    """
    weights = Weights()
    texts = {case: Weighed(case.title + case.body, weights) for case in cases}
    group_of = {case: {case} for case in cases}
    for one, other in _neighbours(texts):
        likeness = texts[one].likeness(texts[other]) * _nearness(one, other.region, other.category)
        if likeness >= GROUPED and group_of[one] is not group_of[other]:
            joined = group_of[one] | group_of[other]
            group_of |= dict.fromkeys(joined, joined)
    found = {id(group): group for group in group_of.values() if len(group) > 1}.values()
    ordered = [sorted(group, key=lambda case: (case.submitted_at, case.pk)) for group in found]
    return sorted(ordered, key=lambda group: (-len(group), -group[-1].pk))


def _neighbours(texts):
    holders = defaultdict(list)
    for case, text in texts.items():
        for pair in text.pairs:
            holders[pair].append(case)
    shared = defaultdict(int)
    for several in holders.values():
        if len(several) <= RARE_AMONG:
            for one, other in combinations(several, 2):
                shared[one, other] += 1
    return [
        both
        for both, many in shared.items()
        if many >= IN_COMMON and len({c.region_id[:COUNTY_DIGITS] for c in both}) == 1
    ]
