"""New code comes while residents write: no request of theirs is dropped."""

import os
import signal
import threading
import time
import urllib.request

import pytest

from accounts.models import Role
from petitions.models import Petition
from tests.factories import StationFactory, a_user

from .conftest import wait_until
from .residents import Resident

pytestmark = pytest.mark.faults

RESTARTS = 2
PATIENCE = 60  # seconds, as gunicorn's own: beside other tests new processes take half a minute until they answer


def test_a_rolling_restart_drops_no_request(portal):
    station = StationFactory()
    a_user(Role.OFFICER, station)
    site = portal.web()
    over, answered, failed, submitted = threading.Event(), [], [], []

    def booted():
        return portal.tally("web", "Booting worker")

    def read(number):
        while not over.is_set():
            try:
                with urllib.request.urlopen(
                    f"{site}/petitions/new/?station={station.code}", timeout=PATIENCE
                ) as answer:
                    answered.append(answer.status)
            except OSError as error:
                failed.append(error)

    def write(number):
        while not over.is_set():
            try:
                submitted.append(Resident(site, station.code, f"{number}-{len(submitted)}").submit(timeout=PATIENCE))
            except (OSError, AssertionError) as error:
                failed.append(error)

    threads = [threading.Thread(target=work, args=[number]) for number, work in enumerate([read, read, write])]
    for thread in threads:
        thread.start()
    for _restart in range(RESTARTS):
        wanted = booted() + 2
        os.kill(portal.server.pid, signal.SIGHUP)
        wait_until(lambda wanted=wanted: booted() >= wanted, 60, lambda: portal.said["web"])
        time.sleep(2)
    over.set()
    for thread in threads:
        thread.join()

    assert failed == []
    assert submitted
    assert Petition.objects.count() == len(submitted)
