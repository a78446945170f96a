"""How a log record is written."""

import json
import logging
import re
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

from celery import current_task

from liaison.redaction import without_identity

# The token of a one-time link opens a duty, or an account, to whoever reads it.
SECRET = re.compile(r"(/[oi]/|/accounts/invitation/)[^/\s?#\"']+")


def without_secrets(text: str) -> str:
    """A line or an address without the tokens of one-time links, and without who somebody is."""
    return without_identity(SECRET.sub(r"\1…", text))


class OneLine(logging.Formatter):
    """One line a record, traceback included, so that nothing typed by a visitor can pose as a record of its own."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(" ⏎ ".join(super().format(record).splitlines()))


# The request that this thread answers; the access line, which comes after the answer, still belongs to it.
request_id: ContextVar[str] = ContextVar("request_id", default="")
_TOLD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def begin_request(told: str = "") -> str:
    """A new id for all that is logged from here on: the one that the proxy told, where it is one, else one of our own."""
    name = told if _TOLD_ID.fullmatch(told) else uuid.uuid4().hex
    request_id.set(name)
    return name


class JsonLine(logging.Formatter):
    """One JSON object a record: time (UTC), level, logger, message, traceback, and the ids of request and task."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id.get(),
            "task": current_task.request.id if current_task else "",
            "error": self.formatException(record.exc_info) if record.exc_info else "",
        }
        return without_secrets(json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False))
