"""How each of the portal's own programs is called: by script/server, by the containers, and by the tests that kill them.

Each is a module with its arguments; a test holds docker-compose.yml to them.
"""

from pathlib import Path


def web(bind: str) -> list[str]:
    """The web processes on host:port; what else there is to say stands in liaison/web.py."""
    return ["gunicorn", "--config=python:liaison.web", f"--bind={bind}", "liaison.wsgi"]


def worker() -> list[str]:
    """A worker with two processes; any number of workers may run."""
    options = ["--concurrency=2", "--loglevel=INFO", "--without-gossip", "--without-mingle"]
    return ["celery", "-A", "liaison", "--quiet", "worker", *options]


def beat(schedule: Path | str) -> list[str]:
    """The beat, which keeps in a file when it rang last; one is enough."""
    return ["celery", "-A", "liaison", "--quiet", "beat", "--loglevel=INFO", f"--schedule={schedule}"]


def prepare() -> list[str]:
    """What is to be done before the others start."""
    return ["liaison.prepare"]
