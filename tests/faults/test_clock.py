"""A clock that is set back an hour: nobody is told twice, nothing is lost, no number comes again."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Role
from notices.models import Message
from petitions import services as petitions
from petitions.models import Petition
from supervision import services as supervision
from tests.factories import StationFactory, a_user
from tests.faults.test_bell import submit

from .backlog import Backlog

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


def test_a_clock_set_back_presses_nobody_twice():
    backlog, now = Backlog(30), timezone.now()

    handled = [supervision.sweep(at=now + dt.timedelta(hours=hours)) for hours in (0, -1, 0)]

    assert handled == [30, 0, 0]
    backlog.assert_everything_once()


def test_a_case_goes_on_under_a_clock_that_was_set_back():
    station, now = StationFactory(), timezone.now()
    officer = a_user(Role.OFFICER, station)
    case, earlier = submit(station, at=now), submit(station, at=now - dt.timedelta(hours=1))

    petitions.accept(petition=case, actor=officer, nature="ordinary", at=now - dt.timedelta(hours=1))

    assert case.number != earlier.number
    assert list(case.events.order_by("pk").values_list("from_status", "to_status")) == [
        ("", "submitted"),
        ("submitted", "accepted"),
    ]
    assert Petition.objects.get(pk=case.pk).stage_clock.stopped_at is None
    assert Message.objects.filter(topic=case.topic, recipient=officer).count() == 1
