"""The sweep beside many clocks, many offices and other sweeps: few queries, and nothing twice."""

import threading

import pytest
from django.db import connection

from accounts.models import Role
from notices.models import Message
from papers.models import Paper
from supervision import services
from supervision.models import Reminder
from tests.factories import OrganFactory, a_user

from .conftest import moment


@pytest.mark.parametrize("clocks", [3, 60])
def test_a_batch_costs_the_same_number_of_queries_whatever_its_size(
    answer_clock, clocks, django_assert_max_num_queries
):
    for _number in range(clocks):
        answer_clock()

    with django_assert_max_num_queries(45):
        services.sweep(at=moment("2026-11-20 09:00"), batch=clocks)

    assert Reminder.objects.filter(passed_over=False).count() == clocks
    assert Paper.objects.count() == clocks


@pytest.mark.parametrize("organs", [2, 20])
def test_a_batch_costs_the_same_number_of_queries_however_many_offices_it_tells(
    answer_clock, organs, django_assert_max_num_queries
):
    for _number in range(organs):
        answer_clock(owner_organ=a_user(Role.CLERK, OrganFactory()).grants.get().organ)

    with django_assert_max_num_queries(30):
        services.sweep(at=moment("2026-11-12 09:00"))

    assert Message.objects.count() == organs


def test_a_quiet_minute_costs_few_queries(answer_clock, django_assert_max_num_queries):
    answer_clock()
    services.sweep(at=moment("2026-11-03 09:00"))

    with django_assert_max_num_queries(12):
        assert services.sweep(at=moment("2026-11-03 09:01")) == 0


@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once_write_every_reminder_once(office, answer_clock):
    for _number in range(80):
        answer_clock()
    handled = []

    def work():
        handled.append(services.sweep(at=moment("2026-11-18 09:00"), batch=7))
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(handled) == 80
    assert Reminder.objects.count() == 80 * 4
    assert list(Paper.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 81))
    assert Message.objects.count() == 80
