"""A log can be read line by line."""

import logging
import sys

from liaison.logs import OneLine


def test_what_a_visitor_typed_cannot_pose_as_a_record_of_its_own():
    record = logging.LogRecord("web", logging.WARNING, "", 0, "no such page: %s", ("/a\r\n2026 INFO forged",), None)

    line = OneLine("%(levelname)s %(message)s").format(record)

    assert line == "WARNING no such page: /a ⏎ 2026 INFO forged"


def test_a_traceback_stays_on_the_line_of_its_error():
    try:
        raise ValueError("nothing")
    except ValueError:
        record = logging.LogRecord("web", logging.ERROR, "", 0, "failed", (), sys.exc_info())

    assert "\n" not in OneLine().format(record)
