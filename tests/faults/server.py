"""The portal as script/server runs it, started and ended by a test."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from liaison.vardir import BASE_DIR
from tests.once import once

CONFIGURED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "IDENTITY_KEYS", "CODE_KEY", "PHONE_KEY", "SITE_URL", "BIND")


class Server:
    """`python -m liaison.server` on a VAR_DIR and a port of its own, without the demo and with one web process."""

    def __init__(self, var, *, before=(), python=sys.executable, **environment):
        self.var, self.port = var, free_port()
        # Not beside VAR_DIR, whose disk may be full; open as long as the server is of interest.
        self._output = tempfile.NamedTemporaryFile("w")  # noqa: SIM115
        kept = {name: value for name, value in os.environ.items() if name not in CONFIGURED}
        kept |= {"VAR_DIR": str(var), "PORT": str(self.port), "DEMO": "0", "WEB_CONCURRENCY": "1"} | environment
        self.process = subprocess.Popen(
            [*before, str(python), "-m", "liaison.server"],
            cwd=BASE_DIR,
            env=kept,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def output(self):
        return Path(self._output.name).read_text()

    def wait_until_ready(self, seconds=240):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.output
            with (
                suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer,
            ):
                assert answer.read() == b"ok"
                return self
            time.sleep(0.2)
        raise AssertionError(f"not ready after {seconds} s:\n{self.output}")

    def wait_until_said(self, words, times=1, seconds=120):
        end = time.monotonic() + seconds
        while self.output.count(words) < times:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < end, self.output
            time.sleep(0.1)
        return self

    def end(self, number=signal.SIGTERM, seconds=60):
        self.process.send_signal(number)
        return self.process.wait(seconds)


def first_start(tmp_path_factory):
    """A VAR_DIR as the first start leaves it, made once by whichever worker asks first: it takes a minute. Take copies."""

    def make(place):
        server = Server(place / "var")
        try:
            server.wait_until_ready()
        finally:
            code = server.end()
        assert code == 0, server.output

    return once(tmp_path_factory, "first-start", make) / "var"


def copied(var, to):
    """A copy of a VAR_DIR whose portal has ended."""
    return Path(shutil.copytree(var, to / "var", symlinks=True))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
