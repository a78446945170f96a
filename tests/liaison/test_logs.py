"""A log can be read line by line."""

import logging
import sys

from gunicorn.config import Config

from liaison.logs import OneLine
from liaison.web import WebLog, access_log_format


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


def test_no_line_of_the_log_holds_the_token_of_a_one_time_link(capsys):
    config = Config()
    config.set("accesslog", "-")
    log = WebLog(config)

    log.access_log.info(
        access_log_format, {"h": "::1", "m": "GET", "U": "/o/s3cret-Token_1/", "s": "200", "B": 1, "M": 2}
    )
    log.error("Error handling request %s", "/i/s3cret-Token_1/?done=sign_in")
    log.error("Error handling request %s", "/accounts/invitation/s3cret-Token_1/")

    said = "".join(capsys.readouterr())
    assert "/o/…/" in said
    assert "/i/…/" in said
    assert "/accounts/invitation/…/" in said
    assert "s3cret" not in said
