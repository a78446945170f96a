"""What a large place's count costs is paid once a minute, and its page says of when it is."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from insights import kept as room
from insights.kept import kept, kept_until_counted
from tests.petitions.story import moment

AT = moment("2026-11-10 10:00")


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.delete("a-city")


def test_a_count_that_is_quick_is_made_each_time():
    counts = iter(range(9))

    assert [kept("a-city", lambda: next(counts))[0] for _n in range(3)] == [0, 1, 2]


def test_a_long_count_is_made_once_and_says_when(monkeypatch):
    monkeypatch.setattr(room, "LONG", 0)
    counts = iter(range(9))

    with time_machine.travel(AT, tick=False):
        first = kept("a-city", lambda: next(counts))
    with time_machine.travel(AT + timedelta(seconds=30), tick=False):
        second = kept("a-city", lambda: next(counts))

    assert first == second == (0, AT)
    cache.delete("a-city")
    assert kept("a-city", lambda: next(counts))[0] == 1


def test_without_the_cache_everything_is_counted(monkeypatch, settings):
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/valkey.sock"}
    }
    monkeypatch.setattr(room, "LONG", 0)

    assert kept("a-city", lambda: 7)[0] == 7


def test_what_is_made_of_kept_figures_is_made_anew_once_they_were_counted_again(monkeypatch):
    monkeypatch.setattr(room, "SHORT", 0)
    made, counted = iter(range(9)), [AT]

    def ask(minutes):
        with time_machine.travel(AT + timedelta(minutes=minutes), tick=False):
            return kept_until_counted("a-city", lambda: counted[0], lambda: next(made))

    assert [ask(1), ask(2)] == [0, 0]
    counted[0] = AT + timedelta(minutes=3)
    assert [ask(4), ask(5)] == [1, 1]


def test_what_was_made_while_figures_were_counted_is_not_kept_as_if_it_were_of_the_new_ones(monkeypatch):
    monkeypatch.setattr(room, "SHORT", 0)
    made, counted = iter(range(9)), [AT]

    def make():
        # The count ends while the page still adds up what it has read before.
        counted[0] = AT + timedelta(minutes=1, seconds=1)
        return next(made)

    for minutes, wanted in ((1, 0), (2, 1), (3, 1)):
        with time_machine.travel(AT + timedelta(minutes=minutes), tick=False):
            assert kept_until_counted("a-city", lambda: counted[0], make) == wanted
