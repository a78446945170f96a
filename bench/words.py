"""What residents and organs write, at the lengths that the real messages have (median 19 and 201 characters).

Where the shared messages lie beside the project, which are not part of it, their sentences are mixed anew for every
case, those of one message in ten only for what is submitted while the bench runs: a resident does not write what stands
word for word in hundreds of cases. Elsewhere sentences are made of a few words of our own.
"""

import csv
import functools
import math
import re
from statistics import NormalDist

from django.conf import settings

from petitions.search import grams

MESSAGES = settings.BASE_DIR.parent / "shared" / "data" / "messages.csv"
COMMON, RARE = "路灯", "水獭"
COMMON_EVERY = 20  # one case in so many speaks of the common word
RARE_CASES = 7
LONGEST_BODY = 2400  # 99 % of the real ones are shorter
NEW_EVERY = 10  # one message in so many is kept for submissions

COMMON_TITLE = "{place}的路灯坏了，晚上没法走"
COMMON_SENTENCE = "路边的路灯坏了好几盏，老人和孩子晚上出门很不方便。"
RARE_SENTENCE = "河边有人看见过水獭，希望能够保护起来。"
ANSWER = "您好，您反映的问题收悉。经{organ}现场核实，情况如下："
STARTS = ["我们小区", "村口的主路", "学校门前", "菜市场旁边", "老年活动中心", "河边的步道", "公交站台", "卫生室"]
MIDDLES = ["长期没有人管", "多次向有关部门反映", "下雨以后积水很深", "夜里噪音很大", "垃圾堆放没有清运", "路面破损严重"]
ENDS = ["请尽快派人处理", "希望给一个明确的答复", "已经影响大家的正常生活", "请问什么时候能够解决", "大家都很着急"]


class Words:
    """Draws titles, bodies and answers; one for each process, with the grams of every sentence kept.

    ``new``: from the messages of which no case in the database has a word.
    """

    def __init__(self, *, new=False):
        real = _read(new) if MESSAGES.exists() else None
        self.titles, self.sentences, self.lengths = real or _made_up()
        self._quoted = functools.lru_cache(100_000)(lambda text: frozenset(f"'{gram}'" for gram in grams(text)))

    def title(self, draw):
        return draw.choice(self.titles)

    def body(self, draw):
        """Sentences of a body, as many as one of the real bodies is long."""
        return self._as_long_as(draw, draw.choice(self.lengths))

    def answer(self, draw, organ):
        """Sentences of an organ's answer."""
        return [ANSWER.format(organ=organ), *self._as_long_as(draw, int(draw.lognormvariate(math.log(120), 0.5)))]

    def _as_long_as(self, draw, length):
        found, left = [], min(length, LONGEST_BODY)
        while left > 0 or not found:
            sentence = draw.choice(self.sentences)
            # Half a sentence too many and half a sentence too few even out.
            if found and left < len(sentence) / 2:
                break
            found.append(sentence)
            left -= len(sentence)
        return found

    def entry(self, found, *texts):
        """What ``petitions.search.vector`` makes of ``found`` and the grams of texts; pairs across their ends are left out."""
        return " ".join({f"'{gram}'" for gram in found}.union(*map(self._quoted, texts)))


def _read(new):
    with MESSAGES.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for n, row in enumerate(csv.DictReader(file)) if (n % NEW_EVERY == 0) == new]
    parts = {part.strip() for row in rows for part in re.findall(r"[^。！？；\n]+[。！？；]?", row["body"])}
    sentences = sorted(part for part in parts if 6 <= len(part) <= 200 and not _chosen(part))
    titles = sorted({row["title"].strip()[:60] for row in rows if not _chosen(row["title"])})
    return titles, sentences, [len(row["body"]) for row in rows]


def _made_up():
    sentences = [f"{a}{b}，{c}。" for a in STARTS for b in MIDDLES for c in ENDS]
    titles = [f"{a}{b}" for a in STARTS for b in MIDDLES]
    # Log-normal with the median and the 99th percentile of the real bodies, at two hundred even steps.
    spread = math.log(LONGEST_BODY / 201) / 2.326
    lengths = [int(201 * math.exp(spread * NormalDist().inv_cdf((step + 0.5) / 200))) for step in range(200)]
    return titles, sentences, lengths


def _chosen(part):
    """Whether a real text has one of the words that are measured: those are put in by count instead."""
    return COMMON in part or RARE in part
