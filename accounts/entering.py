"""From a right password to the desk: in one step or two, and what has to be done before anything else is shown."""

import datetime as dt
import logging
import time

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from . import sign_ins
from .models import SecondFactor, User

log = logging.getLogger(__name__)

PROVED = "second_factor"  # in the session of who has proved theirs
WAITING = "second_step"  # in the session of who has given a right password only
WAITING_SECONDS = 10 * 60
WAY = "going_to"  # in the session: the page that somebody asked for before they signed in


def begin(request: HttpRequest, user: User, *, trusted: bool = False) -> bool:
    """Sign a person in whose password was right, or hold them at the second step; say whether they are in.

    ``trusted`` is for those whose second factor somebody else has asked for.
    """
    if trusted or not SecondFactor.objects.filter(user=user).exists():
        enter(request, user, proved=trusted)
        return True
    # Whoever planted the session's key does not stand at the second step with its owner.
    old = request.session.session_key
    request.session.cycle_key()
    sign_ins.rename(old=old or "", new=request.session.session_key)
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
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    if request.session.session_key is None:
        request.session.create()
    # A working day from here, however often the session is written to.
    request.session.set_expiry(timezone.now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE))
    if proved:
        request.session[PROVED] = True
    log.info("user %s signed in, %s a second factor", user.pk, "with" if proved else "without")
    agent = request.headers.get("User-Agent", "")
    sign_ins.record(session=request.session, user=user, address=request.META["REMOTE_ADDR"], user_agent=agent)


def owed(request: HttpRequest, user: User) -> str:
    """The page that this person has to go through before any other, or "" for who has done all of it."""
    if not user.is_authenticated:
        return ""
    if user.owes_password:
        return "accounts:password"
    if settings.SECOND_FACTOR_DEMANDED and not request.session.get(PROVED):
        return "accounts:second_factor"
    return ""


def keep_way(request: HttpRequest, address: str) -> None:
    """Keep where a person was going while they sign in, where that is a page of this site."""
    request.session.pop(WAY, None)
    if url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        request.session[WAY] = address


def onward(request: HttpRequest, user: User, *, otherwise: str = settings.LOGIN_REDIRECT_URL) -> str:
    """The address that a person comes to next: what they owe, then where they were going, else the page ``otherwise``."""
    return resolve_url(owed(request, user) or request.session.pop(WAY, otherwise))
