"""The bench's own servers: PostgreSQL and Valkey under one directory, a database for each size, web, worker, bare web."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg2

from liaison import embedded
from liaison.postgres import NAME, Postgres
from liaison.processes import tie_to_parent
from liaison.vardir import BASE_DIR, VarDir

WEB_WORKERS = 3
SETTINGS = {
    "ALLOWED_HOSTS": "*",
    "BEHIND_PROXY": "1",
    "DEMO": "0",
    "HTTPS": "0",
    "EMAIL_URL": "dummy://",
    "WEB_CONCURRENCY": str(WEB_WORKERS),
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore",
}


@contextmanager
def data_servers(directory: Path):
    """PostgreSQL, as durable as in an office, and Valkey; what the environment configured is put aside."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "IDENTITY_KEYS", "CODE_KEY", "PHONE_KEY"):
        os.environ.pop(name, None)
    os.environ["VAR_DIR"] = str(directory)
    with embedded.servers():
        os.environ.update(SETTINGS)
        yield VarDir(directory)


class Database:
    """The database of so many cases; made and filled when it is not there yet."""

    def __init__(self, var: VarDir, cases: int):
        self.cases, self.name = cases, f"bench_{cases}"
        self._var = var
        self.url = Postgres.url_in(var).replace(f"/{NAME}?", f"/{self.name}?")

    def make(self):
        """Fill it, unless an earlier run has. Returns the seconds that it took."""
        if self._is_filled():
            return 0.0
        begun = time.monotonic()
        self._do("postgres", f"DROP DATABASE IF EXISTS {self.name}", f"CREATE DATABASE {self.name}")
        # Written in one go, the rows would wait for a checkpoint every gigabyte, and be looked at over and over.
        settings = "ALTER SYSTEM SET max_wal_size = '16GB'", "ALTER SYSTEM SET autovacuum = off"
        self._do("postgres", *settings, "SELECT pg_reload_conf()")
        run("bench.build", "--petitions", str(self.cases), url=self.url)
        self._do("postgres", "ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()", "CHECKPOINT")
        run("django", "recount", url=self.url, show=False)
        self._do(
            self.name,
            "CREATE TABLE bench_bare (id serial PRIMARY KEY, said text NOT NULL)",
            "INSERT INTO bench_bare (said) SELECT repeat('路灯坏了，请派人修', 30) FROM generate_series(1, 10000)",
            "VACUUM ANALYZE",
            f"COMMENT ON DATABASE {self.name} IS 'filled'",
        )
        return time.monotonic() - begun

    def _is_filled(self):
        sql = "SELECT 1 FROM pg_database WHERE datname = %s AND shobj_description(oid, 'pg_database') = 'filled'"
        with self._connect("postgres") as connection, connection.cursor() as cursor:
            cursor.execute(sql, [self.name])
            return cursor.fetchone() is not None

    def _connect(self, name):
        return psycopg2.connect(self.url.replace(f"/{self.name}?", f"/{name}?"))

    def _do(self, name, *statements):
        connection = self._connect(name)
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()


def run(module, *arguments, url, show=True):
    """Run a module of ours, or a command of the portal, to its end. Raises CalledProcessError when it fails."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "DATABASE_TIMEOUTS": "0",
        "DJANGO_SETTINGS_MODULE": "liaison.settings",
    }
    out = None if show else subprocess.DEVNULL
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=BASE_DIR, env=environment, check=True, stdout=out)  # noqa: S603


@contextmanager
def programs(database: Database, directory: Path):
    """Web and worker over a database, and the bare web beside them; yields their addresses by name."""
    addresses = {"web": free_address(), "bare": free_address()}
    gunicorn = ["gunicorn", "--config=python:liaison.web"]
    worker = ["celery", "-A", "liaison", "--quiet", "worker", "--concurrency=1", "--without-gossip", "--without-mingle"]
    commands = {
        "web": [*gunicorn, f"--bind=127.0.0.1:{addresses['web'][1]}", "liaison.wsgi"],
        "bare": [*gunicorn, f"--bind=127.0.0.1:{addresses['bare'][1]}", "bench.bare"],
        "worker": worker,
    }
    with ExitStack() as stack:
        started = {
            name: stack.enter_context(_program(name, command, database.url, directory))
            for name, command in commands.items()
        }
        for name, address in addresses.items():
            _wait(address, started[name])
        yield addresses, {name: process.pid for name, process in started.items()}


@contextmanager
def _program(name, command, url, directory):
    with open(directory / "log" / f"{name}.log", "a") as log:
        process = subprocess.Popen(  # noqa: S603 - commands are ours
            [sys.executable, "-m", *command],
            cwd=BASE_DIR,
            env=os.environ | {"DATABASE_URL": url},
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=tie_to_parent(signal.SIGTERM),
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def free_address():
    """An address of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()


def _wait(address, process, seconds=120):
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"Nobody answers at {address}; see the logs in {os.environ['VAR_DIR']}/log.")


def memory(pids: dict[str, int], var: VarDir) -> dict[str, float]:
    """MiB of each process: its own and its share of what several have (PSS); of children of a kind, the largest."""
    found = {}
    for name, pid in pids.items():
        found[f"{name}, parent"] = mib(pid)
        found[f"{name}, largest child"] = max(map(mib, children(pid)), default=0.0)
    postmaster = int((var.path / "postgres" / "postmaster.pid").read_text().split()[0])
    found["PostgreSQL, all together"] = sum(map(mib, [postmaster, *children(postmaster)]))
    return found


def children(pid):
    return map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def mib(pid):
    """MiB that a process takes in memory, of shared pages its share; none of one that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
