"""A clock that can be set back under running programs: they read the true time, and so many seconds more as a file says.

Only what Python calls the time of day is moved; what waits goes on waiting for true seconds, as on a real machine.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

EVERY = 0.2  # seconds


def follow(file: Path):
    """Read the time by that file from now on, in this process and in those it forks."""
    threading.Thread(target=_follow, args=[file], daemon=True).start()
    os.register_at_fork(after_in_child=lambda: threading.Thread(target=_follow, args=[file], daemon=True).start())


def _follow(file):
    held, moved = 0, None
    while True:
        wanted = int(file.read_text() or held)
        if wanted != held:
            if moved is not None:
                moved.stop()
            moved = time_machine.travel(time_machine.escape_hatch.time.time() + wanted)
            moved.start()
            held = wanted
        time.sleep(EVERY)
