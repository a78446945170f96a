"""How a log record is written."""

import logging


class OneLine(logging.Formatter):
    """One line a record, traceback included, so that nothing typed by a visitor can pose as a record of its own."""

    def format(self, record: logging.LogRecord) -> str:
        return " ⏎ ".join(super().format(record).splitlines())
