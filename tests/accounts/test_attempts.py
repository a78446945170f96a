"""Tries are counted exactly, whoever counts at the same moment."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from accounts.models import Attempt
from accounts.services import count_attempt, forget_attempts
from accounts.tasks import purge_attempts

LIMIT = {"limit": 3, "window_seconds": 900}


@pytest.mark.django_db
@time_machine.travel("2026-11-24 10:00 +0800", tick=False)
def test_a_try_beyond_the_limit_is_refused_and_another_key_is_not():
    answers = [count_attempt("a", **LIMIT) for _ in range(5)]

    assert answers == [True, True, True, False, False]
    assert count_attempt("b", **LIMIT)


@pytest.mark.django_db
def test_the_next_window_counts_anew():
    with time_machine.travel("2026-11-24 10:14:59 +0800", tick=False):
        answers = [count_attempt("a", **LIMIT) for _ in range(4)]
    with time_machine.travel("2026-11-24 10:15:00 +0800", tick=False):
        answers.append(count_attempt("a", **LIMIT))

    assert answers == [True, True, True, False, True]


@pytest.mark.django_db
@time_machine.travel("2026-11-24 10:00 +0800", tick=False)
def test_a_right_try_takes_the_wrong_ones_back():
    for _ in range(3):
        count_attempt("a", **LIMIT)

    forget_attempts("a")

    assert count_attempt("a", **LIMIT)


@pytest.mark.django_db
def test_windows_long_over_are_swept_out():
    with time_machine.travel("2026-11-21 10:00 +0800", tick=False):
        count_attempt("a", **LIMIT)

    with time_machine.travel("2026-11-24 10:00 +0800", tick=False):
        count_attempt("a", **LIMIT)
        purged = purge_attempts()

    assert purged == 1
    assert Attempt.objects.get().window.day == 24


@pytest.mark.django_db(transaction=True)
def test_eight_threads_at_once_let_exactly_the_limit_through():
    def try_often(_thread):
        try:
            return sum(count_attempt("together", limit=50, window_seconds=10**9) for _ in range(20))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        let_through = sum(threads.map(try_often, range(8)))

    assert let_through == 50
    assert Attempt.objects.get(key="together").count == 160


TRYING = """
import sys, django
django.setup()
from django.conf import settings
from django.db import connection
from accounts.services import count_attempt
connection.settings_dict["NAME"] = sys.argv[1]
print(sum(count_attempt("apart", limit=30, window_seconds=10**9) for _ in range(20)))
"""


@pytest.mark.django_db(transaction=True)
def test_four_processes_at_once_let_exactly_the_limit_through():
    command = [sys.executable, "-c", TRYING, connection.settings_dict["NAME"]]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "liaison.settings", "LOG_LEVEL": "ERROR"}

    processes = [
        subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE) for _ in range(4)
    ]

    assert sum(int(process.communicate(timeout=60)[0]) for process in processes) == 30
