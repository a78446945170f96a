"""The doorbell: an action asks for a delivery at once, and never waits for a broker that does not answer."""

import time
from uuid import uuid4

import pytest

from accounts.models import Role
from notices import tasks
from notices.models import Message
from petitions import services
from petitions.errors import ActionError
from petitions.models import Petition
from tests.factories import StationFactory, a_user

pytestmark = pytest.mark.faults


@pytest.fixture
def station(transactional_db, broker, monkeypatch):
    """A station with three officers; whoever rings reaches the test's broker."""
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", broker.url.replace("unix://", "redis+socket://"))
    monkeypatch.setattr(tasks, "_left_alone_until", 0.0)
    monkeypatch.setattr(tasks, "_begins", {})
    station = StationFactory()
    for _ in range(3):
        a_user(Role.OFFICER, station)
    return station


def submit(station, **facts):
    petition, _code = services.submit(
        station=station,
        region=station.region,
        title="村口路灯不亮",
        body="村口三盏路灯坏了半个月，老人晚上不敢出门。",
        secrecy=Petition.Secrecy.STATION,
        submission_key=uuid4(),
        **facts,
    )
    return petition


def seconds_of(action):
    """How long an action keeps one waiting."""
    began = time.monotonic()
    action()
    return time.monotonic() - began


def rung(broker):
    """How many times somebody has rung and nobody has come yet."""
    return broker.client.llen("celery")


def test_an_action_rings_once_however_many_people_it_tells(station, broker):
    submit(station)

    assert Message.objects.count() == 3
    assert rung(broker) == 1


def test_history_that_is_played_rings_nobody(station, broker):
    at = submit(station).submitted_at

    submit(station, at=at)

    assert rung(broker) == 1


def test_an_action_that_is_refused_rings_nobody(station, broker):
    with pytest.raises(ActionError):
        submit(station, actor=a_user(Role.VIEWER))

    assert Petition.objects.count() == 0
    assert rung(broker) == 0


def test_a_stalled_broker_keeps_the_first_waiting_for_half_a_second_and_the_next_not_at_all(station, broker):
    broker.stall()

    first, second = seconds_of(tasks.ring), seconds_of(tasks.ring)
    submit(station)

    assert 0.4 < first < 1
    assert second < 0.1
    assert Petition.objects.count() == 1


def test_a_broker_that_is_down_keeps_nobody_waiting_and_is_rung_again_after_a_while(station, broker, monkeypatch):
    broker.kill()

    waited = seconds_of(tasks.ring)
    submit(station)
    broker.start()
    submit(station)
    assert rung(broker) == 0
    monkeypatch.setattr(tasks, "_left_alone_until", time.monotonic())
    submit(station)

    assert waited < 0.4
    assert Petition.objects.count() == 3
    assert rung(broker) == 1


def test_many_actions_within_a_second_ring_once_now_and_once_at_its_end(station, broker):
    for _time in range(5):
        submit(station)

    assert rung(broker) == 2


def test_after_a_second_the_bell_is_free_again(station, broker, monkeypatch):
    submit(station)
    monkeypatch.setattr(tasks, "_begins", {name: begins - 1 for name, begins in tasks._begins.items()})
    submit(station)

    assert rung(broker) == 2
