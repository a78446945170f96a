"""One command runs the portal: it starts from any state of VAR_DIR, says what is wrong, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest

from liaison.postgres import Postgres
from liaison.vardir import BASE_DIR, VarDir
from tests.faults.server import CONFIGURED, Server, copied, first_start

pytestmark = pytest.mark.faults


def processes_of(var):
    """Every process that names this VAR_DIR in its command line or environment."""
    needle, found = os.fsencode(str(var)), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes() + b"\0" + (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                if needle in words and state != "Z":
                    found.append((int(entry.name), words[:120]))
    return found


def nothing_left(var, seconds=0):
    end = time.monotonic() + seconds
    while processes_of(var) and time.monotonic() < end:
        time.sleep(0.2)
    return processes_of(var) == []


def ask(var, sql):
    connection = psycopg2.connect(host=str(VarDir(var).run_dir()), user="liaison", dbname="liaison")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


@pytest.fixture
def start(request):
    """Start servers and end what a failed test left running."""
    servers = []

    def start(*arguments, **options):
        servers.append(Server(*arguments, **options))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return first_start(tmp_path_factory)


@pytest.fixture
def var(prepared, tmp_path):
    return copied(prepared, tmp_path)


@pytest.fixture(scope="module")
def running(prepared, tmp_path_factory):
    """A portal in its second start, for tests that only look; `seconds` is how long that start took."""
    server = Server(copied(prepared, tmp_path_factory.mktemp("running")))
    began = time.monotonic()
    try:
        server.wait_until_ready()
        server.seconds = time.monotonic() - began
        yield server
    finally:
        server.end()


def test_a_second_start_takes_seconds_and_keeps_keys_and_data(running, prepared):
    assert running.seconds < 45
    assert (running.var / "keys.json").read_text() == (prepared / "keys.json").read_text()
    assert ask(running.var, "SELECT count(*) > 5000 FROM stations_region") == (True,)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_portal_ends_cleanly_when_asked_and_leaves_no_process(start, var, number):
    server = start(var).wait_until_ready()

    code = server.end(number)

    assert code == 0
    assert nothing_left(var)
    assert "everything has stopped" in server.output


def test_a_portal_asked_to_end_while_it_starts_ends_too(start, tmp_path):
    server = start(tmp_path / "var")
    server.wait_until_said("making a new database")

    code = server.end()

    assert code == 0
    assert nothing_left(tmp_path / "var", seconds=5)


def test_no_process_outlives_a_parent_that_was_killed(start, var):
    server = start(var, WEB_CONCURRENCY="2").wait_until_ready()

    server.end(signal.SIGKILL)

    assert nothing_left(var, seconds=30), processes_of(var)


def test_the_portal_starts_again_after_it_was_killed_and_has_its_data(start, var):
    server = start(var).wait_until_ready()
    ask(var, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.end(signal.SIGKILL)

    start(var).wait_until_ready()

    assert ask(var, "SELECT answer FROM kept") == (42,)


def test_keys_are_for_the_eyes_of_their_owner_only(prepared):
    assert (prepared / "keys.json").stat().st_mode & 0o777 == 0o600
    assert prepared.stat().st_mode & 0o777 == 0o700


def test_a_port_in_use_is_told_in_a_sentence(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = start(tmp_path / "var", PORT=str(port))

        code = server.process.wait(30)

    assert code == 1
    assert f"Port {port}" in server.output
    assert f"端口 {port}" in server.output
    assert "Traceback" not in server.output


def test_a_second_portal_on_the_same_directory_is_refused_in_a_sentence(start, running):
    second = start(running.var)
    code = second.process.wait(30)

    assert code == 1
    assert f"Process {running.process.pid} already uses" in second.output
    assert running.process.poll() is None


def test_a_restart_waits_for_the_portal_that_is_just_ending(start, var):
    first = start(var).wait_until_ready()

    first.process.send_signal(signal.SIGTERM)
    second = start(var).wait_until_ready()

    assert first.process.wait(1) == 0
    assert second.end() == 0


def test_a_first_start_that_was_cut_off_is_made_up_for(start, tmp_path):
    var = tmp_path / "var"
    unfinished = var / "postgres.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    (var / "keys.new").write_text('{"SECRET_KEY": "half')

    start(var)

    assert Postgres.answers_in(VarDir(var), seconds=120)
    assert not unfinished.exists()
    assert ask(var, "SELECT 1") == (1,)


def test_an_incomplete_database_is_put_aside_and_made_anew(start, tmp_path):
    var = tmp_path / "var"
    (var / "postgres" / "base").mkdir(parents=True)
    (var / "postgres" / "base" / "1").write_text("somebody may want this")

    start(var)

    assert Postgres.answers_in(VarDir(var), seconds=120)
    (aside,) = var.glob("postgres.incomplete-*")
    assert (aside / "base" / "1").read_text() == "somebody may want this"


def test_a_database_whose_keys_are_gone_is_not_given_new_ones(start, var):
    (var / "keys.json").unlink()

    server = start(var)
    code = server.process.wait(30)

    assert code == 1
    assert "keys.json is gone" in server.output
    assert not (var / "keys.json").exists()


def test_a_process_id_left_by_a_power_cut_disturbs_nobody(start, var):
    # The number belongs to another process of the same user by now: this one.
    rival = f"{os.getpid()}\n{var}/postgres\n{int(time.time())}\n5432\n{var}/run\n\n  5432001         0\n"
    (var / "postgres" / "postmaster.pid").write_text(rival)
    (var / "run" / ".s.PGSQL.5432.lock").write_text(rival)
    (var / "lock").write_text(str(os.getpid()))

    start(var).wait_until_ready()

    assert ask(var, "SELECT 1") == (1,)


def test_a_child_that_dies_is_started_again(start, var):
    server = start(var).wait_until_ready()
    (postgres,) = [pid for pid, words in processes_of(var) if b"bin/postgres\0-D" in words]

    os.kill(postgres, signal.SIGKILL)

    server.wait_until_said("ready to accept connections", times=2).wait_until_ready()
    assert "db     | ended with code -9; starting again in 1 s" in server.output


def test_every_line_of_the_log_says_who_speaks(running):
    running.wait_until_said("Ctrl-C")

    speakers = {line.split(" ")[0] for line in running.output.splitlines() if " | " in line}

    assert {"db", "broker", "setup", "web", "worker", "beat"} >= speakers >= {"db", "setup", "web"}
    assert f"http://localhost:{running.port}" in running.output


def test_a_path_too_long_or_too_odd_for_a_socket_serves_as_well(start, tmp_path):
    var = tmp_path / ("数据 " * 12) / ("x" * 60)
    var.mkdir(parents=True)

    start(var)

    assert Postgres.answers_in(VarDir(var), seconds=120)
    assert ask(var, "SELECT 1") == (1,)


def test_a_command_shares_the_servers_of_a_running_portal(running):
    began = ask(running.var, "SELECT pg_postmaster_start_time()")

    done = manage(running.var, "showmigrations", "stations")

    assert done.returncode == 0, done.stderr
    assert "[X] 0001_initial" in done.stdout
    assert ask(running.var, "SELECT pg_postmaster_start_time()") == began


def test_a_command_brings_its_own_servers_where_no_portal_runs(var):
    done = manage(var, "showmigrations", "stations")

    assert done.returncode == 0, done.stderr
    assert "[X] 0001_initial" in done.stdout
    assert nothing_left(var)


def manage(var, *arguments):
    kept = {name: value for name, value in os.environ.items() if name not in CONFIGURED} | {"VAR_DIR": str(var)}
    command = [sys.executable, BASE_DIR / "manage.py", *arguments]
    return subprocess.run(command, env=kept, capture_output=True, text=True, timeout=120, cwd="/")


def test_where_namespaces_are_refused_root_becomes_somebody_else(start, tmp_path):
    if os.getuid() != 0:
        pytest.skip("only root has rights to drop")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (programs / "unshare").chmod(0o755)
    var = tmp_path / "var"

    start(var, PATH=f"{programs}:{os.environ['PATH']}")

    assert Postgres.answers_in(VarDir(var), seconds=120)
    assert (var / "postgres").stat().st_uid != 0
    assert var.stat().st_mode & 0o777 == 0o700


def test_where_root_cannot_drop_its_rights_the_way_out_is_told(start, tmp_path):
    if os.getuid() != 0:
        pytest.skip("only root has rights to drop")
    programs = tmp_path / "bin"
    programs.mkdir()

    server = start(tmp_path / "var", PATH=str(programs))
    code = server.process.wait(30)

    assert code == 1
    assert "PostgreSQL refuses to run as root" in server.output
    assert "Traceback" not in server.output


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own, too small for a database."""
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def test_a_disk_too_small_for_a_database_is_told_in_a_sentence(start, small_disk):
    server = start(small_disk / "var")

    code = server.process.wait(30)

    assert code == 1
    assert "MB are needed" in server.output
    assert "所在磁盘" in server.output
    assert "Traceback" not in server.output


def test_a_disk_without_room_for_a_key_is_told_in_a_sentence(start, small_disk):
    var = small_disk / "var"
    var.mkdir()
    with suppress(OSError), (var / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(b"0" * 4096)

    server = start(var)
    code = server.process.wait(30)

    assert code == 1
    assert "is full" in server.output
    assert "Traceback" not in server.output


def test_the_portal_runs_for_an_ordinary_user(start):
    if os.getuid() != 0:
        pytest.skip("the other tests run as an ordinary user already")
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]
    packages = sysconfig.get_path("purelib")
    for python in (sys.executable, "/usr/bin/python3"):
        # The inner shell opens the program when root's rights are gone.
        probe = [*as_nobody, "sh", "-c", 'exec "$0" -c "import django, psycopg2, redis"', python]
        if subprocess.run(probe, env={"PYTHONPATH": packages}, capture_output=True).returncode == 0:
            break
    else:
        pytest.skip("Python or the project lies in a directory that an ordinary user may not enter")
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, 65534, 65534)
        var = Path(home) / "var"

        server = start(var, before=as_nobody, python=python, PYTHONPATH=packages, HOME=home).wait_until_ready()

        assert (var / "postgres").stat().st_uid == 65534
        assert server.end() == 0
        assert nothing_left(var)
