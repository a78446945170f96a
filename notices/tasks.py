"""Celery's way in, and the bell that calls for a delivery before the minute is over."""

import logging
from time import monotonic

from celery import shared_task

from . import services

log = logging.getLogger(__name__)

# Whoever rings waits half a second at most (default), and a broker that did not answer is left alone for a while.
PATIENCE = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0}
LEFT_ALONE_SECONDS = 30
_left_alone_until = 0.0


@shared_task
def deliver():
    """A minute's delivery; state is in the outbox only."""
    return services.deliver()


def ring(task: str = "notices.tasks.deliver") -> None:
    """Ask a worker for a task now; call it after commit. Never raises: what is not rung for waits for the beat.

    The connection is a new one each time: a pooled one might lead to a broker that is gone.
    """
    global _left_alone_until
    if monotonic() < _left_alone_until:
        return
    try:
        with deliver.app.connection_for_write(transport_options=PATIENCE) as connection:
            deliver.app.send_task(task, connection=connection, retry=False, expires=55)
    except Exception as error:
        _left_alone_until = monotonic() + LEFT_ALONE_SECONDS
        log.warning("the broker did not answer, work waits for the next minute: %s", error)
