"""What is done to the office: each fault lasts its seconds under traffic, and is healed before it returns."""

import os
import random
import shutil
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

MB = 2**20


@dataclass(frozen=True)
class Fault:
    """A fault with its full length in seconds; ``inject(office, seconds)`` returns a sentence of what was done."""

    name: str
    title: str
    seconds: int
    inject: object


def restart_postgres(office, seconds):
    """Three ends of PostgreSQL: fast (its sessions are cut off), immediate (as after a power cut), fast."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGINT):
        time.sleep(seconds / 4)
        os.kill(office.pid("bin/postgres"), number)
        office.wait_until_it_answers()
    time.sleep(seconds / 4)
    return "PostgreSQL ended fast, immediately and fast again; the portal started it anew"


def lose_broker(office, seconds):
    """The broker is killed with all it holds, and comes back empty."""
    office.broker.kill()
    time.sleep(seconds)
    office.broker.start()
    return f"Valkey killed, nothing in its place for {seconds:.0f} s, then a new, empty one"


def kill_programs(office, seconds):
    """Somebody dies every few seconds, by SIGKILL or by SIGTERM; the portal starts them anew, later each time."""
    dice, until, killed = random.Random(20261130), time.monotonic() + seconds, Counter()
    victims = {
        "a web process": lambda: office.child_of("gunicorn", dice),
        "the web's parent": lambda: office.pid("gunicorn"),
        "the worker": lambda: office.pid("worker"),
        "a worker's process": lambda: office.child_of("worker", dice),
        "the beat": lambda: office.pid("beat"),
    }
    while time.monotonic() < until:
        time.sleep(dice.uniform(1, 8))
        name, number = dice.choice(list(victims)), dice.choice([signal.SIGKILL, signal.SIGTERM])
        pid = victims[name]()
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
                killed[name, number.name] += 1
    office.wait_until_it_answers()
    return "; ".join(f"{name} {times}× {number}" for (name, number), times in sorted(killed.items()))


def fill_disk(office, seconds):
    """The photos' disk is full to the brim, then so full that a photo is cut off in the middle, by turns."""
    filler, until, turns = office.var / "media" / "filler", time.monotonic() + seconds, 0
    while time.monotonic() < until:
        with suppress(OSError), filler.open("ab", buffering=0) as file:
            while True:
                file.write(b"0" * 4096)
        time.sleep(seconds / 8)
        os.truncate(filler, max(0, filler.stat().st_size - MB // 8))
        time.sleep(seconds / 8)
        turns += 1
    free = shutil.disk_usage(filler.parent).free
    filler.unlink()
    return f"the photos' disk filled {turns} times, with at most 128 KiB left ({free // 1024} KiB at the end)"


def set_clock_back(office, seconds):
    """Web, worker and beat read a clock that is an hour late, then the right one again."""
    office.set_clock(-3600)
    time.sleep(seconds * 2 / 3)
    office.set_clock(0)
    time.sleep(seconds / 3)
    return "the clock of web, worker and beat set back an hour under traffic, and put right later; PostgreSQL's stayed"


FAULTS = [
    Fault("postgres", "PostgreSQL restarted under load", 100, restart_postgres),
    Fault("broker", "the broker gone", 300, lose_broker),
    Fault("kills", "web, worker and beat killed at random", 600, kill_programs),
    Fault("disk", "disk full during upload", 60, fill_disk),
    Fault("clock", "clock set back an hour", 120, set_clock_back),
]
