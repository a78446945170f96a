"""The trial itself: traffic, a fault, rest, checks; one fault after the other in one office."""

import datetime as dt
import time

from django.db import connection
from django.utils import timezone

from notices.models import Message
from tests.faults.backlog import Backlog
from tests.faults.long import breaking, checks
from tests.faults.long.report import Line
from tests.faults.long.traffic import Traffic
from workdays import services as workdays
from workdays.services import load_calendar

CLOCKS = 600  # that fall due during each fault
PEACE = 10  # seconds of traffic before a fault
# A message whose worker died is tried again after five minutes, and after five more.
LONGEST_REST, LAST_REST = 90, 720


def run(place, names, scale):
    """Try the named faults; yield a ``Line`` for each, and one for the office at the end."""
    open_all_day()
    traffic, backlog = Traffic(place.site), Backlog()
    for fault in breaking.FAULTS:
        if fault.name in names:
            if fault.name == "disk" and not place.photos_are_apart:
                yield Line(fault.title, "left out: a disk of their own for photos could not be mounted")
            else:
                yield try_one(place, fault, traffic, backlog, fault.seconds * scale)
    rested = rest(backlog, LAST_REST, checks.unsent)
    yield Line("the office at the end", "left alone until the outbox was empty", {}, 0, rested, whole(traffic, backlog))


def try_one(place, fault, traffic, backlog, seconds):
    """One fault under traffic with clocks falling due, then rest and checks."""
    connection.close()
    backlog.add(CLOCKS, seconds=PEACE + seconds)
    traffic.start()
    time.sleep(PEACE)
    done = fault.inject(place, seconds)
    time.sleep(PEACE)
    met, slowest = traffic.stop()
    place.wait_until_it_answers()
    rested = rest(backlog, LONGEST_REST, lambda: Message.objects.due(timezone.now()).count())
    return Line(fault.title, done, met, slowest, rested, whole(traffic, backlog))


def whole(traffic, backlog):
    """Every check, and the complaints of the traffic, which are told once."""
    found = checks.everything(traffic, backlog)
    traffic.complaints = []
    return found


def rest(backlog, longest, waiting):
    """Wait until nothing is due any more, at most so many seconds; return how long that was."""
    connection.close()
    began = time.monotonic()
    while (backlog.left() or waiting()) and time.monotonic() - began < longest:
        time.sleep(1)
    return time.monotonic() - began


def open_all_day():
    """Officials are told at once whenever the trial runs, at night and on Sundays."""
    today = timezone.localdate()
    workdays.set_office_hours(opens=dt.time(0), closes=dt.time(23, 59), by_name="测试")
    for day in (today, today + dt.timedelta(1)):
        if not load_calendar().is_workday(day):
            workdays.set_day(date=day, is_workday=True, name="测试", source="测试", by_name="测试")
