"""Real processes over the test's own database and a broker of its own, all gone when the test ends."""

import os
import signal
import socket
import sys
import time
import urllib.request
from collections import defaultdict
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection

from liaison import programs
from liaison.processes import Child
from liaison.valkey import Valkey
from liaison.vardir import BASE_DIR, VarDir


def wait_until(true, seconds, what):
    """Ask until the answer is yes; return how many seconds that took.

    What takes long to answer is asked less often: it would keep those from working who are waited for.
    """
    began = asked = time.monotonic()
    while not true():
        now = time.monotonic()
        assert now - began < seconds, f"not within {seconds} s: {what() if callable(what) else what}"
        time.sleep(max(0.02, 3 * (now - asked)))
        asked = time.monotonic()
    return time.monotonic() - began


class Broker:
    """A Valkey that can be killed, stalled and started again."""

    def __init__(self, var):
        self._valkey = Valkey(var, log=lambda name, line: None)
        self.url = self._valkey.url
        self.start()

    def start(self):
        self._valkey.start()
        self.client = redis.Redis.from_url(self.url)
        self._pid = self.client.info("server")["process_id"]

    def kill(self):
        os.kill(self._pid, signal.SIGKILL)
        wait_until(lambda: self._valkey.poll() is not None, 5, "the broker's end")

    def stall(self):
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self._pid, signal.SIGCONT)

    def end(self):
        with suppress(ProcessLookupError):
            self.go_on()
        self._valkey.stop()


class Portal:
    """The portal's own programs on the test's database, told apart by name; `said[name]` are a program's lines."""

    def __init__(self, broker, var):
        self.var = var
        self.said = defaultdict(list)
        self._children = []
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        self._environment = os.environ | {
            "DATABASE_URL": database.geturl(),
            "REDIS_URL": broker.url,
            "VAR_DIR": str(var),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DEMO": "1",
            "HTTPS": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "PYTHONUNBUFFERED": "1",
        }

    def run(self, name, *arguments):
        child = Child(
            name,
            [sys.executable, "-m", *arguments],
            log=lambda name, line: self.said[name].append(line),
            orphan_signal=signal.SIGQUIT,
            env=self._environment,
            cwd=BASE_DIR,
        )
        self._children.append(child)
        return child

    def worker(self, name="worker"):
        """A worker as script/server runs it, once it is ready for tasks."""
        ready = self.tally(name, " ready.")
        worker = self.run(name, *programs.worker(), f"--hostname={name}@faults")
        wait_until(
            lambda: worker.poll() is not None or self.tally(name, " ready.") > ready, 60, lambda: self.said[name]
        )
        assert worker.poll() is None, "\n".join(self.said[name])
        return worker

    def beat(self, name="beat"):
        return self.run(name, *programs.beat(self.var / name))

    def web(self):
        """The web process as script/server runs it, once it answers; its address is returned."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            host = f"127.0.0.1:{probe.getsockname()[1]}"
        self.server = self.run("web", *programs.web(host))

        def answers():
            with suppress(OSError), urllib.request.urlopen(f"http://{host}/healthz", timeout=2) as answer:
                return answer.status == 200

        wait_until(answers, 30, lambda: self.said["web"])
        return f"http://{host}"

    def tally(self, name, words):
        """How many of a program's lines hold these words."""
        return sum(words in line for line in list(self.said[name]))

    def end(self):
        for child in reversed(self._children):
            child.stop(3)


@pytest.fixture
def broker(tmp_path_factory):
    broker = Broker(VarDir(tmp_path_factory.mktemp("broker")))
    yield broker
    broker.end()


@pytest.fixture
def portal(transactional_db, broker, tmp_path_factory):
    """Workers, beats and web on the emptied test database; they end before the tables are emptied again."""
    portal = Portal(broker, tmp_path_factory.mktemp("portal"))
    yield portal
    portal.end()
