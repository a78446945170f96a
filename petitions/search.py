"""Which cases have some words in them: single characters and adjacent pairs, kept as PostgreSQL text search (``simple``).

Chinese has no blanks between words, and most words have two characters (路灯): pairs find them without a dictionary,
where trigrams find none. Punctuation and blanks do not count, so that a word is found across a line's end, too.

Besides its grams an entry says where and when the case is (``@``), so that the index itself passes over what is not
asked for: a frequent word is looked for in a month or at some stations, not in a million cases. That only makes it
quick; who may see a case is asked of the case (``visible_to``).
"""

import re
import time
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import F, Value
from django.utils import timezone

from petitions.models import Assignment, Petition, Reply, Round, SearchEntry, SuggestionPart, SuggestionReply
from stations.models import COUNTY_DIGITS

TITLE, NUMBER = "~", "#"  # before a gram of the title; before the number, and before its last part
HOUR = 3600  # seconds
COUNTED_IN_A_LARGE_ONE = 5000  # grams
COUNTY, STATION, ORGAN, DEPUTY, MONTH = "@r", "@s", "@o", "@d", "@m"
OPEN_IN = "@u"  # before the county of a case that is not over: like cases are looked for among these


def words_in(text):
    """The words of a text as blanks and punctuation separate them, in lower case and half width."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).lower())


def signs(text):
    """The letters, digits and characters of a text, in lower case and half width."""
    return [sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum()]


def pairs(text):
    """Adjacent pairs of a text's letters, digits and characters; punctuation and blanks do not count."""
    return {first + second for first, second in pairwise(signs(text))}


def grams(text):
    """What a text is indexed by: its signs and their adjacent pairs."""
    return set(signs(text)) | pairs(text)


def marked(text, found):
    """A text in pieces, each with whether some grams (``found``) stand there, for showing what was looked for or is shared."""
    places = [(place, _folded(sign)) for place, sign in enumerate(text) if sign.isalnum()]
    shared = {place for place, sign in places if sign in found}
    for (first, one), (second, other) in pairwise(places):
        if one + other in found:
            shared.update(range(first, second + 1))
    return [
        ("".join(text[place] for place in piece), is_shared)
        for is_shared, piece in groupby(range(len(text)), key=shared.__contains__)
    ]


def _folded(sign):
    return unicodedata.normalize("NFKC", sign).lower()


def marks(*, number, submitted_at, county, station, deputy=None, organs=(), is_open=False):
    """Where and when a case is, as marks beside its grams: by number, county code, and the keys of those who have it."""
    last_part = number.rpartition("-")[2]
    found = {f"{NUMBER}{''.join(signs(number))}", f"{NUMBER}{''.join(signs(last_part))}"}
    found |= {
        f"{COUNTY}{county}",
        f"{STATION}{station}",
        *_in_time(submitted_at),
        *(f"{ORGAN}{organ}" for organ in organs),
    }
    if is_open:
        found.add(f"{OPEN_IN}{county}")
    return found if deputy is None else found | {f"{DEPUTY}{deputy}"}


def in_title(found):
    """The grams of a title as those that only a title is found by."""
    return {f"{TITLE}{gram}" for gram in found}


def entered_by(petition, *, replies=(), organs=()):
    """What a case is found by on the desk: a set of grams and marks.

    Its texts are what everybody who may open it reads: title, body, place, ``replies`` (see ``replies_in``) and the
    names of ``organs`` that it was handed to. Never an identity.
    """
    found = marks(
        number=petition.number,
        submitted_at=petition.submitted_at,
        county=petition.station.region_id[:COUNTY_DIGITS],
        station=petition.station_id,
        deputy=petition.deputy_id,
        organs=[organ.pk for organ in organs],
        is_open=not petition.is_over,
    )
    found |= in_title(grams(petition.title))
    for text in (petition.title + petition.body, petition.place, *replies, *(organ.name for organ in organs)):
        found |= grams(text)
    return found


def published_by(petition):
    """What a case is found by in public: a set of grams of its published title and summary; None while unpublished."""
    if petition.publication != Petition.Publication.PUBLISHED:
        return None
    found = _in_time(petition.published_at) | in_title(grams(petition.public_title))
    return found | grams(petition.public_title) | grams(petition.summary)


def _in_time(moment):
    return {f"{MONTH}{timezone.localtime(moment):%Y%m}"}


def vector(found):
    """Grams and marks as PostgreSQL reads a ``tsvector``, or None for None; no quote or backslash is ever among them."""
    return None if found is None else " ".join(f"'{gram}'" for gram in found)


def entry_of(petition):
    """The entry of a new case, not stored yet."""
    return SearchEntry(petition=petition, grams=vector(entered_by(petition)))


def enter_anew(petitions):
    """Enter cases again of which more is known now: a reply, an organ, a published summary, that they are over."""
    replies, organs = replies_in(petitions), organs_of(petitions)
    _store(
        SearchEntry(
            petition=petition,
            grams=vector(entered_by(petition, replies=replies[petition.pk], organs=organs[petition.pk])),
            public_grams=vector(published_by(petition)),
        )
        for petition in petitions
    )


def _store(entries):
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["petition"], update_fields=["grams", "public_grams"]
    )


def replies_in(petitions):
    """The texts of the replies to each case (by its key): what the resident was told, what organs wrote and promise, and
    the answers to suggestions that were raised from it.

    An organ's drafts and replies that were sent back as well: whoever may open a case on the desk reads all of them
    there. Of a suggestion they read the last signed answer.
    """
    found = defaultdict(dict)
    rounds = Round.objects.filter(petition__in=petitions, told_at__isnull=False)
    for petition, reply in rounds.order_by("number").values_list("petition", "reply"):
        found[petition][reply] = True
    written = Reply.objects.filter(assignment__round__petition__in=petitions)
    texts = written.order_by().values_list("assignment__round__petition", "text", "promise")
    for petition, text, promise in texts.union(_answers_to_suggestions(petitions), all=True):
        found[petition] |= {text: True, promise: True}
    return found


def _answers_to_suggestions(petitions):
    """The last signed answer to each suggestion that was raised from cases: the case's key, the text, and no promise."""
    case, suggestion = "part__round__suggestion__links__petition_id", "part__round__suggestion_id"
    of_cases = SuggestionReply.objects.filter(part__round__suggestion__links__petition__in=petitions)
    signed = of_cases.filter(part__is_lead=True, state=SuggestionReply.State.SIGNED)
    last = signed.order_by(case, suggestion, "-part__round__number", "-pk").distinct(case, suggestion)
    return last.values_list(case, "text", Value(""))


def organs_of(petitions):
    """The organs that cases were handed to, or a suggestion that was raised from them, those that gave it back as well."""
    organs = defaultdict(dict)
    for part in Assignment.objects.filter(round__petition__in=petitions).select_related("organ", "round"):
        organs[part.round.petition_id][part.organ] = True
    raised = SuggestionPart.objects.filter(round__suggestion__links__petition__in=petitions).select_related("organ")
    for part in raised.annotate(case=F("round__suggestion__links__petition")):
        organs[part.case][part.organ] = True
    return organs


class Wanted(SearchQuery):
    """A query of grams and marks as PostgreSQL reads a ``tsquery``: ``filter(search_entry__grams=Wanted("'路灯'"))``."""

    def __init__(self, query):
        super().__init__(query, search_type="raw")

    def as_sql(self, compiler, connection, function=None, template=None):
        # A cast takes the grams as they are; PostgreSQL's own parser knows no Chinese.
        return super().as_sql(compiler, connection, function, "%(expressions)s::tsquery")


def any_of(found):
    """The query for at least one of some grams; they hold no quote that could end one early."""
    return "(" + " | ".join(f"'{gram}'" for gram in found) + ")"


def all_of(found):
    """The query for every one of some grams."""
    return "(" + " & ".join(f"'{gram}'" for gram in found) + ")"


@dataclass(frozen=True)
class Counted:
    """How many cases there are, and how rare each of the ten thousand commonest grams is among them: minus the logarithm
    of the share of cases that have it."""

    cases: float = 0
    rarity: dict[str, float] = field(default_factory=dict)


def counted():
    """As PostgreSQL last counted (``ANALYZE``); empty in a database of a few dozen cases, where nothing was counted yet.

    In a large one, where a night changes little, a worker asks once an hour.
    """
    kept = _kept.get(time.time() // HOUR)
    if kept is None:
        kept = _count()
        _kept.clear()
        if len(kept.rarity) >= COUNTED_IN_A_LARGE_ONE:
            _kept[time.time() // HOUR] = kept
    return kept


_kept = {}


def _count():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT greatest(reltuples, 0), gram, -ln(share)
            FROM pg_class JOIN pg_stats ON schemaname = relnamespace::regnamespace::text AND tablename = relname,
                unnest(most_common_elems::text::text[], most_common_elem_freqs) AS counted (gram, share)
            WHERE relnamespace::regnamespace::text = ANY (current_schemas(false)) AND relname = %s
                AND attname = 'grams' AND gram IS NOT NULL
            """,
            [SearchEntry._meta.db_table],
        )
        rows = cursor.fetchall()
    return Counted(rows[0][0], {gram: rarity for _cases, gram, rarity in rows}) if rows else Counted()
