"""Whether the portal does its work: each thing that it hangs on, with a figure and a state."""

import shutil
import time
from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from insights.counting import counted_at
from notices.models import Message
from supervision.services import sweep_age
from workdays.models import Year

OK, WARNING, FAILED = "ok", "warning", "failed"
# Defaults; docs/operations.md says what to do.
SWEEP_SECONDS = 180
FIGURES_SECONDS = 900
NOTICE_SECONDS = 900
HORIZON_DAYS = 60
DISK_WARNING_MB, DISK_FAILED_MB = 2000, 200
Answer = tuple[str, object]


def look() -> dict[str, dict]:
    """State (ok, warning, failed) and value of each: database and broker in milliseconds, sweep, figures and oldest notice
    in seconds (None: no sweep yet, nothing waits), the calendar's years that are not loaded, free megabytes of the disk."""
    answers = {"database": _ask(_database)}
    if answers["database"][0] == OK:
        checks = (("sweep", _sweep), ("figures", _figures), ("notices", _notices), ("calendar", _calendar))
        answers |= {name: _ask(of) for name, of in checks}
    answers |= {"broker": _ask(_broker), "disk": _ask(_disk)}
    return {name: {"state": state, "value": value} for name, (state, value) in answers.items()}


def _ask(check: Callable[[], Answer]) -> Answer:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError) as error:
        # The class only: the words may hold an address.
        return FAILED, type(error).__name__


def _database() -> Answer:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK, _milliseconds_since(began)


def _broker() -> Answer:
    began = time.monotonic()
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
        client.ping()
    return OK, _milliseconds_since(began)


def _sweep() -> Answer:
    age = sweep_age()
    return OK if age is not None and age < SWEEP_SECONDS else FAILED, age


def _figures() -> Answer:
    at = counted_at()
    age = at and int((timezone.now() - at).total_seconds())
    return OK if age is not None and age < FIGURES_SECONDS else WARNING, age


def _notices() -> Answer:
    now = timezone.now()
    oldest = Message.objects.due(now).values_list("next_try_at", flat=True).first()
    waited = oldest and int((now - oldest).total_seconds())
    return FAILED if waited and waited > NOTICE_SECONDS else OK, waited


def _calendar() -> Answer:
    today = timezone.localdate()
    needed = {today.year, (today + timedelta(days=HORIZON_DAYS)).year}
    missing = sorted(needed - set(Year.objects.values_list("year", flat=True)))
    return WARNING if missing else OK, missing


def _disk() -> Answer:
    free = shutil.disk_usage(settings.VAR_DIR).free // 2**20
    return OK if free > DISK_WARNING_MB else WARNING if free > DISK_FAILED_MB else FAILED, free


def _milliseconds_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
