"""The whole portal under one parent: what script/server runs.

Servers of our own where none are configured, then the database brought up to date, then web, worker and beat. A child
that dies is started again, later each time. SIGINT, SIGTERM and SIGHUP end everything in the reverse order.
"""

import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Protocol

from liaison import embedded
from liaison import programs as commands
from liaison.processes import Child
from liaison.vardir import BASE_DIR, StartError, VarDir

_OUT = threading.Lock()


class Stopped(BaseException):
    """Somebody asked the server to end."""


# An exception from a signal is lost where Python is just cleaning up after an object; the wish to end must not be.
_asked_to_end = threading.Event()


def end_if_asked() -> None:
    """Raises Stopped once somebody has asked the server to end."""
    if _asked_to_end.is_set():
        raise Stopped


class Service(Protocol):
    name: str

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def poll(self) -> int | None: ...


class Program:
    """One of the portal's own processes."""

    def __init__(self, name: str, *arguments: str, patience: float):
        self.name = name
        self._command = [sys.executable, "-m", *arguments]
        self._patience = patience
        self._child: Child | None = None

    def start(self) -> None:
        # A Celery that waits for its broker, which is gone too, listens to nothing softer. The children of gunicorn and
        # of Celery end with their parents by themselves.
        self._child = Child(self.name, self._command, log=write, orphan_signal=signal.SIGKILL, cwd=BASE_DIR)

    def stop(self) -> None:
        if self._child:
            self._child.stop(self._patience)

    def poll(self) -> int | None:
        return self._child.poll()


class Watch:
    """Starts a service again when it has died: after a second, then twice as long each time, at most half a minute."""

    def __init__(self, service: Service):
        self._service = service
        self._pause = 1.0
        self._up_since = time.monotonic()
        self._again_at: float | None = None

    def look(self) -> None:
        now = time.monotonic()
        if self._again_at is None and (code := self._service.poll()) is not None:
            if now - self._up_since > 60:
                self._pause = 1.0
            self._again_at = now + self._pause
            write(self._service.name, f"ended with code {code}; starting again in {self._pause:.0f} s")
            self._pause = min(self._pause * 2, 30)
        if self._again_at is not None and now >= self._again_at:
            self._start_again()

    def _start_again(self) -> None:
        try:
            self._service.start()
        except StartError as error:
            write(self._service.name, str(error).replace("\n", " "))
            self._again_at = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, 30)
        else:
            self._again_at, self._up_since = None, time.monotonic()


def write(name: str, line: str) -> None:
    """One line of the common log. A reader that went away (`script/server | head`) stops nothing."""
    with _OUT, suppress(OSError):
        print(f"{name:<6} | {line}", flush=True)


def serve() -> None:
    """Run until a signal comes. Raises StartError with a sentence when the portal cannot be started."""
    var = VarDir.from_environment()
    host, port = address()
    with ExitStack() as stack:
        # A portal that was just told to end needs its programs' patience for it, and a moment to say so.
        if not var.lock(seconds=8, while_ending=90):
            raise StartError(
                f"Process {var.owner()} already uses {var.path}: end it, or choose another VAR_DIR.",
                f"进程 {var.owner()} 正在使用 {var.path}：请先结束它，或换一个 VAR_DIR。",
            )
        stack.callback(var.unlock)
        try:
            run(var, host, port, stack)
        finally:
            var.say_ending()


def run(var: VarDir, host: str, port: int, stack: ExitStack) -> None:
    """Everything there is to run, in its order, until a signal comes; the stack ends it in the reverse one."""
    require_free_port(host, port)
    services = embedded.missing_servers(var, log=write)
    missing = embedded.missing_variables(var)
    if "DATABASE_URL" in os.environ and "SECRET_KEY" in missing:
        write("server", f"no keys are configured: those kept in {var.path}/keys.json are used")
    os.environ.update(missing)
    os.environ |= {"VAR_DIR": str(var.path), "PYTHONUNBUFFERED": "1"}
    # Celery warns root of pickled messages; ours are JSON only.
    os.environ["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
    os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
    for service in services:
        stack.callback(service.stop)
        service.start()
    prepare(var, stack)
    for program in programs(var, host, port):
        end_if_asked()
        stack.callback(program.stop)
        program.start()
        services.append(program)
    keep_running([Watch(service) for service in services], var, host, port)


def address() -> tuple[str, int]:
    """Host and port to listen on, from BIND (host:port) or PORT. Raises StartError when they are no address."""
    bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
    host, _, port = bind.rpartition(":")
    if not (port.isdecimal() and 0 < int(port) < 65536):
        raise StartError(
            f"{bind} is no address to listen on: PORT is a number from 1 to 65535.",
            f"{bind} 不是有效的监听地址：PORT 应为 1 到 65535 的数字。",
        )
    return host.strip("[]"), int(port)


def require_free_port(host: str, port: int) -> None:
    """Raises StartError when nobody may listen there, or somebody else does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            raise StartError(
                f"Port {port} on {host} cannot be used ({os.strerror(error.errno)}): choose another one, "
                "such as PORT=8001 script/server.",
                f"无法使用 {host} 的端口 {port}（可能已被占用）：请换一个，例如 PORT=8001 script/server。",
            ) from error


def prepare(var: VarDir, stack: ExitStack) -> None:
    """Migrate, collect static files, load the demo: in a process of its own, which leaves no memory behind."""
    child = Child("setup", [sys.executable, "-m", *commands.prepare()], log=write, cwd=BASE_DIR)
    stack.callback(child.stop, 5)
    if child.wait() != 0:
        said = " ".join(child.last_lines)
        if "No space left on device" in said or "Disk quota exceeded" in said:
            raise StartError.disk_full(var.path)
        raise StartError(
            "The database could not be brought up to date; the lines above say why.",
            "数据库未能更新到最新状态，原因见上。",
        )


def programs(var: VarDir, host: str, port: int) -> list[Program]:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        Program("worker", *commands.worker(), patience=15),
        Program("beat", *commands.beat(var.path / "beat-schedule"), patience=5),
        Program("web", *commands.web(bind), patience=20),
    ]


def keep_running(watches: list[Watch], var: VarDir, host: str, port: int) -> None:
    announced = False
    while True:
        end_if_asked()
        for watch in watches:
            watch.look()
        if not announced and answers(host, port):
            announce(var, port)
            announced = True
        time.sleep(0.2)


def answers(host: str, port: int) -> bool:
    """Whether the web process answers at all; what /healthz says is for those who ask it."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(reachable, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()


def announce(var: VarDir, port: int) -> None:
    """Print the address and, in a demo, the sign-ins."""
    lines = ["", "=" * 72, f"  代表联络站已启动 The portal is running: {os.environ['SITE_URL']}"]
    users = var.path / "demo-users.json"
    if users.exists() and os.environ.get("DEMO", "").lower() in {"1", "true", "yes", "on"}:
        lines += ["", f"  演示账号 Demo sign-ins ({users}):"]
        lines += [f"    {user['name']:<16} {user['password']:<20} {user['role']}" for user in read_users(users)]
    lines += ["", "  Ctrl-C 停止全部服务 stops everything", "=" * 72, ""]
    with _OUT, suppress(OSError):
        print("\n".join(lines), flush=True)


def read_users(path: Path) -> list[dict[str, str]]:
    return json.loads(path.read_text(encoding="utf-8"))


def stop(number, frame) -> None:
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    _asked_to_end.set()
    raise Stopped


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        with embedded.one_sentence():
            serve()
    except Stopped:
        write("server", "everything has stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
