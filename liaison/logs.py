"""How a log record is written."""

import logging
import re

import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

from celery import current_task

from liaison.redaction import without_identity
# The token in an organ's one-time link opens a duty to whoever reads it.
SECRET = re.compile(r"(/[oi]/)[^/\s?#\"']+")


def without_secrets(text: str) -> str:
    """A line or an address without the tokens of one-time links, and without who somebody is."""
    return without_identity(SECRET.sub(r"\1…", text))


class OneLine(logging.Formatter):
    """One line a record, traceback included, so that nothing typed by a visitor can pose as a record of its own."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(" ⏎ ".join(super().format(record).splitlines()))
