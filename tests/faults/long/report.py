"""What the trial has found, as docs/faults.md says it."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from liaison.vardir import BASE_DIR

PAGE = BASE_DIR / "docs" / "faults.md"
MOST_NAMED = 5
HEAD = """# The long trial of faults

Written by `script/faults`, which starts an office of its own (PostgreSQL, Valkey, two web processes, a worker with two, the beat,
all as `script/server` runs them) and breaks it while residents submit by API and by form with photos, track their cases, staff
accept and hand over, and clocks fall due. Whoever gets no answer sends the same thing again. After each fault the office is left
alone until it is at rest, and then everything that anybody was told is held against what is there.

What it does not try: the database's own disk is never full, PostgreSQL's clock stays true, and nothing fails in the machine itself.
Programs that are killed again and again are started after up to half a minute, which is where answers are missing.
"""


@dataclass
class Line:
    """One fault: what was done, what people met with, and what each check found."""

    title: str
    done: str
    met: dict = field(default_factory=dict)
    slowest: float = 0.0
    rested: float = 0.0
    checks: dict = field(default_factory=dict)

    @property
    def holds(self):
        return all(not wrong for wrong in self.checks.values())

    def row(self):
        names = ("accepted", "with a photo", "refused", "no answer", "errors", "only a repetition answered")
        counts = [f"{self.met.get(name, 0)}" for name in names]
        staff = self.met.get("accept", 0) + self.met.get("hand_over", 0)
        end = "all hold" if self.holds else "**FAILED, see below**"
        return [self.title, self.done, *counts, f"{staff}", f"{self.slowest:.1f} s", f"{self.rested:.0f} s", end]

    def failures(self):
        for check, wrong in self.checks.items():
            if wrong:
                more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
                yield f"- {self.title}: not true that {check}: {'; '.join(map(str, wrong[:MOST_NAMED]))}{more}."


TABLE = (
    "fault", "what was done", "accepted", "of them with a photo", "refused with a sentence", "no answer", "5xx",
    "only a repetition answered", "steps by staff", "slowest answer", "at rest after", "checks",
)  # fmt: skip


def write(lines, *, scale, notes):
    """Write the page; ``notes`` are sentences about the whole run."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, load {os.getloadavg()[1]:.1f} at the end"
    rows = ["| " + " | ".join(TABLE) + " |", "|" + " --- |" * len(TABLE)]
    rows += ["| " + " | ".join(line.row()) + " |" for line in lines]
    failures = [sentence for line in lines for sentence in line.failures()] or ["Nothing failed."]
    checks = [f"- {check}" for check in dict.fromkeys(check for line in lines for check in line.checks)]
    parts = [
        HEAD,
        f"Last run: {time.strftime('%Y-%m-%d')}, scale {scale:g}, {machine}.\n",
        "\n".join(rows),
        "\n## What was checked after each\n",
        "\n".join(checks),
        "\n## What failed\n",
        "\n".join(failures),
        "\n## Of the whole run\n",
        "\n".join(f"- {note}" for note in notes),
    ]
    Path(PAGE).write_text("\n".join(parts) + "\n", encoding="utf-8")
