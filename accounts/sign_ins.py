"""The sessions that people have open: kept beside Django's own, so that their owner can see and end them."""

import datetime as dt

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from .models import SignIn, User

SEEN = "seen_at"  # in the session: when its last use was written down, in seconds of the epoch
SEEN_SECONDS = 5 * 60  # last use is known this exactly; no page writes more often

# The more telling name first: every browser also claims to be several others.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("HuaweiBrowser", "华为浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "鸿蒙"),
    ("OpenHarmony", "鸿蒙"),
    ("Android", "安卓手机"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "Mac 电脑"),
    ("Linux", "Linux 电脑"),
)


def device(user_agent: str) -> str:
    """What a browser says of itself, in plain words; a guess to recognise one's own device by."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return "，".join(name for name in (browser, system) if name)


def record(*, session: SessionBase, user: User, address: str, user_agent: str) -> SignIn:
    """Write down that a session now belongs to a person who has signed in."""
    now = timezone.now()
    session[SEEN] = now.timestamp()
    return SignIn.objects.create(
        user=user,
        session_key=session.session_key,
        address=address[:64],
        user_agent=user_agent[:300],
        since=now,
        seen_at=now,
    )


def note_use(session: SessionBase) -> None:
    """Write down that a session is in use, where that was last done five minutes ago."""
    now = timezone.now()
    if now.timestamp() - session.get(SEEN, now.timestamp()) < SEEN_SECONDS:
        return
    session[SEEN] = now.timestamp()
    SignIn.objects.filter(session_key=session.session_key).update(seen_at=now)


def rename(*, old: str, new: str) -> None:
    """Keep the record of a session whose key was changed, as a new password does."""
    SignIn.objects.filter(session_key=old).update(session_key=new)


def open_sign_ins(user: User) -> list[SignIn]:
    """The person's sessions that are open now, used last first."""
    return list(user.sign_ins.filter(session_key__in=_alive()))


@transaction.atomic
def end_sign_ins(user: User, *, only: int | None = None, but: str = "") -> int:
    """End the person's sessions: that of the record ``only``, or all but the one with the key ``but``; return how many."""
    ended = user.sign_ins.exclude(session_key=but)
    if only is not None:
        ended = ended.filter(pk=only)
    Session.objects.filter(session_key__in=ended.values("session_key")).delete()
    return ended.delete()[0]


def forget(session_key: str | None) -> None:
    """Drop the record of a session that its owner ends."""
    SignIn.objects.filter(session_key=session_key or "").delete()


def purge() -> int:
    """Delete sessions that have ended by themselves, visitors' too, and a day later their records; return how many of these."""
    SessionStore.clear_expired()
    ended = SignIn.objects.exclude(session_key__in=_alive())
    return ended.filter(since__lt=timezone.now() - dt.timedelta(days=1)).delete()[0]


def _alive():
    return Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
