"""Child processes that never outlive their parent and whose output can be told apart."""

import ctypes
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

Log = Callable[[str, str], None]


class Child:
    """One running child in a process group of its own.

    `log(name, line)` is called for every line the child prints. `stop_signal` asks the child to end in its own way;
    the kernel sends `orphan_signal` when the parent is gone, however it went. Start children from the main thread:
    the kernel watches the thread that started them.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Log,
        stop_signal: signal.Signals = signal.SIGTERM,
        orphan_signal: signal.Signals = signal.SIGTERM,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ):
        self.name = name
        self.last_lines: deque[str] = deque(maxlen=30)
        self._log = log
        self._stop_signal = stop_signal
        self._process = subprocess.Popen(  # noqa: S603 - commands are ours
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=env,
            cwd=cwd,
            # Ctrl-C in the terminal reaches the parent only, which then stops its children in order.
            start_new_session=True,
            preexec_fn=tie_to_parent(orphan_signal),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> int | None:
        """Exit code, or None while the child runs."""
        return self._process.poll()

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the end and for the last line; return the exit code. Raises subprocess.TimeoutExpired."""
        code = self._process.wait(seconds)
        # A grandchild may still hold the pipe, so the wait for the last line is bounded.
        self._reader.join(1)
        return code

    def stop(self, seconds: float) -> None:
        """Ask the child to end, wait up to `seconds`, then end its whole group."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(self._stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()

    def _read(self) -> None:
        for raw in self._process.stdout:
            line = raw.rstrip()
            self.last_lines.append(line)
            self._log(self.name, line)


def tie_to_parent(orphan_signal: signal.Signals) -> Callable[[], None]:
    """For Popen's preexec_fn: the kernel sends `orphan_signal` to the child once this thread is gone."""
    parent = os.getpid()

    def tie() -> None:
        # A shell that starts us in the background has SIGINT ignored, and that is inherited.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        _libc.prctl(_PR_SET_PDEATHSIG, orphan_signal)
        if os.getppid() != parent:
            os._exit(1)

    return tie
