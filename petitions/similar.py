"""Cases that may be about the same matter, by the pairs of characters they share."""

from datetime import timedelta
from itertools import pairwise

from django.utils import timezone

from stations.models import COUNTY_DIGITS

DAYS_BACK = 90
CANDIDATES = 200
LIKENESS = 0.3  # default: shared pairs ÷ all pairs
SAME_CATEGORY = 0.1  # default: how much the same topic adds
SHOWN = 3


def similar_cases(cases, *, region, title, body, category=None, at=None):
    """Return up to three of ``cases`` (a queryset) most like a text, best first, each with its ``likeness`` (0 to 1.1).

    Looked at are the newest 200 of the same county and the last 90 days. The same topic (first level) counts more.
    """
    since = (at or timezone.now()) - timedelta(days=DAYS_BACK)
    candidates = cases.filter(region__code__startswith=region.code[:COUNTY_DIGITS], submitted_at__gte=since)
    wanted, headline = pairs(title + body), pairs(title)
    alike = []
    for case in candidates.select_related("region", "category").order_by("-submitted_at", "-pk")[:CANDIDATES]:
        # Two people tell one matter at different length, but name it alike: the headline alone may say it.
        case.likeness = max(jaccard(wanted, pairs(case.title + case.body)), jaccard(headline, pairs(case.title)))
        if category is not None and case.category is not None and topic(category) == topic(case.category):
            case.likeness += SAME_CATEGORY
        if case.likeness >= LIKENESS:
            alike.append(case)
    return sorted(alike, key=lambda case: case.likeness, reverse=True)[:SHOWN]


def topic(category):
    """The first level of a category, such as 城乡建设."""
    return category.path.partition("/")[0]


def pairs(text):
    """Adjacent pairs of a text's letters, digits and characters; punctuation and blanks do not count."""
    signs = [sign for sign in text.lower() if sign.isalnum()]
    return {first + second for first, second in pairwise(signs)}


def jaccard(one, other):
    """Shared ÷ all, between 0 and 1; 0 where both are empty."""
    return len(one & other) / len(one | other) if one | other else 0.0
