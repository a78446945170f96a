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

LOCAL_DEFAULTS = {"DEMO": "1", "HTTPS": "0", "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]"}


def start(var: VarDir, stack: ExitStack, *, log: Log, durable: bool = True) -> dict[str, str]:
    """Start what the environment does not point to and return the variables that the portal's processes need.

    The caller holds the directory's lock; `stack` stops what was started. With `durable` false nothing is flushed to
    the disk. Raises StartError with a sentence for whoever started the command.
    """
    added = missing_keys(var)
    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(var, log=log, durable=durable)
        stack.callback(postgres.stop)
        postgres.start()
        added |= {name: value for name, value in LOCAL_DEFAULTS.items() if name not in os.environ}
        added["DATABASE_URL"] = postgres.url
    if "REDIS_URL" not in os.environ:
        valkey = Valkey(var, log=log)
        stack.callback(valkey.stop)
        valkey.start()
        added["REDIS_URL"] = valkey.url
    return added


def missing_keys(var: VarDir) -> dict[str, str]:
    """The keys that the environment does not give, from VAR_DIR/keys.json. Raises StartError when they are lost."""
    if all(name in os.environ for name in keys.NAMES):
        return {}
    known = keys.read_or_make(var, database_exists=Postgres.is_complete(var.path / "postgres"))
    return {name: value for name, value in known.items() if name not in os.environ}


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
            added = start(var, stack, log=var.file_log())
            stack.callback(var.wait_for_guests)
        else:
            stack.enter_context(var.as_guest())
            added = join(var)
        os.environ.update(added)
        yield


def join(var: VarDir, seconds: float = 60) -> dict[str, str]:
    """The variables of servers that another process runs, once they answer. Raises StartError when they do not."""
    added = LOCAL_DEFAULTS | {"DATABASE_URL": Postgres.url_in(var), "REDIS_URL": Valkey.url_in(var)}
    if not (Postgres.answers_in(var, seconds) and Valkey.answers_in(var, seconds)):
        raise StartError(
            f"Process {var.owner()} holds {var.path} but its database does not answer: end it and try again.",
            f"进程 {var.owner()} 占用了 {var.path}，但其数据库没有响应：请结束该进程后重试。",
        )
    return {name: value for name, value in (added | missing_keys(var)).items() if name not in os.environ}


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
        os.environ.update(start(var, stack, log=var.file_log(), durable=False))
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
