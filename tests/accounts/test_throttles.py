"""How often the API may be asked: exactly so often, however many processes count."""

import subprocess
import sys
from threading import Barrier, Thread

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoCache

from accounts import throttles
from accounts.models import Attempt, Role
from accounts.throttles import count_read
from tests.factories import a_user

REGIONS = "/api/v1/regions/"
COUNTER = """
import sys, time_machine, django
from django.conf import settings
settings.CACHES["default"]["KEY_PREFIX"] = sys.argv[2]
django.setup()
from accounts import throttles
throttles.READS = 100
with time_machine.travel("2026-11-24T10:00:00+08:00", tick=False):
    print(sum(throttles.count_read(sys.argv[1]) for _ in range(100)))
"""


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel("2026-11-24T10:00:00+08:00", tick=False):
        cache.clear()
        yield


def test_of_four_hundred_reads_of_two_processes_and_their_threads_exactly_a_hundred_pass(monkeypatch):
    monkeypatch.setattr(throttles, "READS", 100)
    command = [sys.executable, "-c", COUNTER, "from:10.0.0.7", settings.CACHES["default"]["KEY_PREFIX"]]
    others = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    gate, passed = Barrier(2), []

    def hammer():
        gate.wait()
        passed.append(sum(count_read("from:10.0.0.7") for _ in range(100)))

    threads = [Thread(target=hammer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(passed) + sum(int(other.communicate()[0]) for other in others) == 100


def test_a_read_too_many_is_told_when_to_come_again_and_costs_no_query(
    client, db, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(throttles, "READS", 2)
    client.get(REGIONS)
    client.get(REGIONS)

    with django_assert_num_queries(0):
        refused = client.get(REGIONS)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert refused.json()["detail"]
    assert client.get(REGIONS, REMOTE_ADDR="10.0.0.8").status_code == 200


def test_open311_is_counted_along_with_the_rest(client, db, monkeypatch):
    monkeypatch.setattr(throttles, "READS", 1)
    client.get(REGIONS)

    refused = client.get("/open311/v2/services.json")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")


def test_without_the_cache_reads_go_on(client, db, monkeypatch):
    monkeypatch.setattr(throttles, "READS", 0)
    assert client.get(REGIONS).status_code == 429

    def gone(*args):
        raise NoCache

    monkeypatch.setattr(cache, "add", gone)
    assert client.get(REGIONS).status_code == 200


def test_writes_of_staff_are_counted_in_the_database(client, db, monkeypatch):
    monkeypatch.setattr(throttles, "WRITES", 1)
    client.force_login(a_user(Role.OFFICER))
    path = "/api/v1/desk/petitions/x/actions/accept/"

    assert [client.post(path).status_code for _ in range(2)] == [404, 429]
    assert Attempt.objects.get().count == 2
