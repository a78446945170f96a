"""From a right password to the desk: in one step or two, and what has to be done before anything else is shown."""

import datetime as dt
import time

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from . import sign_ins
from .models import SecondFactor, User

PROVED = "second_factor"  # in the session of who has proved theirs
WAITING = "second_step"  # in the session of who has given a right password only
WAITING_SECONDS = 10 * 60


def begin(request: HttpRequest, user: User, *, trusted: bool = False) -> bool:
    """Sign a person in whose password was right, or hold them at the second step; say whether they are in.

    ``trusted`` is for those whose second factor somebody else has asked for.
    """
    if trusted or not SecondFactor.objects.filter(user=user).exists():
        enter(request, user, proved=trusted)
        return True
    until = time.time() + WAITING_SECONDS
    request.session[WAITING] = {"user": user.pk, "hash": user.get_session_auth_hash(), "until": until}
    return False


def waiting(request: HttpRequest) -> User | None:
    """Who waits at the second step in this session; nobody after ten minutes, or once their password was changed."""
    held = request.session.get(WAITING)
    if not held or held["until"] < time.time():
        return None
    user = get_user_model().objects.filter(pk=held["user"], is_active=True).first()
    return user if user and constant_time_compare(held["hash"], user.get_session_auth_hash()) else None


def enter(request: HttpRequest, user: User, *, proved: bool) -> None:
    """Open a session for a person; ``proved`` says that their second factor was asked for."""
    request.session.pop(WAITING, None)
    sign_ins.forget(request.session.session_key)
    login(request, user)
    if request.session.session_key is None:
        request.session.create()
    # A working day from here, however often the session is written to.
    request.session.set_expiry(timezone.now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE))
    if proved:
        request.session[PROVED] = True
    agent = request.headers.get("User-Agent", "")
    sign_ins.record(session=request.session, user=user, address=request.META["REMOTE_ADDR"], user_agent=agent)


def owed(request: HttpRequest, user: User) -> str:
    """The page that this person has to go through before any other, or "" for who has done all of it."""
    if not user.is_authenticated:
        return ""
    if user.must_change_password and user.has_usable_password():
        return "accounts:password"
    if settings.SECOND_FACTOR_DEMANDED and not request.session.get(PROVED):
        return "accounts:second_factor"
    return ""
