"""Celery's way in, and the bell that calls for a delivery before the minute is over."""

import logging
from threading import Lock
from time import monotonic

from celery import shared_task

from . import account_changes, services

log = logging.getLogger(__name__)

# Whoever rings waits half a second at most (default), and a broker that did not answer is left alone for a while.
PATIENCE = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0}
LEFT_ALONE_SECONDS = 30
_left_alone_until = 0.0
# A process rings for a task once a second at most (default); when the newest run that it asked for is to begin.
APART_SECONDS = 1.0
_begins: dict[str, float] = {}
_lock = Lock()


@shared_task
def deliver():
    """A minute's delivery; state is in the outbox only."""
    return services.deliver()


@shared_task
def tell_of_account_changes():
    """A minute's look at what became of accounts; state is on the record and in the outbox only."""
    return account_changes.tell_of_changes()


def ring(task: str = "notices.tasks.deliver") -> None:
    """Ask a worker for a task now; call it after commit. Never raises: what is not rung for waits for the beat.

    Who rings within a second of somebody else gets a run at the end of that second, and so does everybody until then:
    it begins after their commit and finds their work, too.
    The connection is a new one each time: a pooled one might lead to a broker that is gone.
    """
    global _left_alone_until
    wait = _take_turn(task)
    if wait is None:
        return
    try:
        with deliver.app.connection_for_write(transport_options=PATIENCE) as connection:
            deliver.app.send_task(task, connection=connection, retry=False, expires=55, countdown=wait or None)
    except Exception as error:
        _begins.pop(task, None)
        _left_alone_until = monotonic() + LEFT_ALONE_SECONDS
        log.warning("the broker did not answer, work waits for the next minute: %s", error)


def _take_turn(task: str) -> float | None:
    """In how many seconds the run begins that is to be asked for; None where none has to be, or nobody would hear it."""
    with _lock:
        now = monotonic()
        newest = _begins.get(task, now - APART_SECONDS)
        if now < _left_alone_until or now < newest:
            return None
        _begins[task] = max(now, newest + APART_SECONDS)
        return _begins[task] - now
