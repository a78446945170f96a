"""A small office under trial: the portal as script/server runs it, a broker of its own, and its processes by name."""

import os
import subprocess
import time
from pathlib import Path

import django

from bench.servers import children
from liaison import keys
from liaison.postgres import Postgres
from liaison.vardir import VarDir
from tests.faults.conftest import Broker
from tests.faults.server import CONFIGURED, Server

SETTINGS = "tests.faults.long.settings"
PHOTOS_MB = 400


class Office:
    """The portal with its servers under one directory; `site` is where it answers."""

    def __init__(self, directory: Path):
        self.directory, self.var = directory, directory / "var"
        (self.var / "media").mkdir(parents=True)
        self.photos_are_apart = _mount(self.var / "media")
        self.broker = Broker(VarDir(directory / "broker"))
        self.server = None
        self.clock = directory / "clock"
        self.set_clock(0)

    @property
    def site(self):
        return f"http://127.0.0.1:{self.server.port}"

    def open(self):
        """Start the portal and wait until it answers."""
        self.server = Server(
            self.var,
            DJANGO_SETTINGS_MODULE=SETTINGS,
            REDIS_URL=self.broker.url,
            BEHIND_PROXY="1",
            CLOCK_FILE=str(self.clock),
        ).wait_until_ready()

    def set_clock(self, seconds):
        """Let web, worker and beat read the true time and so many seconds more; PostgreSQL's clock stays true."""
        self.clock.write_text(str(seconds))

    def close(self):
        """End the portal and the broker, and give back the photos' disk."""
        if self.server is not None and self.server.process.poll() is None:
            self.server.end()
        self.broker.end()
        if self.photos_are_apart:
            subprocess.run(["umount", self.var / "media"], check=False)

    def wait_until_it_answers(self, seconds=120):
        """The portal's way back after something was killed; it starts its programs anew by itself."""
        time.sleep(1)
        self.server.wait_until_ready(seconds)

    def use_django(self):
        """Let this process ask the portal's database, with the portal's keys."""
        for name in CONFIGURED:
            os.environ.pop(name, None)
        var = VarDir(self.var)
        os.environ |= keys.read_or_make(var, database_exists=True)
        os.environ |= {"DATABASE_URL": Postgres.url_in(var), "REDIS_URL": self.broker.url, "VAR_DIR": str(self.var)}
        os.environ |= {"DJANGO_SETTINGS_MODULE": SETTINGS, "DATABASE_TIMEOUTS": "0", "LOG_LEVEL": "WARNING"}
        django.setup()

    def last_words(self):
        """What the portal said last, and how it ended where it did."""
        if self.server is None:
            return []
        return [*self.server.output.splitlines()[-60:], f"the portal's exit code: {self.server.process.poll()}"]

    def pid(self, word):
        """The process that the portal started whose command holds a word, or None while there is none."""
        found = [pid for pid in children(self.server.process.pid) if word.encode() in _command(pid)]
        return found[0] if found else None

    def child_of(self, word, dice):
        """One of the processes that such a process started itself, or None."""
        parent = self.pid(word)
        try:
            found = list(children(parent)) if parent else []
        except OSError:
            return None
        return dice.choice(found) if found else None


def _command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _mount(place):
    """A small disk of its own for photos, which can be filled up; False where mounting is refused."""
    options = ["-t", "tmpfs", "-o", f"size={PHOTOS_MB}m,mode=700", "tmpfs", place]
    return subprocess.run(["mount", *options], check=False, capture_output=True).returncode == 0
