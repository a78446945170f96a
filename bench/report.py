"""What the bench has found: rows for the table and the file, and for a bar that is missed the profile that says why."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LATEST, PROFILES = HERE / "latest.json", HERE / "profiles"
HEADS = ("work", "n", "rps", "p50 ms", "p95 ms", "queries", "peak MiB", "bar", "holds")


@dataclass
class Row:
    """One measured work. ``n`` is what it was measured on or how often, ``holds`` None where nothing is to be held."""

    work: str
    n: int | None = None
    rps: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    queries: int | None = None
    peak_mib: float | None = None
    bar: str = ""
    holds: bool | None = None

    def cells(self):
        holds = {True: "yes", False: "NO", None: ""}[self.holds]
        numbers = [
            _number(value) for value in (self.n, self.rps, self.p50_ms, self.p95_ms, self.queries, self.peak_mib)
        ]
        return [self.work, *numbers, self.bar, holds]


def _number(value):
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def save(rows, *, whole):
    """Write the rows to ``bench/latest.json``; where not the ``whole`` bench ran, the rows of other works stay."""
    kept = {}
    if LATEST.exists() and not whole:
        kept = {row["work"]: row for row in json.loads(LATEST.read_text(encoding="utf-8"))}
    kept |= {row.work: asdict(row) for row in rows}
    LATEST.write_text(json.dumps(list(kept.values()), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def show(rows):
    """Print the rows as a table of Markdown, as it stands in the docs; lists by filter only where they miss their bar."""
    cells = [HEADS, *(row.cells() for row in rows if row.holds is False or " · " not in row.work)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for place, line in enumerate(cells):
        print(
            "| " + " | ".join(f"{cell}{' ' * (w - _width(cell))}" for cell, w in zip(line, widths, strict=True)) + " |"
        )
        if not place:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def _width(text):
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)


def keep_profile(work, text):
    """Write what a missed bar's profile says beside the bench."""
    PROFILES.mkdir(exist_ok=True)
    name = re.sub(r"[^\w=]+", "-", work).strip("-")
    (PROFILES / f"{name}.txt").write_text(text, encoding="utf-8")
