"""How often the API may be asked: exact counts, whatever the number of processes.

Reads are counted in the cache, for no query of their own, and let through where the cache is gone: a list that everybody
may read is worth less than a portal that answers. Writes are counted in the database. What a resident sends is counted by
its own services already (submissions and query codes by address), so it is not counted a second time here.
"""

from contextlib import suppress

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.throttling import BaseThrottle

from .services import count_attempt

MINUTE = 60  # seconds
READS = 600  # a minute, of one user or one network address; default
WRITES = 120  # a minute, of one user; default


class ApiThrottle(BaseThrottle):
    """Reads by user or address, writes by user, in windows of a minute cut by the clock."""

    def allow_request(self, request, view):
        if request.method in SAFE_METHODS:
            return count_read(_caller(request))
        if not request.user.is_authenticated:
            return True
        return count_attempt(f"api:{_caller(request)}", limit=WRITES, window_seconds=MINUTE)

    def wait(self):
        """Seconds to the next window, for Retry-After."""
        return seconds_left()


def seconds_left() -> int:
    """Whole seconds to the next window, one at least."""
    return MINUTE - int(timezone.now().timestamp()) % MINUTE


def _caller(request):
    return f"user:{request.user.pk}" if request.user.is_authenticated else f"from:{request.META['REMOTE_ADDR']}"


def count_read(caller: str) -> bool:
    """Count one more read of this minute and say whether it lies within the limit."""
    key = f"reads:{caller}:{int(timezone.now().timestamp()) // MINUTE}"
    # ValueError: the cache has dropped the count between the two steps.
    with suppress(RedisError, ValueError):
        # The first of all makes the count, every one of them adds to it: SET NX and INCR are atomic each.
        cache.add(key, 0, 2 * MINUTE)
        return cache.incr(key) <= READS
    return True
