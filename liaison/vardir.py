"""The directory that holds everything an installation writes: database, keys, photos, logs, sockets."""

import fcntl
import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from liaison.processes import Log

BASE_DIR = Path(__file__).resolve().parent.parent
# A socket's path may have 107 bytes; the longest name we put behind it is 20 long.
_LONGEST_RUN_DIR = 85
_ENDING = " ending"


class StartError(Exception):
    """Something that whoever started the command can mend; the message is one sentence, in English and in Chinese."""

    def __init__(self, english: str, chinese: str):
        super().__init__(f"{english}\n{chinese}")

    @classmethod
    def disk_full(cls, place: Path | str) -> "StartError":
        return cls(
            f"The disk that holds {place} is full: free some space there, or point VAR_DIR to another disk.",
            f"{place} 所在磁盘已满：请清理空间，或用 VAR_DIR 指定其他磁盘。",
        )


class VarDir:
    """VAR_DIR with its lock. Whoever holds the lock runs the servers in it; guests only use them."""

    def __init__(self, path: Path):
        self.path = path
        self._lock_file: IO[str] | None = None
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            (path / "log").mkdir(exist_ok=True)
        except (PermissionError, NotADirectoryError, FileExistsError) as error:
            raise StartError(
                f"{path} cannot be written: point VAR_DIR to a directory of your own.",
                f"无法写入 {path}：请用 VAR_DIR 指定一个可写的目录。",
            ) from error

    @classmethod
    def from_environment(cls) -> "VarDir":
        return cls(Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve())

    def lock(self, seconds: float = 0, while_ending: float = 0) -> bool:
        """Become the owner; False when another process still is after `seconds`, or after `while_ending` seconds when it
        says that it is ending.

        The kernel frees the lock however its owner ends.
        """
        file = open(self.path / "lock", "a+")  # noqa: SIM115 - open as long as the lock is held
        start = time.monotonic()
        while not _try_lock(file):
            if time.monotonic() - start >= (while_ending if self._owner_is_ending() else seconds):
                file.close()
                return False
            time.sleep(0.1)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._lock_file = file
        return True

    def unlock(self) -> None:
        self._lock_file.close()

    def say_ending(self) -> None:
        """Tell whoever waits for the lock that it will be free soon."""
        with suppress(OSError):
            self._lock_file.write(_ENDING)
            self._lock_file.flush()

    def owner(self) -> str:
        """Process id that the owner noted in the lock file."""
        return (self.path / "lock").read_text().removesuffix(_ENDING) or "?"

    def _owner_is_ending(self) -> bool:
        return (self.path / "lock").read_text().endswith(_ENDING)

    @contextmanager
    def as_guest(self) -> Iterator[None]:
        """While this lasts, an owner that wants to end its servers waits."""
        with open(self.path / "guests", "a") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            yield

    def wait_for_guests(self) -> None:
        with open(self.path / "guests", "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)

    def file_log(self) -> Log:
        """A log that keeps each child's lines of this run in VAR_DIR/log/<name>.log."""
        files: dict[str, IO[str]] = {}

        def write(name: str, line: str) -> None:
            if name not in files:
                files[name] = open(self.path / "log" / f"{name}.log", "w")  # noqa: SIM115
            with suppress(OSError):
                files[name].write(line + "\n")
                files[name].flush()

        return write

    def run_dir(self) -> Path:
        """The private directory of the sockets: VAR_DIR/run, or one in the temp directory where that is no socket path.

        Raises StartError when the one in the temp directory is not ours.
        """
        run = self.path / "run"
        if len(os.fsencode(run)) > _LONGEST_RUN_DIR or not re.fullmatch(r"[A-Za-z0-9/._-]+", str(run)):
            digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
            run = Path(tempfile.gettempdir()) / f"liaison-{os.getuid()}-{digest}"
        run.mkdir(mode=0o700, exist_ok=True)
        found = run.lstat()
        if not stat.S_ISDIR(found.st_mode) or (found.st_uid != os.getuid() and os.getuid() != 0):
            raise StartError(
                f"{run} belongs to somebody else: remove it, or choose a shorter VAR_DIR.",
                f"{run} 属于其他用户：请删除它，或换一个较短的 VAR_DIR。",
            )
        run.chmod(0o700)
        return run

    def require_space(self, megabytes: int) -> None:
        """Raise StartError when less than this much is free."""
        free = shutil.disk_usage(self.path).free // 2**20
        if free < megabytes:
            raise StartError(
                f"The disk that holds {self.path} has {free} MB left and {megabytes} MB are needed: free some space "
                "there, or point VAR_DIR to another disk.",
                f"{self.path} 所在磁盘仅剩 {free} MB，至少需要 {megabytes} MB：请清理空间，或用 VAR_DIR 指定其他磁盘。",
            )


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
