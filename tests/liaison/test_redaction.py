"""Logs and error reports say where something failed, never of whom."""

import logging
import sys

import pytest
from django.db import IntegrityError, connection
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from liaison.logs import JsonLine, OneLine
from liaison.postgres import NOTHING_TYPED

PLANTED = ("13900000042", "130503196203070012", "meng@example.invalid")


def line_of(formatter, message, error=None):
    record = logging.LogRecord("portal", logging.ERROR, "x.py", 1, message, (), error)
    return formatter.format(record)


@pytest.mark.parametrize("formatter", [OneLine(), JsonLine()])
@pytest.mark.parametrize("secret", PLANTED)
def test_no_line_holds_a_phone_an_id_number_or_an_address(formatter, secret):
    assert secret not in line_of(formatter, f"the gateway said: {secret} is unknown")


@pytest.mark.parametrize("formatter", [OneLine(), JsonLine()])
def test_a_refused_row_of_the_database_is_not_in_the_traceback(formatter):
    try:
        raise IntegrityError(
            "null value in column x\nDETAIL:  Failing row contains (孟庆余, 东街9号).\nCONTEXT: insert"
        )
    except IntegrityError:
        line = line_of(formatter, "failed", sys.exc_info())

    assert "null value in column x" in line
    assert "CONTEXT: insert" in line
    assert "孟庆余" not in line
    assert "东街9号" not in line


@pytest.mark.django_db
def test_the_database_logs_no_statement_with_what_was_typed():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(NOTHING_TYPED)])
        assert dict(cursor.fetchall()) == NOTHING_TYPED


@pytest.mark.parametrize("harmless", ["XD-20261124-00042", "a139000000420b", "2026-11-24 10:00:00,123", "1764480000.5"])
def test_numbers_of_cases_and_ids_of_requests_stay(harmless):
    assert harmless in line_of(OneLine(), f"moved {harmless}")


def test_an_error_report_holds_neither_local_variables_nor_what_was_typed(settings):
    request = RequestFactory().post("/petitions/new/", {"name": "孟庆余", "phone": "13900000042"})

    def fail():
        name = "".join(["孟", "庆余"])
        raise ValueError(len(name))

    try:
        fail()
    except ValueError:
        report = ExceptionReporter(request, *sys.exc_info()).get_traceback_text()

    assert "ValueError" in report
    assert "孟庆余" not in report
    assert "13900000042" not in report
    assert settings.ADMINS == []
