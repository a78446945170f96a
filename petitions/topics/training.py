"""Training: a ridge regression for each question, on signs and pairs of signs, checked on cases that it did not see.

Imported by the command and by the bench only: scikit-learn is never loaded to answer a request.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.model_selection import StratifiedKFold

from petitions.topics.learned import Learned, Question, Space, pieces

LEAST = 10  # default: cases that an answer must have to be learned
FOLDS = 5
SEED = 20261130
PENALTY = 0.3  # of a handful of settings tried, see docs/performance.md
RARE = 2  # cases that a piece must occur in
MOST_PIECES = 60_000  # of titles, and of bodies
SURE = 0.9  # share of first guesses that must have been right for one to be called sure
SURE_OF = 20  # checked guesses that this must rest on


@dataclass(frozen=True)
class Sample:
    """A decided case: its words, and what was decided, by question; a question may have no answer."""

    title: str
    body: str
    answers: dict[str, str]


class Pieces:
    """Titles and bodies as two spaces of weighed pieces, side by side."""

    def __init__(self, *, penalty=PENALTY, count=pieces):
        self.penalty = penalty
        self.spaces = [
            TfidfVectorizer(analyzer=count, sublinear_tf=True, min_df=RARE, max_features=MOST_PIECES, dtype=np.float32)
            for _space in ("title", "body")
        ]

    def fit(self, samples):
        return hstack([space.fit_transform(texts) for space, texts in self._texts(samples)]).tocsr()

    def read(self, samples):
        return hstack([space.transform(texts) for space, texts in self._texts(samples)]).tocsr()

    def _texts(self, samples):
        texts = ([each.title for each in samples], [each.body for each in samples])
        return zip(self.spaces, texts, strict=True)

    def ridge(self, found, answers, names):
        """A fitted regression of 1 for the right answer, 0 for every other."""
        wanted = (np.array(answers)[:, None] == np.array(names)[None, :]).astype(np.float32)
        return Ridge(self.penalty, solver="sparse_cg", tol=1e-4).fit(found, wanted)


def learn(samples: list[Sample]) -> tuple[Learned, dict]:
    """Return a model of all samples, and its scores on cases that it had not seen (5-fold), by question.

    A question is learned where two answers have ten cases each, and where the first guess beats naming the commonest
    answer always; else its scores say so, and the model has no such question.
    """
    reader = Pieces()
    found = reader.fit(samples)
    questions, scores = {}, {}
    for name in sorted({name for each in samples for name in each.answers}):
        known = [place for place, each in enumerate(samples) if name in each.answers]
        counted = Counter(samples[place].answers[name] for place in known)
        names = sorted(answer for answer, many in counted.items() if many >= LEAST)
        known = [place for place in known if samples[place].answers[name] in names]
        if len(names) < 2:
            continue
        scores[name], sure = _checked([samples[place] for place in known], name, names)
        if scores[name]["first"] <= scores[name]["usual"]:
            continue
        fitted = reader.ridge(found[known], [samples[place].answers[name] for place in known], names)
        weights, base = _columns(fitted, len(names))
        questions[name] = Question(names, weights.astype(np.float16), base.astype(np.float32), sure)
    return Learned(*_spaces(reader), questions), scores


def _columns(fitted, many):
    return np.ascontiguousarray(fitted.coef_.reshape(many, -1).T), np.asarray(fitted.intercept_).reshape(many)


def _spaces(reader):
    """The vectorizers' vocabularies, which scikit-learn keeps in ascending order of the pieces."""
    return [
        Space(np.array(space.get_feature_names_out(), dtype="U2"), space.idf_.astype(np.float32))
        for space in reader.spaces
    ]


def _checked(samples, name, names):
    """Scores of a question on cases that the training did not see, and the lead from which a guess is sure."""
    given = np.array([each.answers[name] for each in samples])
    guessed = out_of_fold(samples, given, names, seed=SEED)
    scores = measured(guessed, given, names)
    return scores, _sure(guessed, given, names)


def out_of_fold(samples, given, names, *, seed, **settings) -> np.ndarray:
    """What each sample scores for each answer, by a model that was trained without its fifth of the samples."""
    guessed = np.zeros((len(samples), len(names)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for seen, unseen in folds.split(given, given):
        guessed[unseen] = guesses_of(
            [samples[n] for n in seen], given[seen], [samples[n] for n in unseen], names, **settings
        )
    return guessed


def guesses_of(seen, given, unseen, names, **settings) -> np.ndarray:
    """Train on some samples and score others; ``settings`` as for ``Pieces``."""
    reader = Pieces(**settings)
    fitted = reader.ridge(reader.fit(seen), given, names)
    return fitted.predict(reader.read(unseen)).reshape(len(unseen), len(names))


def measured(guessed, given, names) -> dict:
    """Shares of samples: the first guess is right, the right one is among three, the commonest answer is right."""
    ordered = np.array(names)[np.argsort(-guessed, axis=1)]
    return {
        "cases": len(given),
        "answers": len(names),
        "first": round(float(np.mean(ordered[:, 0] == given)), 4),
        "among_three": round(float(np.mean((ordered[:, :3] == given[:, None]).any(axis=1))), 4),
        "usual": round(max(Counter(given.tolist()).values()) / len(given), 4),
    }


def _sure(guessed, given, names):
    """The least lead of the first guess over the second from which nine in ten were right; None where there is none."""
    ranked = np.sort(guessed, axis=1)
    leads = ranked[:, -1] - ranked[:, -2]
    by_lead = np.argsort(-leads)
    right = np.array(names)[guessed.argmax(axis=1)] == given
    share = np.cumsum(right[by_lead]) / np.arange(1, len(right) + 1)
    enough = np.flatnonzero(share[SURE_OF - 1 :] >= SURE) + SURE_OF - 1
    return float(leads[by_lead[enough[-1]]]) if len(enough) else None
