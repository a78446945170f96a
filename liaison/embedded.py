"""PostgreSQL and Valkey of our own, for running the portal on a machine that has nothing but Python.

    python -m liaison.embedded [--throwaway] -- COMMAND ...

runs COMMAND with servers kept under VAR_DIR, starting them where they do not run yet, and with the environment that
the settings ask for. Whatever the environment already points to (DATABASE_URL, REDIS_URL) is used and not started.
`--throwaway` ignores what is configured and gives the command new, empty servers that are removed afterwards.
"""

import argparse
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from liaison import keys
from liaison.postgres import Postgres
from liaison.processes import Log, tie_to_parent
from liaison.valkey import Valkey
from liaison.vardir import StartError, VarDir

LOCAL_DEFAULTS = {"DEMO": "1", "HTTPS": "0", "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]", "LOG_FORMAT": "line"}


def missing_servers(var: VarDir, *, log: Log, durable: bool = True) -> list[Postgres | Valkey]:
    """The servers that the environment does not point to, not started yet, in the order of starting.

    Only the owner of the directory's lock may start them. With `durable` false nothing is flushed to the disk.
    """
    missing = []
    if "DATABASE_URL" not in os.environ:
        missing.append(Postgres(var, log=log, durable=durable))
    if "REDIS_URL" not in os.environ:
        missing.append(Valkey(var, log=log))
    return missing


def missing_variables(var: VarDir) -> dict[str, str]:
    """What the settings need and the environment does not give: addresses of our own servers and kept keys.

    Raises StartError when the keys of an old installation are lost.
    """
    variables = {"REDIS_URL": Valkey.url_in(var)}
    if "DATABASE_URL" not in os.environ:
        variables |= LOCAL_DEFAULTS | {"DATABASE_URL": Postgres.url_in(var)}
    if not all(name in os.environ for name in keys.NAMES):
        variables |= keys.read_or_make(var, database_exists=Postgres.is_complete(var.path / "postgres"))
    return {name: value for name, value in variables.items() if name not in os.environ}


@contextmanager
def servers() -> Iterator[None]:
    """Servers for the duration of a command, in os.environ: those of a running script/server, or our own.

    Does nothing when DATABASE_URL is set. When other commands still use what this one started, it ends after them.
    """
    if "DATABASE_URL" in os.environ:
        yield
        return
    var = VarDir.from_environment()
    with ExitStack() as stack:
        if var.lock():
            stack.callback(var.unlock)
            _start(var, stack)
            stack.callback(var.wait_for_guests)
        else:
            stack.enter_context(var.as_guest())
            _join(var)
        yield


def _start(var: VarDir, stack: ExitStack, *, durable: bool = True) -> None:
    missing = missing_servers(var, log=var.file_log(), durable=durable)
    # Keys come first: a database without its keys is refused.
    os.environ.update(missing_variables(var))
    for server in missing:
        stack.callback(server.stop)
        server.start()


def _join(var: VarDir, seconds: float = 60) -> None:
    if not (Postgres.answers_in(var, seconds) and Valkey.answers_in(var, seconds)):
        raise StartError(
            f"Process {var.owner()} holds {var.path} but its database does not answer: end it and try again.",
            f"进程 {var.owner()} 占用了 {var.path}，但其数据库没有响应：请结束该进程后重试。",
        )
    os.environ.update(missing_variables(var))


@contextmanager
def throwaway() -> Iterator[None]:
    """New, empty servers in a directory that is removed afterwards; what the environment configured is put aside."""
    directory = Path(tempfile.mkdtemp(prefix="liaison-"))
    for name in ("DATABASE_URL", "REDIS_URL", *keys.NAMES, *LOCAL_DEFAULTS):
        os.environ.pop(name, None)
    os.environ["VAR_DIR"] = str(directory)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        var = VarDir(directory)
        var.lock()
        stack.callback(var.unlock)
        _start(var, stack, durable=False)
        yield


def run(command: list[str]) -> int:
    """Run a command in the foreground, hand SIGTERM on to it, return its exit code as a shell would."""
    try:
        process = subprocess.Popen(command, preexec_fn=tie_to_parent(signal.SIGTERM))  # noqa: S603
    except FileNotFoundError:
        print(f"There is no command {command[0]}.", file=sys.stderr)
        return 127
    # The terminal sends Ctrl-C to the command too; it decides what that means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: process.send_signal(number))
    code = process.wait()
    return code if code >= 0 else 128 - code


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn what the user can mend (an unusable VAR_DIR, a full disk) into its sentence and exit code 1."""
    try:
        yield
    except StartError as error:
        sys.exit(str(error))
    except PermissionError as error:
        sentence = StartError(
            f"{error.filename} belongs to another user: act as that user, or choose another place.",
            f"{error.filename} 属于其他用户：请以该用户身份操作，或换一个位置。",
        )
        sys.exit(str(sentence))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sys.exit(str(StartError.disk_full(error.filename or "VAR_DIR")))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m liaison.embedded", description="Run a command beside own servers.")
    parser.add_argument("--throwaway", action="store_true", help="new, empty servers, removed afterwards")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    with one_sentence(), throwaway() if options.throwaway else servers():
        return run(options.command)


if __name__ == "__main__":
    sys.exit(main())
