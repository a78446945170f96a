"""A trained model as it is read: weights of signs and pairs of signs, separately in title and body.

A linear model, so that every proposal is the sum of what its pieces weigh, and can be explained by them. Kept as numpy
arrays and JSON, which hold nothing that could run when they are loaded. Training is ``petitions.topics.training``.
"""

import io
import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from petitions.search import signs

EXPLAINED = 3  # guesses
REASONS = 8  # pairs that a proposal is explained by, before neighbours are joined


def pieces(text: str) -> list[str]:
    """The signs of a text and their adjacent pairs, each as often as it occurs."""
    found = signs(text)
    return found + [first + second for first, second in pairwise(found)]


@dataclass(frozen=True)
class Space:
    """The pieces of titles, or of bodies, that training knew: ``known`` in ascending order, and how rare each is."""

    known: np.ndarray
    rarity: np.ndarray

    def read(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The places of a text's known pieces and what each weighs; all of them together have length 1."""
        counted = Counter(pieces(text))
        if not counted or not len(self.known):
            return np.empty(0, int), np.empty(0)
        words = np.array(list(counted), dtype=self.known.dtype)
        places = np.minimum(np.searchsorted(self.known, words), len(self.known) - 1)
        is_known = self.known[places] == words
        often = np.fromiter(counted.values(), float, len(counted))[is_known]
        weights = (1 + np.log(often)) * self.rarity[places[is_known]]
        return places[is_known], weights / (np.linalg.norm(weights) or 1)


@dataclass(frozen=True)
class Question:
    """What one set of weights answers: a column and a base for each possible answer.

    ``sure`` is the lead over the second guess from which nine first guesses in ten were right when the training was
    checked; None where no lead was enough.
    """

    answers: list[str]
    weights: np.ndarray
    base: np.ndarray
    sure: float | None


@dataclass(frozen=True)
class Guess:
    """One answer: how much speaks for it (about 0 to 1, no probability), and the pairs that spoke most for it."""

    answer: str
    score: float
    is_sure: bool
    pairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Learned:
    """A model of one training."""

    title: Space
    body: Space
    questions: dict[str, Question]

    def guesses(self, name: str, title: str, body: str) -> list[Guess]:
        """All answers to a question, the likeliest first; none where the training could not learn the question.

        The first three are explained.
        """
        question = self.questions.get(name)
        if question is None:
            return []
        places, found = self._read(title, body)
        rows = question.weights[places].astype(np.float32) * found[:, None].astype(np.float32)
        scores = rows.sum(axis=0) + question.base
        order = np.argsort(-scores, kind="stable")
        is_sure = question.sure is not None and scores[order[0]] - scores[order[1]] >= question.sure
        usual = rows.mean(axis=1)
        return [
            Guess(
                question.answers[column],
                float(scores[column]),
                bool(is_sure and rank == 0),
                self._loudest(places, rows[:, column] - usual) if rank < EXPLAINED else (),
            )
            for rank, column in enumerate(order)
        ]

    def _read(self, title, body):
        in_title, title_weights = self.title.read(title)
        in_body, body_weights = self.body.read(body)
        places = np.concatenate([in_title, in_body + len(self.title.known)])
        return places, np.concatenate([title_weights, body_weights])

    def _loudest(self, places, spoken):
        """The pairs that speak most for an answer, the loudest first; a single sign tells a reader too little."""
        heard = Counter()
        for place in np.argsort(-spoken)[: 3 * REASONS]:
            if spoken[place] <= 0:
                break
            piece = self._piece(places[place])
            if len(piece) > 1:
                heard[piece] += float(spoken[place])
        return tuple(piece for piece, _weight in heard.most_common(REASONS))

    def _piece(self, place):
        titles = len(self.title.known)
        return str(self.title.known[place] if place < titles else self.body.known[place - titles])

    def to_bytes(self) -> bytes:
        """The model as a compressed ``.npz``."""
        facts = {name: {"answers": each.answers, "sure": each.sure} for name, each in self.questions.items()}
        arrays = {"facts": np.frombuffer(json.dumps(facts).encode(), np.uint8)}
        for name, space in (("title", self.title), ("body", self.body)):
            arrays |= {f"{name}.known": space.known, f"{name}.rarity": space.rarity}
        for name, question in self.questions.items():
            arrays |= {f"{name}.weights": question.weights, f"{name}.base": question.base}
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Learned":
        """Read a model; raises ValueError for anything that is not numbers and text."""
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            spaces = [Space(arrays[f"{name}.known"], arrays[f"{name}.rarity"]) for name in ("title", "body")]
            facts = json.loads(arrays["facts"].tobytes())
            questions = {
                name: Question(each["answers"], arrays[f"{name}.weights"], arrays[f"{name}.base"], each["sure"])
                for name, each in facts.items()
            }
        return cls(*spaces, questions)
