"""Counts that take long, as those of a whole city do: made once a minute for everybody, with the moment they speak of."""

from contextlib import suppress
from time import monotonic

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

LONG = 0.25  # seconds that a count may take each time it is asked for
SHORT = 0.05  # and that of what does not change meanwhile
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


def kept_until_counted(key: str, ended_at, count):
    """Return what ``count()`` makes of kept figures: it stays for a minute, or until these were counted again.

    ``ended_at`` is the function that says when that ended last, None before the first; it is asked only where something is kept.
    """
    key = key.replace(" ", "")
    with suppress(RedisError):
        if (known := cache.get(key)) is not None and ((ended := ended_at()) is None or ended <= known[1]):
            return known[0]
    # Figures that are being counted now are so until after this moment.
    at, began = timezone.now(), monotonic()
    found = count()
    if monotonic() - began > SHORT:
        with suppress(RedisError):
            cache.set(key, (found, at), KEPT)
    return found
