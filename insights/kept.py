"""Counts that take long, as those of a whole city do: made once a minute for everybody, with the moment they speak of."""

from contextlib import suppress
from time import monotonic

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

LONG = 0.25  # seconds that a count may take each time it is asked for
KEPT = 60  # seconds that a longer one is kept


def kept(key: str, count):
    """Return what ``count()`` returns, and the moment at which it was counted.

    That moment is now, or up to a minute ago where counting took more than a quarter of a second. The key must say
    everything that the count depends on, and whoever asks must be entitled to all of it.
    """
    key = key.replace(" ", "")
    with suppress(RedisError):
        if (known := cache.get(key)) is not None:
            return known
    at, began = timezone.now(), monotonic()
    found = count(), at
    if monotonic() - began > LONG:
        with suppress(RedisError):
            cache.set(key, found, KEPT)
    return found


def kept_until_counted(key: str, counted_at, count):
    """Return what ``count()`` makes of kept figures, which are what they are until they are counted again.

    ``counted_at`` is the function that says when that was; it is asked only where making it takes long.
    """
    key = key.replace(" ", "")
    with suppress(RedisError):
        if (known := cache.get(key)) is not None and known[1] == counted_at():
            return known[0]
    began = monotonic()
    found = count()
    if monotonic() - began > LONG:
        with suppress(RedisError):
            cache.set(key, (found, counted_at()), KEPT)
    return found
