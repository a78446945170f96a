"""What the model that is switched on proposes for a case, in words that a clerk can judge; nothing without one."""

import logging
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from petitions.models import TopicModel
from petitions.search import marked
from petitions.topics.history import ORGAN, SEVERITY, SUBTOPIC, TOPIC
from supervision.models import Severity

SHOWN = 3
REASONS = 4  # pieces of the case's own words beside a proposal

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Proposal:
    """One proposal: the key of a topic or an organ, or a severity; how sure, and the case's words that spoke for it."""

    value: int
    label: str
    is_sure: bool
    reasons: tuple[str, ...]

    @property
    def words(self):
        sure = _("把握较大") if self.is_sure else _("供参考")
        if not self.reasons:
            return f"{self.label}（{sure}）"
        return f"{self.label}（{sure}；{_('依据')}：{'、'.join(self.reasons)}）"


class Proposals:
    """The proposals for one case; ``version`` is that of the model which is switched on, or None."""

    def __init__(self, version: int | None, title: str, body: str):
        self.version = version
        self.title, self.body = title, body

    def topics(self, known: dict[str, int]) -> list[Proposal]:
        """Up to three of the topics in use (path to key): the likeliest of each first level, as deep as history tells."""
        best = {}
        for guess in self._guesses(SUBTOPIC):
            best.setdefault(guess.answer.partition("/")[0], guess.answer)
        paths = [(guess, best.get(guess.answer, guess.answer)) for guess in self._guesses(TOPIC)]
        found = [(guess, known[path], path.replace("/", " › ")) for guess, path in paths if path in known]
        return [self._proposal(*each) for each in found[:SHOWN]]

    def organs(self, near: dict[str, tuple[int, str]]) -> list[Proposal]:
        """Up to three of the organs near the case, which are given by kind as key and name."""
        found = [(guess, *near[guess.answer]) for guess in self._guesses(ORGAN) if guess.answer in near]
        return [self._proposal(*each) for each in found[:SHOWN]]

    def severity(self, present: int) -> list[Proposal]:
        """The likeliest severity, where it is another than the present one."""
        found = [(guess, int(guess.answer)) for guess in self._guesses(SEVERITY)[:1]]
        return [self._proposal(guess, value, Severity(value).label) for guess, value in found if value != present]

    def note(self, what: str, case, proposed: list[Proposal], chosen: int | None) -> None:
        """Write down what was proposed and what was chosen, by the version of the model; keys only, no words."""
        if proposed:
            keys = [each.value for each in proposed]
            log.info("topic model %s proposed %s %s for %s, chosen %s", self.version, what, keys, case.number, chosen)

    def _guesses(self, question):
        return loaded(self.version).guesses(question, self.title, self.body) if self.version else []

    def _proposal(self, guess, value, label):
        return Proposal(value, str(label), guess.is_sure, _read_together(f"{self.title}。{self.body}", guess.pairs))


@lru_cache(maxsize=2)
def loaded(version: int):
    """The model of a version, read once a process; a version never changes."""
    # Here, because numpy would take its memory in every process, those of offices without a model as well.
    from petitions.topics.learned import Learned

    return Learned.from_bytes(bytes(TopicModel.objects.get(version=version).content))


def _read_together(text, found):
    """The pairs of characters as they stand together in a text (公积 and 积金 as 公积金), the loudest first."""
    loudness = {pair: rank for rank, pair in enumerate(found)}
    ranked = {}
    for piece, is_shared in marked(text, set(found)):
        if is_shared:
            inside = [
                loudness[pair]
                for pair in map("".join, zip(piece.lower(), piece.lower()[1:], strict=False))
                if pair in loudness
            ]
            ranked[piece] = min(inside, default=len(found))
    return tuple(sorted(ranked, key=ranked.get)[:REASONS])
